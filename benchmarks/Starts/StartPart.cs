using AkidaQuant.Benchmarks.Results;

namespace AkidaQuant.Benchmarks.Starts;

/// <summary>What a user waits for in a fresh PowerShell: the import of the module and the first calls. And the module's size.</summary>
internal sealed class StartPart : IPart
{
    private const int Digits = 500;
    private const int CalibrationDigits = 100;

    /// <summary>What the module is made of, as build.ps1 packs it.</summary>
    private static readonly string[] Contents =
        ["AkidaQuant.psd1", "LICENSE", "THIRD-PARTY-NOTICES.txt", "README.md", "CHANGELOG.md", "bin", "en-US"];

    /// <inheritdoc/>
    public string Name => "start";

    /// <inheritdoc/>
    public string Title => "Start";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        report.Add(new Figure("the module's folder", Contents.Sum(SizeOf) / (double)(1 << 20), "MiB", 15));
        using TemporaryFolder folder = new();
        string quantized = folder.Write(new Digits().Quantized, "digits_quantized.h5");
        List<double> imports = [];
        int repetitions = options.IsQuick ? 3 : 7;
        (string Cmdlet, string What, string Model, string Samples, int Count, double? Bound)[] calls =
        [
            ("Invoke-QuantModel", "float", Benchmarks.Digits.ModelPath, Benchmarks.Digits.TestPath, Digits, 100),
            ("Invoke-QuantModel", "quantized", quantized, Benchmarks.Digits.TestPath, Digits, 100),
            ("Invoke-AkidaModel", "emulator", quantized, Benchmarks.Digits.TestPath, Digits, null),
            ("Invoke-Quantize", "8 bits", Benchmarks.Digits.ModelPath, Benchmarks.Digits.CalibrationPath, CalibrationDigits, 150),
        ];
        foreach ((string cmdlet, string what, string model, string samples, int count, double? bound) in calls)
        {
            IReadOnlyDictionary<string, double>[] runs = [.. Enumerable.Range(0, repetitions).Select(_ => ShellScript.Run(
                "Measure-FirstCall.ps1", "-Cmdlet", cmdlet, "-Model", model, "-Sample", samples, "-SampleCount", $"{count}"))];
            imports.AddRange(runs.Select(run => run["import"]));
            report.Add(new Figure(
                $"first {cmdlet}, {what}, {count} digits, less a warm one",
                Medians.Of(runs.Select(run => run["first"] - run["warm"])),
                "ms",
                bound,
                $"median of {repetitions} processes; first {Median("first")}, second {Median("second")}, warm {Median("warm")} ms"));

            string Median(string key) => Figure.Text(Medians.Of(runs.Select(run => run[key])));
        }

        report.Add(new Figure("Import-Module", Medians.Of(imports), "ms", Remark: $"median of {imports.Count} processes"));
    }

    private static long SizeOf(string name)
    {
        string path = Repository.PathOf(name);
        return Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
            : new FileInfo(path).Length;
    }
}
