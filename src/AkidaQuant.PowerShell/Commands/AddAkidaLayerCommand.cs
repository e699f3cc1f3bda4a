using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.PowerShell.Arguments;
using AkidaQuant.PowerShell.Completers;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes a model of an Akida model and one layer more at its end.</summary>
[Cmdlet(VerbsCommon.Add, "AkidaLayer", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Add-AkidaLayer.md")]
[OutputType(typeof(AkidaModel))]
public sealed class AddAkidaLayerCommand : AkidaModelFirstCmdlet
{
    /// <summary>The layer.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    public object Layer
    {
        get;
        set => field = Once(nameof(Layer), value);
    }
    = null!;

    /// <summary>The layers that feed it; the last one unless given, here or with the layer.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [Takes(typeof(string[]), Kinds.Layers)]
    public string[] Inbound { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        AkidaLayer layer = AkidaLayerArgument.Read(Layer);
        WriteObject(Compute(channel => AkidaModelEdit.Add(Network, layer, Inbound, channel.Warning)));
    }
}
