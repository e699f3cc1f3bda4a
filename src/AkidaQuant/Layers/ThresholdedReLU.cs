using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>Passes what is above a threshold and makes the rest 0, in float.</summary>
[LayerClass("ThresholdedReLU")]
public sealed record ThresholdedReLU : Layer
{
    /// <summary>The value above which inputs pass.</summary>
    public float Theta { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("theta", (double)Theta)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ThresholdedReLU Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Theta = (float)arguments.Number("theta", 1) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.OfFunction(FloatInput(inputs).Shape, () => (values, _) =>
        {
            foreach (ref float value in values)
            {
                value = value > Theta ? value : 0;
            }
        });
}
