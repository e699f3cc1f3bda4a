using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>All values of a sample in one row, in float.</summary>
[LayerClass("Flatten")]
public sealed record Flatten : Layer
{
    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Reshapes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [LayerArguments.ChannelsLast];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Flatten Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new Flatten { Name = arguments.Name };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        PreparedLayer.View(new FloatSpec(Row(FloatInput(inputs).Shape)));

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedFlatten { Name = Name };
    }

    internal static Shape Row(Shape shape) => new(shape.IsKnown ? shape.Size : Shape.Unknown);
}

/// <summary>
/// All integers of a sample in one row; the channels of a per-axis input are aligned first, within the same
/// value bits (layers.md 8).
/// </summary>
[LayerClass("Custom>QuantizedFlatten", Module = "quantizeml.layers.reshaping.flatten")]
public sealed record QuantizedFlatten : QuantizedLayer
{
    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Reshapes;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [LayerArguments.ChannelsLast];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Flatten { Name = Name };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedFlatten Read(LayerArguments arguments)
    {
        arguments.RequireChannelsLast();
        return new QuantizedFlatten { Name = arguments.Name };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        QuantizedSpec given = FixedPointInput(inputs);
        (QuantizedSpec input, int[]? shift) = Align(given, given.ValueBits, recorded, saturates: true);
        QuantizedSpec output = input with { Shape = Flatten.Row(input.Shape) };
        if (shift is null)
        {
            PreparedLayer view = PreparedLayer.View(output);
            view.Recorded.Add(recorded);
            return view;
        }

        int channels = given.Shape.Channels;
        PreparedLayer prepared = PreparedLayer.Divided(output, () =>
        {
            // Channels that are not shifted keep what came in.
            ValueRange range = new(Math.Min(given.Range.Min, output.Range.Min), Math.Max(given.Range.Max, output.Range.Max));
            IntegerFinish alignment = new(channels, given.Range, range, [new ChannelShift(channels, shift, given.ValueBits)]);
            return (tensors, result, batch, share) => alignment.Run((IntegerData)tensors[0], (IntegerData)result, batch, share);
        });
        prepared.Recorded.Add(recorded);
        return prepared;
    }
}
