namespace AkidaQuant.Shell.StandIns.Management;

[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
public sealed class ResolvePathCommand : ProviderCommand
{
    [Parameter]
    public SwitchParameter Relative { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Given)
        {
            Attempt(() =>
            {
                foreach (PathInfo found in SessionState.Path.GetResolvedPSPathFromPSPath(Literal ? WildcardPattern.Escape(path) : path))
                {
                    WriteObject(Relative ? RelativeTo(found) : found);
                }
            });
        }
    }

    private string RelativeTo(PathInfo found)
    {
        string relative = SessionState.Path.NormalizeRelativePath(found.Path, SessionState.Path.CurrentLocation.Path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? relative : $".{System.IO.Path.DirectorySeparatorChar}{relative}";
    }
}
