using Microsoft.PowerShell.Commands.Internal.Format;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => EngineInternals.Format(this, "Table");
}
