using System.Diagnostics;
using System.Text;
using AkidaQuant.Tests.House;

namespace AkidaQuant.Tests.PowerShell;

/// <summary>What a run of the shell left.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error);

/// <summary>Runs the shell as users do: in a process of its own.</summary>
internal static class ShellProcess
{
    /// <summary>Runs the shell with <paramref name="arguments"/> in the root of the repository.</summary>
    public static ShellResult Run(params string[] arguments) => Run(standardInput: null, arguments);

    /// <summary>Runs the shell with <paramref name="standardInput"/> as what is typed.</summary>
    public static ShellResult Run(string? standardInput, string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(standardInput);
        process.StandardInput.Close();
        process.WaitForExit();
        return new ShellResult(process.ExitCode, Text(output), Text(error));
    }

    /// <summary>Starts the shell, without what its user has it load, and returns at once.</summary>
    public static Process Start(params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [Repository.Shell, "-NoProfile", .. arguments])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };

        // Shells that it starts in turn inherit this.
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(MessageWatch).Assembly.Location;
        start.Environment[MessageWatch.FolderVariable] = MessageFixture.Folder;
        return Process.Start(start)!;
    }

    private static string Text(Task<string> stream) => stream.GetAwaiter().GetResult().ReplaceLineEndings("\n");
}
