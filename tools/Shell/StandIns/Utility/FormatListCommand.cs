using Microsoft.PowerShell.Commands.Internal.Format;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => EngineInternals.Format(this, "List");
}
