using System.Management.Automation.Internal;

namespace AkidaQuant.Shell;

/// <summary>
/// Out-Default that shows what it has held back also when an exit statement ends the pipeline: tables wait for their
/// first rows, and the engine would drop them.
/// </summary>
[Cmdlet("Out", "Shell")]
public sealed class OutShellCommand : PSCmdlet, IDisposable
{
    private SteppablePipeline? output;

    [Parameter(ValueFromPipeline = true)]
    public PSObject InputObject { get; set; } = AutomationNull.Value;

    public void Dispose() => End();

    protected override void BeginProcessing()
    {
        output = ScriptBlock.Create("Out-Default").GetSteppablePipeline(MyInvocation.CommandOrigin);
        output.Begin(expectInput: true);
    }

    protected override void ProcessRecord() => output!.Process(InputObject);

    protected override void EndProcessing() => End();

    private void End()
    {
        SteppablePipeline? ending = output;
        output = null;
        ending?.End();
        ending?.Dispose();
    }
}
