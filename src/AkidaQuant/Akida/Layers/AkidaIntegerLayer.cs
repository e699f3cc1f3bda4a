using AkidaQuant.Execution;
using AkidaQuant.Geometry;

namespace AkidaQuant.Akida.Layers;

/// <summary>An Akida 2.0 layer that computes integers: sums, then what convert.md 6.1 calls the common tail.</summary>
public abstract record AkidaIntegerLayer : AkidaLayer
{
    /// <summary>The number of entries of a table activation: one for each integer of 11 bits (convert.md 3.3).</summary>
    public const int LutEntries = 1 << LutInputBits;

    private const int LutInputBits = 11;

    /// <summary>Bits of the output.</summary>
    public int OutputBits { get; init; } = 8;

    /// <summary>
    /// Whether outputs have a sign. Not a parameter of the reference: quantized models make outputs of fewer than
    /// 8 bits unsigned, and the range must be kept (convert.md 3.3).
    /// </summary>
    public bool OutputSigned { get; init; } = true;

    /// <summary>Bits of the sums, sign included; sums saturate.</summary>
    public int BufferBits { get; init; } = 28;

    /// <summary>
    /// Bits of the product with the scales. The product saturates to as many magnitude bits, one more than the
    /// name says, which equality with the quantized model needs (convert.md 6.1).
    /// </summary>
    public int PostOpBufferBits { get; init; } = 32;

    /// <summary>What follows the sum.</summary>
    public ActivationType Activation { get; init; }

    /// <summary>Whether the output is scaled or shifted; raw sums otherwise.</summary>
    private bool IsScaled => Variables.Contains("output_scales") || Variables.Contains("output_shift");

    /// <summary>The parameters that all these layers have.</summary>
    protected IEnumerable<KeyValuePair<string, object>> OutputParameters =>
    [
        new("activation", Activation),
        new("output_bits", OutputBits),
        new("output_signed", OutputSigned),
        new("buffer_bits", BufferBits),
        new("post_op_buffer_bits", PostOpBufferBits),
    ];

    /// <summary>What the variables of the common tail must be (convert.md 3.3).</summary>
    /// <param name="channels">The channels of the output.</param>
    private protected IEnumerable<AkidaVariableRule> TailRules(int channels) =>
    [
        AkidaVariableRule.Signed("bias", channels),
        AkidaVariableRule.LeftShift("bias_shift", channels),
        AkidaVariableRule.Unsigned("max_value", channels),
        AkidaVariableRule.LeftShift("max_value_shift", channels),
        new("lut_values", "int32", int.MinValue, int.MaxValue, new Shape(LutEntries)) { IsRequired = Activation == ActivationType.LUT },
        AkidaVariableRule.Unsigned("activation_scales", channels),
        AkidaVariableRule.Signed("activation_shift", channels),
        AkidaVariableRule.Unsigned("output_scales", channels),
        AkidaVariableRule.Signed("output_shift", channels),
    ];

    /// <summary>The window of a maximum pool over the sums; null for none.</summary>
    /// <exception cref="QuantException">It does not fit into the sums.</exception>
    private protected virtual ConvolutionGeometry? MaxPool(Shape sums) => null;

    /// <summary>Whether all positions of an image are summed; the division is part of the scales.</summary>
    private protected virtual bool SumsPositions => false;

    /// <summary>The whole layer: its sums, then the common tail (convert.md 6.1).</summary>
    /// <param name="shape">The shape of the sums.</param>
    /// <param name="sums">The integers that they can be.</param>
    /// <param name="linear">Computes them.</param>
    /// <param name="macs">Multiplications of a sample.</param>
    /// <param name="state">What the layer remembers.</param>
    /// <exception cref="QuantException">A variable or the pool does not fit.</exception>
    private protected PreparedLayer Finish(
        Shape shape,
        ValueRange sums,
        LinearPart linear,
        long macs = 0,
        IReadOnlyList<TensorSpec>? state = null)
    {
        int channels = shape.Channels;
        ConvolutionGeometry? window = MaxPool(shape);
        LayerTail tail = LayerTail.OfIntegers(shape, sums);
        if (Variables.Contains("bias"))
        {
            tail.AddBias(ShiftedLeft("bias", channels), AccumulatorWidth.Saturating(BufferBits - 1));
        }

        if (window is { } pool)
        {
            tail.AddMaxPool(pool);
        }

        if (Activation == ActivationType.ReLU)
        {
            tail.AddRectification(!Variables.Contains("max_value") ? null : ShiftedLeft("max_value", channels));
        }
        else if (Activation == ActivationType.LUT)
        {
            AddTable(tail, channels);
        }

        if (SumsPositions)
        {
            tail.AddSum(new Shape(1, 1, channels), null, AccumulatorWidth.Saturating(PostOpBufferBits));
        }

        return tail.Prepare(AddOutput(tail, channels), () => linear, state, macs: macs);
    }

    private long[] ShiftedLeft(string name, int channels)
    {
        int[] values = PerChannel(name, channels, 0);
        int[] shifts = PerChannel($"{name}_shift", channels, 0);
        return [.. values.Zip(shifts, (value, shift) => (long)value << shift)];
    }

    private void AddTable(LayerTail tail, int channels)
    {
        if (Variables.Integers("lut_values") is not { } table)
        {
            throw Invalid("AkidaVariableMissing", $"its variable 'lut_values' is not set. Set an int32 array of {LutEntries} values.");
        }

        if (table.Values.Length != LutEntries)
        {
            throw Invalid(
                "AkidaVariableShape", $"its variable 'lut_values' must have {LutEntries} values, but it has {table.Values.Length}.");
        }

        tail.AddScaling(
            PerChannel("activation_scales", channels, 1),
            PerChannel("activation_shift", channels, 0),
            PostOpBufferBits,
            new ValueRange(-LutEntries / 2, (LutEntries / 2) - 1));
        tail.AddTable(table.Values);
    }

    private QuantizedSpec AddOutput(LayerTail tail, int channels)
    {
        if (!IsScaled && OutputBits >= BufferBits)
        {
            return AkidaTensors.Integers(tail.Shape, OutputBits, true, tail.Range);
        }

        ValueRange range = ValueRange.OfBits(OutputSigned ? OutputBits - 1 : OutputBits);
        range = tail.Range.Min >= 0 ? range with { Min = 0 } : range;
        tail.AddScaling(
            !Variables.Contains("output_scales") ? null : PerChannel("output_scales", channels, 1),
            PerChannel("output_shift", channels, 0),
            PostOpBufferBits,
            range);
        return AkidaTensors.Integers(tail.Shape, OutputBits, OutputSigned, range);
    }
}
