using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>A layer in a graph with the names of the layers that feed it, in the order of its inputs.</summary>
public sealed record Node(Layer Layer, IReadOnlyList<string> Inputs) : IPlanNode
{
    /// <inheritdoc/>
    public string Name => Layer.Name;

    /// <inheritdoc/>
    public string Title => $"Layer '{Name}' ({Layer.ClassName})";

    /// <summary>The layer, its class and what feeds it: <c>relu (ReLU) of conv</c>.</summary>
    public override string ToString() => Inputs.Count == 0 ? Layer.ToString() : Printable.Of($"{Layer} of {string.Join(", ", Inputs)}");

    /// <inheritdoc/>
    /// <exception cref="QuantException">
    /// As <see cref="Layer.Prepare"/>, or <c>LayerInputCount</c>: another number of inputs is connected.
    /// </exception>
    public PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => Layer.TakesInputs(Inputs.Count)
        ? Layer.PrepareNamed(inputs)
        : throw new QuantException(
            "LayerInputCount",
            QuantErrorKind.InvalidData,
            $"{Title} takes {Count(Layer.InputCount)}, but has {Count(Inputs.Count)}. The file is damaged; save the model again.",
            Name);

    private static string Count(int inputs) => inputs == 1 ? "one input" : $"{inputs} inputs";
}
