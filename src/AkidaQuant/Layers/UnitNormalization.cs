using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>Values divided by the Euclidean length of those along the last axes, in float.</summary>
[LayerClass("UnitNormalization")]
public sealed record UnitNormalization : Layer
{
    /// <summary>The axes, the batch counted as 0, negative from the end: the last ones.</summary>
    public IReadOnlyList<int> Axes { get; init; } = [-1];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("axis", TrailingAxes.Write(Axes))];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static UnitNormalization Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Axes = arguments.Dimensions("axis") ?? [-1] };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        int length = TrailingAxes.Length(this, Axes, input);
        return PreparedLayer.Divided(new FloatSpec(input), () =>
        {
            UnitLength kernel = new(length);
            return (tensors, output, batch, share) => kernel.Run(
                ((FloatData)tensors[0]).Values(batch), ((FloatData)output).Values(batch), batch * (input.Size / length), share);
        });
    }
}
