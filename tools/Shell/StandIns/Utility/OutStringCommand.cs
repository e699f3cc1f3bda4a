using System.Globalization;
using System.Management.Automation.Host;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet("Out", "String")]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter writer = new(CultureInfo.InvariantCulture);

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? Width { get; set; }

    [Parameter]
    public SwitchParameter Stream { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    protected override void BeginProcessing()
    {
        EngineInternals.Output(this, writer, Width ?? Host.UI.RawUI.BufferSize.Width);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        string text = PSHostUserInterface.GetOutputString(writer.ToString(), supportsVirtualTerminal: false);
        if (Stream)
        {
            WriteObject(text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r')), enumerateCollection: true);
        }
        else
        {
            WriteObject(NoNewline ? text.ReplaceLineEndings(string.Empty) : text);
        }
    }

    protected override void InternalDispose()
    {
        writer.Dispose();
        base.InternalDispose();
    }
}
