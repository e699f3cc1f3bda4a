using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Makes an Akida model of layers.</summary>
[Cmdlet(VerbsCommon.New, "AkidaModel", HelpUri = OnlineHelp.Pages + "New-AkidaModel.md")]
[OutputType(typeof(AkidaModel))]
public sealed class NewAkidaModelCommand : QuantCmdlet
{
    private readonly List<AkidaLayer> _layers = [];

    /// <summary>The layers in the order in which they compute.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object?[] Layer { get; set; } = [];

    /// <summary>The name of the model.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Name)]
    public string Name { get; set; } = "model";

    /// <summary>The shape of the input that is added where the first layer is none.</summary>
    [Parameter]
    [ShapeArgument]
    public int[]? InputShape { get; set; }

    /// <summary>Bits of that input.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    public int? InputBits { get; set; }

    /// <summary>Whether that input has a sign.</summary>
    [Parameter]
    [Truth]
    public bool? InputSigned { get; set; }

    /// <inheritdoc/>
    protected override void Process() => _layers.AddRange(Layer.Select(AkidaLayerArgument.Read));

    /// <inheritdoc/>
    protected override void End()
    {
        Shape? shape = InputShape is null ? null : new Shape(InputShape);
        WriteObject(Compute(_ => AkidaModelEdit.Create(Name, _layers, shape, InputBits, InputSigned)));
    }
}
