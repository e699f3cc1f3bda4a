using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Takes models, and the generation of processors that something is for.</summary>
public abstract class AkidaVersionCmdlet : ModelFirstCmdlet
{
    /// <summary>The generation of processors.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(string), Kinds.Choice)]
    [ValidateSet("1.0", "2.0", "1", "2")]
    public string Version
    {
        get;
        set => field = Once(nameof(Version), value);
    }
    = "2.0";

    /// <summary>The generation of processors that was given.</summary>
    protected AkidaVersion Generation => Version[0] == '1' ? AkidaVersion.V1 : AkidaVersion.V2;
}
