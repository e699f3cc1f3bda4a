using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;
using AkidaQuant.Transforms;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes two models of one, at a layer behind which one tensor goes on.</summary>
[Cmdlet(VerbsCommon.Split, "QuantModel", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Split-QuantModel.md")]
[OutputType(typeof(Model))]
public sealed class SplitQuantModelCommand : ModelFirstCmdlet
{
    /// <summary>The last layer of the first model.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    [ValidateNotNullOrEmpty]
    public string After
    {
        get;
        set => field = Once(nameof(After), value);
    }
    = null!;

    /// <inheritdoc/>
    protected override void Process()
    {
        (Model first, Model second) = Compute(_ => ModelSplit.After(Network, After));
        WriteObject(first);
        WriteObject(second);
    }
}
