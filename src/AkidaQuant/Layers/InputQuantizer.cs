using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>Turns float samples into integers with the range that calibration saw (numerics.md 6.1, quantize.md 7).</summary>
[LayerClass("Custom>InputQuantizer", Module = "quantizeml.layers.quantizer_layers")]
public sealed record InputQuantizer : Layer
{
    /// <summary>The most bits, the sign included, of integers that go on as floats: floats and processors hold them as they are.</summary>
    public const int MostHandedBits = 16;

    /// <summary>Bits of the integers, sign included.</summary>
    public int Bitwidth { get; init; } = 8;

    /// <summary>Whether one bit is the sign; without it a zero point moves the least value to 0.</summary>
    public bool Signed { get; init; } = true;

    /// <summary>Whether there is a range for each channel.</summary>
    public bool PerAxis { get; init; }

    /// <summary>The least value, of shape () or (channels).</summary>
    public NdArray<float> RangeMin { get; init; } = NdArray<float>.Scalar(0f);

    /// <summary>The greatest value, of the same shape.</summary>
    public NdArray<float> RangeMax { get; init; } = NdArray<float>.Scalar(1f);

    /// <summary>Magnitude bits of the integers.</summary>
    public int ValueBits => Bitwidth - (Signed ? 1 : 0);

    /// <inheritdoc/>
    public override int? OutputBits => Bitwidth;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
    [
        new($"{Name}/range_min:0", RangeMin, Trainable: false),
        new($"{Name}/range_max:0", RangeMax, Trainable: false),
    ];

    /// <inheritdoc/>
    public override string? QuantizationObstacle => "it is quantized already";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => 
    [
        new("quant_config", new QuantSettings()),
        new("bitwidth", (long)Bitwidth),
        new("signed", Signed),
        new("axis", PerAxis ? "per-axis" : "per-tensor"),
    ];

    /// <summary>
    /// The quantizer that makes of the values of some integers these integers again: a range whose fractional bits are
    /// theirs. Null for integers of more than 16 bits and for scaled ones.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="integers">The integers.</param>
    public static InputQuantizer? Giving(string name, QuantizedSpec integers)
    {
        bool isFine = integers.FracBits.Span.IndexOfAnyExceptInRange(int.MinValue, integers.ValueBits) < 0;
        if (integers.Scales is not null || integers.Bits > MostHandedBits || !isFine)
        {
            return null;
        }

        NdArray<float> greatest = new(
            integers.HasScalarFracBits ? Shape.Scalar : new Shape(integers.FracBits.Count),
            integers.FracBits.Map(bits => Rounding.Pow2(integers.ValueBits - bits)).Span.ToArray());
        return new InputQuantizer
        {
            Name = name,
            Bitwidth = integers.ValueBits + 1,
            Signed = true,
            PerAxis = !integers.HasScalarFracBits,
            RangeMin = greatest.Map(value => integers.Range.Min < 0 ? -value : 0f),
            RangeMax = greatest,
        };
    }

    /// <summary>Makes the layer from stored arguments.</summary>
    public static InputQuantizer Read(LayerArguments arguments) =>
        new()
        {
            Name = arguments.Name,
            Bitwidth = arguments.Int("bitwidth", 8) is var bits and >= 1 and <= 32
                ? bits
                : throw arguments.Wrong("bitwidth", arguments["bitwidth"], "from 1 to 32"),
            Signed = arguments.Bool("signed", true),
            PerAxis = arguments.OneOf("axis", "per-tensor", "per-tensor", "per-axis") == "per-axis",
        };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        Shape shape = PerAxis ? new Shape(inputs[0].Channels) : Shape.Scalar;
        return [new WeightShape(shape, "zeros"), new WeightShape(shape, "ones")];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, 2);
        int[] shape = PerAxis ? [Shape.Unknown] : [];
        return this with { RangeMin = ExpectShape("range_min", values[0], shape), RangeMax = ExpectShape("range_max", values[1], shape) };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (PerAxis && (input.Rank < 2 || RangeMax.Values.Length != input.Channels))
        {
            throw DoesNotFit($"it has {RangeMax.Values.Length} ranges, one a channel, but its input is {input}.");
        }

        InputStage stage = InputQuantization.Derive(RangeMin, RangeMax, Bitwidth, Signed, Name);
        QuantizedSpec output = new(input, ValueBits, stage.FracBits, Signed ? null : ScalarOrVector<float>.Scalar(1f))
        {
            HasConstantScales = true,
        };
        PreparedLayer prepared = PreparedLayer.Divided(output, () =>
        {
            SampleQuantization kernel = new(
                input.Channels,
                stage.FracBits.Map(Rounding.Pow2).Expand(input.Channels),
                stage.ZeroPoint?.Expand(input.Channels),
                ValueBits);
            return (tensors, result, batch, share) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), (IntegerData)result, batch, share);
        });
        prepared.Recorded.Add("frac_bits", stage.FracBits.ToArray());
        prepared.Recorded.Add("range_min", RangeMin);
        prepared.Recorded.Add("range_max", RangeMax);
        if (stage.ZeroPoint is { } zeroPoints)
        {
            prepared.Recorded.Add(
                "zero_points",
                new RecordedTensor(zeroPoints.ToArray().Map(value => (long)value), ValueBits, stage.FracBits, NdArray<float>.Scalar(1f)));
        }

        return prepared;
    }
}
