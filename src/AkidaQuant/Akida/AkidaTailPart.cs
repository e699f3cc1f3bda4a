using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Text;

namespace AkidaQuant;

/// <summary>
/// A part of a network that runs behind the integers of an Akida model: layers on the host, in float or quantized, or another Akida
/// model. Data that never changes; it takes floats and gives floats.
/// </summary>
public sealed class AkidaTailPart
{
    /// <summary>A part of layers on the host: float ones, and quantized ones where it makes integers of its floats first.</summary>
    /// <exception cref="QuantException"><c>AkidaTailInvalid</c>: the model does not take floats, or leaves its size open.</exception>
    public AkidaTailPart(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        if (!model.InputShape.IsKnown || model.Input.Type is not null)
        {
            throw Invalid("it must be a model for floats of a known shape.");
        }
    }

    /// <summary>A part that is an Akida model.</summary>
    /// <exception cref="QuantException"><c>AkidaTailInvalid</c>: the model does not begin with a Quantizer, or has a tail.</exception>
    public AkidaTailPart(AkidaModel akida)
    {
        ArgumentNullException.ThrowIfNull(akida);
        Akida = akida;
        if (akida.Layers[0] is not AkidaQuantizer { ChannelsFirst: false } || akida.Tail.Count > 0)
        {
            throw Invalid("an Akida model in it must begin with a Quantizer, and have no tail of its own.");
        }
    }

    /// <summary>The layers on the host; null for an Akida model.</summary>
    public Model? Model { get; }

    /// <summary>The Akida model; null for layers in float.</summary>
    public AkidaModel? Akida { get; }

    /// <summary>The name of the model that the part is.</summary>
    public string Name => Model?.Name ?? Akida!.Name;

    /// <summary>
    /// Who computes: <c>Integer</c> for layers of Akida, <c>Float</c> for layers in float on the host, <c>Host</c> where some of these are
    /// quantized.
    /// </summary>
    public string Kind => Model is not { } model ? "Integer" : model.IsQuantized ? "Host" : "Float";

    /// <summary>What it takes for one sample.</summary>
    public Shape InputShape => Model?.InputShape ?? Akida!.InputShape;

    /// <summary>What it gives for one sample.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public Shape OutputShape => Plan.Output.Shape;

    /// <summary>The layers of the part as text, the input layer left out.</summary>
    internal string LayerText => Listing.Of(Model is { } model
        ? model.Nodes.Where(node => node.Inputs.Count > 0).Select(node => $"'{node.Name}' ({node.Layer.ClassName})")
        : Akida!.Layers.Select(layer => $"'{layer.Name}' ({layer.TypeName})"));

    /// <summary>The number of layers, the input layer left out.</summary>
    internal int LayerCount => Model is { } model ? model.Nodes.Count(node => node.Inputs.Count > 0) : Akida!.Layers.Count;

    /// <summary>The way to run it.</summary>
    internal ExecutionPlan Plan => Model is { } model ? model.Plan : Akida!.Plan;

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Name} ({LayerCount} layers, {Kind})");

    private QuantException Invalid(string problem) =>
        new("AkidaTailInvalid", QuantErrorKind.InvalidData, $"'{Name}' cannot run behind an Akida model: {problem}", Name);
}
