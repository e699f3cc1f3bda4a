using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>A layer as the model JSON describes it.</summary>
/// <param name="ClassName">The class under which the layer is registered.</param>
/// <param name="Arguments">Its name and arguments.</param>
/// <param name="Inputs">The layers that feed it; null in a sequential model, where the layer before does.</param>
/// <param name="Nested">The model that stands in the place of a layer; null for an ordinary layer.</param>
internal sealed record KerasLayerConfig(
    string ClassName,
    LayerArguments Arguments,
    IReadOnlyList<string>? Inputs,
    KerasModelConfig? Nested = null)
{
    /// <summary>The layer that the file has as the activation of this one; null where that is a function.</summary>
    public KerasLayerConfig? Behind { get; init; }
}

/// <summary>A model as the model JSON describes it (tools.md 6.1): its layers in the order of the file.</summary>
/// <param name="Name">The name of the model.</param>
/// <param name="IsSequential">Whether it is a plain list of layers.</param>
/// <param name="Trainable">Whether training changes it.</param>
/// <param name="Layers">The layers; a sequential model starts with its input layer, given or made.</param>
/// <param name="Outputs">The layers whose outputs the model gives.</param>
internal sealed record KerasModelConfig(
    string Name, bool IsSequential, bool Trainable, IReadOnlyList<KerasLayerConfig> Layers, IReadOnlyList<string> Outputs);
