using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>The rectifier that falls to a bound below 0 by an exponential, in float.</summary>
[LayerClass("ELU")]
public sealed record ELU : Layer
{
    /// <summary>How far below 0 it falls.</summary>
    public float Alpha { get; init; } = 1;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("alpha", (double)Alpha)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ELU Read(LayerArguments arguments) => new() { Name = arguments.Name, Alpha = (float)arguments.Number("alpha", 1) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.OfFunction(FloatInput(inputs).Shape, () => (values, _) =>
        {
            foreach (ref float value in values)
            {
                value = value > 0 ? value : Alpha * (MathF.Exp(value) - 1);
            }
        });
}
