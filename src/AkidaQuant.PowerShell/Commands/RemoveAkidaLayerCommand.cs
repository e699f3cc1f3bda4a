using AkidaQuant.Akida;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a model of an Akida model without its last layer, or without all that follows a layer.</summary>
[Cmdlet(VerbsCommon.Remove, "AkidaLayer", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Remove-AkidaLayer.md")]
[OutputType(typeof(AkidaModel))]
public sealed class RemoveAkidaLayerCommand : AkidaModelFirstCmdlet
{
    /// <summary>The layer that becomes the last one; only the last is removed unless given.</summary>
    [Parameter(Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Position = 0, ParameterSetName = PipelineSet)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string), Kinds.Layer)]
    public string? After
    {
        get;
        set => field = Once(nameof(After), value);
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => After is { } layer
        ? AkidaModelEdit.UpTo(Network, layer, channel.Warning)
        : AkidaModelEdit.RemoveLast(Network, channel.Warning)));
}
