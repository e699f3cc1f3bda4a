using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The first of two tensors less the second, in float; axes of size 1 are repeated.</summary>
[LayerClass("Subtract")]
public sealed record Subtract : Layer
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Subtract Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        Multiply.Combine(this, Arithmetic.Subtract, FloatInput(inputs).Shape, FloatInput(inputs, 1).Shape);
}
