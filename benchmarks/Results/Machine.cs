using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;

namespace AkidaQuant.Benchmarks.Results;

/// <summary>What was measured, on what and when.</summary>
internal sealed partial class Machine
{
    private readonly Table _facts = new("Machine", ["of", "is"]);

    /// <summary>Looks at this machine.</summary>
    public Machine()
    {
        string processor = ProcessorName();
        Folder = $"{Slug(processor)}-{Environment.ProcessorCount}-cores";
        Fact("date", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        Fact("commit", Commit());
        Fact("processor", $"{processor}, {Environment.ProcessorCount} cores");
        Fact("widest vectors", Vector512.IsHardwareAccelerated ? "512 bits" : Vector256.IsHardwareAccelerated ? "256 bits" : "128 bits");
        Fact("VNNI that .NET offers", AvxVnni.IsSupported ? "256 bits" : "none");
        Fact("AKIDAQUANT_INSTRUCTIONS", Environment.GetEnvironmentVariable("AKIDAQUANT_INSTRUCTIONS") ?? "not set");
        Fact("system", RuntimeInformation.OSDescription);
        Fact(".NET", RuntimeInformation.FrameworkDescription);
        Fact("ONNX Runtime", OrtEnv.Instance().GetVersionString());
        Fact("BenchmarkDotNet", Version(typeof(BenchmarkDotNet.Running.BenchmarkRunner)));
    }

    /// <summary>The name of the folder of this machine's results.</summary>
    public string Folder { get; }

    /// <summary>The facts as a table.</summary>
    public string Markdown() => _facts.Markdown();

    private static string Slug(string text) => NoLetters().Replace(text.ToLowerInvariant(), "-").Trim('-');

    private void Fact(string name, string value) => _facts.Rows.Add([name, value]);

    /// <summary>The name that the processor gives itself, with its model where it gives none.</summary>
    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        string[] lines = File.Exists(Info) ? File.ReadAllLines(Info) : [];
        string name = Field("model name") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
        name = Trademarks().Replace(name, "").Trim();
        return Field("cpu family") is { } family && Field("model") is { } model && !name.Any(char.IsAsciiDigit)
            ? $"{name} family {family} model {model}"
            : name;

        string? Field(string key) => Array.Find(lines, line => line.Split(':')[0].Trim() == key)?.Split(':', 2)[1].Trim();
    }

    private static string Commit()
    {
        string commit = Git("rev-parse", "--short", "HEAD");
        return Git("status", "--porcelain", "--untracked-files=no").Length == 0 ? commit : $"{commit} with changes";
    }

    private static string Git(params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo("git", ["-C", Repository.Root, .. arguments]) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown: there is no git";
        }
    }

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetters();

    [GeneratedRegex(@"\((R|TM)\)|@.*| \d+-Core Processor| CPU", RegexOptions.IgnoreCase)]
    private static partial Regex Trademarks();
}
