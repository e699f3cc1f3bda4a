namespace AkidaQuant.Layers.Integers;

/// <summary>
/// A layer whose integers a file gives, as the reference's quantized ONNX files do (onnx.md 7 to 9). It has no settings,
/// and no float weights or ranges that its integers would follow from.
/// </summary>
public abstract record IntegerLayer : QuantizedLayer
{
    /// <summary>The real value of one integer step of the output: one, or one a channel.</summary>
    public required ScalarOrVector<float> Step { get; init; }

    /// <inheritdoc/>
    public override int? OutputBits => IntegerBits;

    /// <summary>Bits of the integers in these files, weights and outputs.</summary>
    private protected const int IntegerBits = 8;

    /// <summary>The error that says that there is no float form.</summary>
    internal QuantException FloatFormMissing =>
        new(
            "FloatSourceMissing",
            QuantErrorKind.NotSupported,
            $"Layer '{Name}' ({ClassName}) has the integers of a quantized ONNX file, and the float network that they come from is not in that file. Import the float .onnx file, and quantize that.",
            Name);

    /// <summary>Not possible: the file does not hold the float weights.</summary>
    /// <exception cref="QuantException"><c>FloatSourceMissing</c>.</exception>
    public override Layer ToFloat() => throw FloatFormMissing;

    /// <summary>The input as signed bytes, which every layer but the first takes (onnx.md 7.1).</summary>
    /// <exception cref="QuantException">It is float, or has other integers.</exception>
    protected QuantizedSpec SignedBytes(IReadOnlyList<TensorSpec> inputs, int index = 0) =>
        Bytes(inputs, index, new ValueRange(sbyte.MinValue, sbyte.MaxValue));

    /// <summary>The input as unsigned bytes.</summary>
    /// <exception cref="QuantException">It is float, or has other integers.</exception>
    protected QuantizedSpec UnsignedBytes(IReadOnlyList<TensorSpec> inputs) =>
        Bytes(inputs, 0, new ValueRange(byte.MinValue, byte.MaxValue));

    /// <summary>Checks that an input is an image of so many channels.</summary>
    /// <exception cref="QuantException">It is not.</exception>
    protected void ExpectImage(Shape input, int channels)
    {
        if (input.Rank != 3 || input.Channels != channels)
        {
            throw DoesNotFit($"it takes an image (height, width, channels) of {channels} channels, but its input is {input}.");
        }
    }

    private QuantizedSpec Bytes(IReadOnlyList<TensorSpec> inputs, int index, ValueRange range)
    {
        QuantizedSpec input = QuantizedInput(inputs, index);
        return input.Range.Min >= range.Min && input.Range.Max <= range.Max
            ? input
            : throw DoesNotFit(
                $"it takes integers from {range.Min} to {range.Max}, but its input has some from {input.Range.Min} to {input.Range.Max}. Quantize the network again.");
    }
}
