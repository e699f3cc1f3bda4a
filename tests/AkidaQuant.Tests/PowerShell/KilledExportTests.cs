using System.Diagnostics;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Tests.Formats;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>Processes that are killed while they export: what was to be replaced is old or new, and nothing stays beside it.</summary>
public sealed class KilledExportTests : TemporaryFolder
{
    private const int Kills = 4;
    private const string Description =
        """
        name: net
        input_shape: [600]
        layers:
          - Dense: {name: first, units: 900}
          - Dense: {name: second, units: 900}
        """;

    [Theory]
    [InlineData("h5")]
    [InlineData("keras")]
    public async Task The_target_is_whole_and_nothing_is_left_beside_it(string extension)
    {
        string network = Write("net.yaml", Description);
        Model[] models = [.. new ulong[] { 1, 2 }.Select(seed => NetworkReader.Read(network, new NetworkOptions { Seed = seed }))];
        List<string> wholes = [];
        foreach ((int number, Model model) in models.Index())
        {
            wholes.Add(PathOf($"{number}.{extension}"));
            ModelWriter.Write(model, wholes[^1]);
        }

        float[][] weights = [.. wholes.Select(Weights)];
        Process[] shells = [.. Enumerable.Range(0, Kills).Select(kill => Exporter(kill, extension, wholes))];
        int left = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process shell = shells[kill];
            string folder = PathOf($"kill{kill}");
            Assert.Equal("ready", await shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            Stopwatch watch = Stopwatch.StartNew();
            while (Beside(folder).Length == 0 && watch.Elapsed < Limits.Hang)
            {
                Thread.Yield();
            }

            shell.Kill();
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
            left += Beside(folder).Length;
            string target = Path.Combine(folder, $"target.{extension}");
            float[] found = Weights(target);
            Assert.Contains(weights, whole => whole.AsSpan().SequenceEqual(found));
            ModelWriter.Write(models[0], target);
            Assert.Equal([target], Directory.GetFiles(folder));
        }

        // Else no kill came in the middle, and nothing was shown.
        Assert.NotEqual(0, left);
    }

    private static float[] Weights(string path) =>
        [.. ModelReader.Read(path).GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values)];

    private static string[] Beside(string folder) => Directory.GetFiles(folder, "*.tmp");

    /// <summary>A shell that replaces a file again and again.</summary>
    private Process Exporter(int kill, string extension, List<string> wholes)
    {
        Directory.CreateDirectory(PathOf($"kill{kill}"));
        string target = PathOf($"kill{kill}/target.{extension}");
        return ShellProcess.Start("-Command",
            $"""
            Import-Module ./AkidaQuant.psd1
            $one = Import-QuantModel '{wholes[0]}'
            $two = Import-QuantModel '{wholes[1]}'
            $one | Export-QuantModel '{target}'
            [Console]::Out.WriteLine('ready')
            while ($true)
            {"{"}
                $two | Export-QuantModel '{target}' -Force
                $one | Export-QuantModel '{target}' -Force
            {"}"}
            """);
    }
}
