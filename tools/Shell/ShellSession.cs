using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace AkidaQuant.Shell;

/// <summary>One runspace with the shell's host: runs a script, a command or a prompt in it.</summary>
internal sealed class ShellSession : IDisposable
{
    private const int Failed = 1;
    private const int Interrupted = 130;

    private readonly ShellHost host = new();
    private readonly Runspace runspace;
    private readonly Lock gate = new();
    private Pipeline? running;
    private bool interrupted;

    public ShellSession()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.Bypass;
        }

        state.Commands.Add(new SessionStateCmdletEntry("Out-Shell", typeof(OutShellCommand), helpFileName: null));
        StandInCommands.AddMissing(state);
        runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        Console.CancelKeyPress += OnCancel;
    }

    /// <summary>Runs a script file; its exit code, or 1 when it ends with an error.</summary>
    public int RunScript(string path, IReadOnlyList<string> words)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            host.UI.WriteErrorLine($"The script '{path}' does not exist. Give the path of a .ps1 file.");
            return 64;
        }

        var command = new Command(full, isScript: false, useLocalScope: false);
        ScriptParameters.Add(command, words);
        EngineInternals.LetExitEndTheSession(runspace);
        bool ended = Run(command);
        return host.ExitCode ?? (interrupted ? Interrupted : ended ? 0 : Failed);
    }

    /// <summary>Runs a text; the code of its exit statement, or 1 when its last statement fails.</summary>
    public int RunCommand(string text)
    {
        ImportModule();
        // A pipeline that shows its output sets $? itself, so the text tells the host what it was.
        bool ended = Run(Statement(text + "\n$Host.PrivateData.Succeeded = $?"));
        return host.ExitCode ?? (interrupted ? Interrupted : ended && host.Status.Succeeded ? 0 : Failed);
    }

    /// <summary>Reads and runs statements until the input ends or one of them exits.</summary>
    public int RunPrompt()
    {
        ImportModule();
        while (host.ExitCode is null && ReadStatement() is { } text)
        {
            interrupted = false;
            Run(Statement(text));
        }

        return host.ExitCode ?? 0;
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        runspace.Dispose();
    }

    private string? ReadStatement()
    {
        string text = string.Empty;
        while (true)
        {
            if (!Console.IsInputRedirected)
            {
                host.UI.Write(text.Length == 0 ? $"AQ {runspace.SessionStateProxy.Path.CurrentLocation}> " : ">> ");
            }

            string? line = Console.ReadLine();
            if (line is null && !interrupted)
            {
                return text.Length == 0 ? null : text;
            }

            // On Windows Ctrl+C ends the line that was begun; elsewhere the reader keeps it.
            text = line is null ? string.Empty : text + line + "\n";
            interrupted = false;
            Parser.ParseInput(text, out _, out ParseError[] errors);
            if (!string.IsNullOrWhiteSpace(text) && !errors.Any(error => error.IncompleteInput))
            {
                return text;
            }

            text = string.IsNullOrWhiteSpace(text) ? string.Empty : text;
        }
    }

    private static Command Statement(string text) => new(text, isScript: true, useLocalScope: false);

    // Whether it ran to its end. Errors go to Out-Default with the output, so that they keep their order.
    private bool Run(Command command)
    {
        using Pipeline pipeline = runspace.CreatePipeline();
        pipeline.Commands.Add(command);
        pipeline.Commands.Add(new Command("Out-Shell")
        {
            MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output,
        });
        try
        {
            lock (gate)
            {
                running = pipeline;
            }

            pipeline.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Report(exception.ErrorRecord);
            return false;
        }
        finally
        {
            lock (gate)
            {
                running = null;
            }

            host.EndOutput();
        }
    }

    private void Report(ErrorRecord error)
    {
        var record = new PSObject(error);

        // The mark by which Out-Default knows an error from an ErrorRecord that is output.
        record.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        using Pipeline pipeline = runspace.CreatePipeline();
        pipeline.Commands.Add("Out-Default");
        pipeline.Invoke(new[] { record });
    }

    // At a prompt the module of this repository is at hand; a script imports what it needs.
    private void ImportModule()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string manifest = Path.Combine(folder.FullName, "AkidaQuant.psd1");
            if (File.Exists(manifest))
            {
                var import = new Command("Import-Module");
                import.Parameters.Add("Name", manifest);
                Run(import);
                return;
            }
        }
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs arguments)
    {
        // The second time, or when nothing runs outside a prompt, the process ends as usual.
        lock (gate)
        {
            arguments.Cancel = !interrupted;
            interrupted = true;
            running?.StopAsync();
        }
    }
}
