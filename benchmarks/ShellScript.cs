using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AkidaQuant.Benchmarks;

/// <summary>Runs a script of this project in a fresh PowerShell, where nothing is warm.</summary>
internal static class ShellScript
{
    /// <summary>The numbers that a script prints, a name and a value a line.</summary>
    /// <param name="name">The name of the script in the folder Scripts.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">The script failed.</exception>
    public static IReadOnlyDictionary<string, double> Run(string name, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string script = Path.Combine(AppContext.BaseDirectory, "Scripts", name);
        using Process process = Process.Start(new ProcessStartInfo(host, [Repository.Shell, "-NoProfile", "-File", script, .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(' '))
                .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture), StringComparer.Ordinal)
            : throw new InvalidOperationException($"{name} ended with exit code {process.ExitCode}:\n{output}");
    }
}
