using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>The mean of several tensors, value by value, in float; axes of size 1 of two tensors are repeated.</summary>
[LayerClass("Average")]
public sealed record Average : Layer
{
    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override bool TakesInputs(int count) => count >= 2;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Average Read(LayerArguments arguments) => new() { Name = arguments.Name };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => Multiply.Combine(
        this,
        Arithmetic.Add,
        [.. inputs.Select((_, index) => FloatInput(inputs, index).Shape)],
        values => TensorPrimitives.Divide(values, inputs.Count, values));
}
