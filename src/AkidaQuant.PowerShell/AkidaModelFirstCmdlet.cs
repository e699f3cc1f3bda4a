using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Takes Akida models and further arguments by position: the model has the first, or the pipeline gives it and the next
/// argument has the first.
/// </summary>
public abstract class AkidaModelFirstCmdlet : AkidaModelCmdlet
{
    /// <summary>The parameter set of a model that is an argument.</summary>
    protected const string ArgumentSet = "Argument";

    /// <summary>The parameter set of a model that is piped.</summary>
    protected const string PipelineSet = "Pipeline";

    /// <inheritdoc/>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet)]
    [Accepts<AkidaModelArgument>]
    public override AkidaModelArgument Model
    {
        get => base.Model;
        set => base.Model = UnlessPiped(nameof(Model), value);
    }
}
