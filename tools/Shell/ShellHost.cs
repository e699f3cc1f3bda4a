using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace AkidaQuant.Shell;

/// <summary>The host that the engine talks to: a console, or files where it is redirected.</summary>
internal sealed class ShellHost : PSHost
{
    private readonly ShellUserInterface ui = new();

    /// <summary>The code of the exit statement that ended the session, if one did.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>What a script can tell the shell, through $Host.PrivateData.</summary>
    public ShellStatus Status { get; } = new();

    public override PSObject PrivateData => PSObject.AsPSObject(Status);

    public override string Name => "AkidaQuant.Shell";

    public override Version Version { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override PSHostUserInterface UI => ui;

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new PSNotSupportedException("This shell has no nested prompts.");

    public override void ExitNestedPrompt() => throw new PSNotSupportedException("This shell has no nested prompts.");

    public override void NotifyBeginApplication() => ui.HideProgress();

    public override void NotifyEndApplication()
    {
    }

    /// <summary>Takes away a progress bar that a stopped or failed pipeline has left, and flushes.</summary>
    public void EndOutput()
    {
        ui.EndProgress();
        Console.Out.Flush();
    }
}
