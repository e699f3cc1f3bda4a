using System.Text;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet("Out", "File", SupportsShouldProcess = true)]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private StreamWriter? writer;

    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Path", "LiteralPath")]
    public string FilePath { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter Append { get; set; }

    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? Width { get; set; }

    protected override void BeginProcessing()
    {
        string path = GetUnresolvedProviderPathFromPSPath(FilePath);
        if (NoClobber && !Append && File.Exists(path))
        {
            ThrowTerminatingError(new ErrorRecord(
                new IOException($"The file '{path}' already exists."), "NoClobber", ErrorCategory.ResourceExists, path));
        }

        writer = ShouldProcess(path) ? new StreamWriter(path, Append, new UTF8Encoding(false)) : StreamWriter.Null;
        EngineInternals.Output(this, writer, Width ?? int.MaxValue);
        base.BeginProcessing();
    }

    protected override void InternalDispose()
    {
        writer?.Dispose();
        base.InternalDispose();
    }
}
