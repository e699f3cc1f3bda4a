using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

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
    private bool IsScaled => Variables["output_scales"] is not null || Variables["output_shift"] is not null;

    /// <summary>The parameters that all these layers have.</summary>
    protected IEnumerable<KeyValuePair<string, object>> OutputParameters =>
    [
        new("activation", Activation),
        new("output_bits", OutputBits),
        new("output_signed", OutputSigned),
        new("buffer_bits", BufferBits),
        new("post_op_buffer_bits", PostOpBufferBits),
    ];

    /// <summary>The steps after the sum (convert.md 6.1).</summary>
    /// <param name="shape">The shape of the sums.</param>
    /// <param name="sums">The integers that they can be.</param>
    /// <param name="poolType">How they are pooled.</param>
    /// <param name="window">The window of a maximum.</param>
    private protected AccumulatorStages CreateStages(
        Shape shape, ValueRange sums, PoolType poolType = PoolType.NoPooling, ConvolutionGeometry window = default)
    {
        int channels = shape.Channels;
        AccumulatorStages stages = StartWithBias(shape, sums);
        if (poolType == PoolType.Max)
        {
            MaxPooling pooling = new(window);
            stages.Add(Sums(window.OutputShape, Range(stages)), pooling.Run, inPlace: false);
        }

        if (Activation == ActivationType.ReLU)
        {
            AddRectification(stages, channels);
        }
        else if (Activation == ActivationType.LUT)
        {
            AddTable(stages, channels);
        }

        if (poolType == PoolType.Average)
        {
            AddSum(stages, channels);
        }

        AddOutput(stages, channels);
        return stages;
    }

    private AccumulatorStages StartWithBias(Shape shape, ValueRange sums)
    {
        if (Variables["bias"] is null)
        {
            return new AccumulatorStages(Sums(shape, sums));
        }

        int channels = shape.Channels;
        long[] bias = ShiftedLeft("bias", channels);
        ValueRange all = new ValueRange(sums.Min + Math.Min(0, bias.Min()), sums.Max + Math.Max(0, bias.Max()))
            .Clamp(ValueRange.OfBits(BufferBits - 1));
        return new AccumulatorStages(Sums(shape, all), new BiasAddition(bias, BufferBits - 1));
    }

    private long[] ShiftedLeft(string name, int channels)
    {
        int[] values = PerChannel(name, channels, 0);
        int[] shifts = PerChannel($"{name}_shift", channels, 0);
        return [.. values.Zip(shifts, (value, shift) => (long)value << shift)];
    }

    private void AddRectification(AccumulatorStages stages, int channels)
    {
        ValueRange before = Range(stages);
        ValueRange after = new(Math.Max(before.Min, 0), Math.Max(before.Max, 0));
        long[]? maximum = null;
        if (Variables["max_value"] is not null)
        {
            maximum = ShiftedLeft("max_value", channels);
            after = new ValueRange(Math.Min(after.Min, maximum.Min()), Math.Min(after.Max, maximum.Max()));
        }

        Rectification rectification = new(channels, maximum);
        stages.Add(Sums(stages.Result.Shape, after), rectification.Run, inPlace: true);
    }

    private void AddTable(AccumulatorStages stages, int channels)
    {
        if (Variables.Integers("lut_values") is not { } table)
        {
            throw Invalid("AkidaVariableMissing", $"its variable 'lut_values' is not set. Set an int32 array of {LutEntries} values.");
        }

        if (table.Values.Length != LutEntries)
        {
            throw Invalid("AkidaVariableShape", $"its variable 'lut_values' must have {LutEntries} values, but it has {table.Values.Length}.");
        }

        Shape shape = stages.Result.Shape;
        ValueRange keys = new(-LutEntries / 2, (LutEntries / 2) - 1);
        OutputScaling scaling = new(
            channels, PerChannel("activation_scales", channels, 1), PerChannel("activation_shift", channels, 0), PostOpBufferBits, keys);
        TableLookup lookup = new(table.Values);
        stages.Add(AkidaTensor.Integers(shape, LutInputBits, true, keys), scaling.Run, inPlace: false);
        stages.Add(Sums(shape, lookup.OutputRange), lookup.Run, inPlace: true);
    }

    private void AddSum(AccumulatorStages stages, int channels)
    {
        Shape shape = stages.Result.Shape;
        int positions = shape[0] * shape[1];
        ValueRange one = Range(stages);
        ValueRange all = new ValueRange(one.Min * positions, one.Max * positions).Clamp(ValueRange.OfBits(PostOpBufferBits));
        GlobalSum sum = new(positions, channels, null, PostOpBufferBits);
        stages.Add(Sums(new Shape(1, 1, channels), all), sum.Run, inPlace: false);
    }

    private void AddOutput(AccumulatorStages stages, int channels)
    {
        Shape shape = stages.Result.Shape;
        ValueRange before = Range(stages);
        if (!IsScaled && OutputBits >= BufferBits)
        {
            stages.Describe(AkidaTensor.Integers(shape, OutputBits, true, before));
            return;
        }

        ValueRange range = ValueRange.OfBits(OutputSigned ? OutputBits - 1 : OutputBits);
        if (before.Min >= 0)
        {
            range = range with { Min = 0 };
        }

        OutputScaling scaling = new(
            channels,
            Variables["output_scales"] is null ? null : PerChannel("output_scales", channels, 1),
            PerChannel("output_shift", channels, 0),
            PostOpBufferBits,
            range);
        stages.Add(AkidaTensor.Integers(shape, OutputBits, OutputSigned, range), scaling.Run, inPlace: false);
    }

    private AkidaTensor Sums(Shape shape, ValueRange range) => AkidaTensor.Integers(shape, BufferBits, true, range);

    private static ValueRange Range(AccumulatorStages stages) => stages.Result.Range!.Value;
}
