using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>
/// The rectifier with a slope below 0, in float. Quantization makes it into an activation with a look-up table
/// (transforms.md 4.5).
/// </summary>
[LayerClass("LeakyReLU")]
public sealed record LeakyReLU : Layer
{
    /// <summary>The slope below 0.</summary>
    public float Alpha { get; init; } = 0.3f;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("alpha", (double)Alpha)];

    /// <summary>Makes the layer from stored arguments; Keras 3 calls the slope <c>negative_slope</c>.</summary>
    public static LeakyReLU Read(LayerArguments arguments) => new()
    {
        Name = arguments.Name,
        Alpha = (float)arguments.Number("alpha", arguments.Number("negative_slope", 0.3)),
    };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.OfFunction(FloatInput(inputs).Shape, () => (values, _) =>
        {
            foreach (ref float value in values)
            {
                value = value > 0 ? value : Alpha * value;
            }
        });
}
