using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>Leaves values as they are outside of training.</summary>
[LayerClass("Dropout")]
public sealed record Dropout : Layer
{
    /// <summary>The share of values dropped in training.</summary>
    public double Rate { get; init; }

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("rate", Rate), Kept("noise_shape"), Kept("seed")];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Dropout Read(LayerArguments arguments) => new() { Name = arguments.Name, Rate = ReadRate(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => PreparedLayer.View(FloatInput(inputs));

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedDropout { Name = Name, Rate = Rate };
    }

    /// <summary>The share of values dropped in training.</summary>
    internal static double ReadRate(LayerArguments arguments)
    {
        double rate = arguments.Number("rate", 0);
        arguments.RequireWritten("rate", rate is >= 0 and <= 1, "a number from 0 to 1");
        return rate;
    }
}

/// <summary>Leaves integers as they are (layers.md 8).</summary>
[LayerClass("Custom>QuantizedDropout", Module = "quantizeml.layers.dropout")]
public sealed record QuantizedDropout : QuantizedLayer
{
    /// <summary>The share of values dropped in training.</summary>
    public double Rate { get; init; }

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Passes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("rate", Rate), Kept("noise_shape"), Kept("seed")];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Dropout { Name = Name, Rate = Rate };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedDropout Read(LayerArguments arguments) => new() { Name = arguments.Name, Rate = Dropout.ReadRate(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => PreparedLayer.View(QuantizedInput(inputs));
}
