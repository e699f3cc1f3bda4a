using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The least of the values of several tensors, in float; axes of size 1 of two tensors are repeated.</summary>
[LayerClass("Minimum")]
public sealed record Minimum : Layer
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override bool TakesInputs(int count) => count >= 2;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Minimum Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        Multiply.Combine(this, Arithmetic.Minimum, [.. inputs.Select((_, index) => FloatInput(inputs, index).Shape)]);
}
