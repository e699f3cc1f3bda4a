using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>
/// The rectifier with a learned slope below 0 for each value of a sample, or for each index of the axes that do not
/// share it, in float. Quantization takes it when all slopes are equal (transforms.md 4.5).
/// </summary>
[LayerClass("PReLU")]
public sealed record PReLU : Layer
{
    /// <summary>The axes whose indices share a slope, the batch counted as 0.</summary>
    public IReadOnlyList<int> SharedAxes { get; init; } = [];

    /// <summary>The slopes, of the shape of a sample with 1 for shared axes.</summary>
    public NdArray<float> Alpha { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => "its slopes differ, and only one slope has a quantized form";

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [new($"{Name}/alpha:0", Alpha)];

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        Kept("alpha_initializer", Initializers.Zeros),
        Kept("alpha_regularizer"),
        Kept("alpha_constraint"),
        new("shared_axes", SharedAxes.Count == 0 ? null : LayerArguments.ListOf(new Shape([.. SharedAxes]))),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static PReLU Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, SharedAxes = arguments.Dimensions("shared_axes") ?? [] };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        int[] dimensions = inputs[0].ToArray();
        foreach (int axis in SharedAxes.Where(axis => axis > 0 && axis <= dimensions.Length))
        {
            dimensions[axis - 1] = 1;
        }

        return [new WeightShape(new Shape(dimensions), "zeros", "alpha_initializer")];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 1);
        return this with { Alpha = values[0] };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (Alpha.Shape.Rank != input.Rank || Multiply.Broadcast(this, input, Alpha.Shape) != input)
        {
            throw DoesNotFit($"its slopes have the shape {Alpha.Shape}, but its input has {input}.");
        }

        return new PreparedLayer(new FloatSpec(input), () =>
        {
            BroadcastArithmetic slope = new(Arithmetic.Multiply, input, Alpha.Shape);
            return (tensors, output, batch) =>
            {
                ReadOnlySpan<float> values = ((FloatData)tensors[0]).Values(batch);
                Span<float> result = ((FloatData)output).Values(batch);
                slope.Run(values, Alpha.Values, result, batch);
                for (int i = 0; i < values.Length; i++)
                {
                    result[i] = values[i] > 0 ? values[i] : result[i];
                }
            };
        });
    }
}
