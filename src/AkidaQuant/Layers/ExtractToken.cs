using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Layers;

/// <summary>Some positions of an axis, in float.</summary>
[LayerClass("Custom>ExtractToken", Module = "quantizeml.layers.extract_token")]
public sealed record ExtractToken : Layer
{
    /// <summary>The positions.</summary>
    public required TokenSelection Selection { get; init; }

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Selection.Arguments;

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ExtractToken Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Selection = TokenSelection.Read(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        return new PreparedLayer(new FloatSpec(Selection.From(this, input)), () =>
        {
            Rearrangement selection = Rearrangement.Select(input, Selection.AxisOf(input), [.. Selection.Tokens]);
            return (tensors, output, batch) => selection.Run((FloatData)tensors[0], (FloatData)output, batch);
        });
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings.RefuseAny(Name, settings);
        return new QuantizedExtractToken { Name = Name, Selection = Selection };
    }
}

/// <summary>Some positions of an axis of integers; along the channels their fractional bits go with them (layers.md 8).</summary>
[LayerClass("Custom>QuantizedExtractToken", Module = "quantizeml.layers.extract_token")]
public sealed record QuantizedExtractToken : QuantizedLayer
{
    /// <summary>The positions.</summary>
    public required TokenSelection Selection { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => Selection.Arguments;

    /// <inheritdoc/>
    public override Layer ToFloat() => new ExtractToken { Name = Name, Selection = Selection };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedExtractToken Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, Selection = TokenSelection.Read(arguments) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        QuantizedSpec input = FixedPointInput(inputs);
        Shape output = Selection.From(this, input.Shape);
        int axis = Selection.AxisOf(input.Shape);
        ScalarOrVector<int> bits = input.FracBits;
        if (axis == input.Shape.Rank - 1)
        {
            bits = input.IsPerTensor || Selection.RemovesAxis
                ? ScalarOrVector<int>.Scalar(input.IsPerTensor ? bits[0] : bits[Selection.Tokens[0]])
                : ScalarOrVector<int>.Vector([.. Selection.Tokens.Select(token => input.FracBits[token])]);
        }

        return new PreparedLayer(input with { Shape = output, FracBits = bits }, () =>
        {
            Rearrangement selection = Rearrangement.Select(input.Shape, axis, [.. Selection.Tokens]);
            return (tensors, result, batch) => selection.Run((IntegerData)tensors[0], (IntegerData)result, batch);
        });
    }
}
