using System.Buffers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// Turns float samples into integers: times <c>scales</c>, rounded half to even, plus <c>zero_points</c>, clamped
/// (akida-model.md 1.2, convert.md 4.1 and 6.2). Unsigned outputs end at 0, where a quantized model goes on to
/// negative numbers for samples below its calibrated minimum (convert.md 8.4).
/// </summary>
/// <remarks>
/// <c>divisors</c>, float32 like <c>scales</c>, is a variable of ours: samples are divided by them where they are set, as
/// quantized ONNX files do it. Times the reciprocal, some samples near the middle of two integers would become the other
/// one (convert.md 8.5).
/// </remarks>
public sealed record AkidaQuantizer : AkidaLayer, IAkidaInput
{
    private delegate void QuantizerKernel(ReadOnlySpan<float> samples, IntegerData integers, int batch, WorkShare share);

    /// <summary>The name of the variable with divisors.</summary>
    internal const string Divisors = "divisors";

    /// <inheritdoc/>
    public required Shape InputShape { get; init; }

    /// <summary>Bits of the output.</summary>
    public int OutputBits { get; init; } = 8;

    /// <summary>Whether outputs have a sign; there is no zero point then.</summary>
    public bool OutputSigned { get; init; }

    /// <summary>Whether samples come as (C, X, Y).</summary>
    public bool ChannelsFirst { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "Quantizer";

    /// <inheritdoc/>
    public override AkidaVersion? Version => null;

    /// <inheritdoc/>
    public TensorSpec ModelInput => new FloatSpec(InputShape);

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters =>
    [
        new("input_shape", InputShape),
        new("output_bits", OutputBits),
        new("output_signed", OutputSigned),
        new("channels_first", ChannelsFirst),
    ];

    /// <summary>The shape of what it gives: channels last.</summary>
    public Shape OutputShape => ChannelsFirst ? InputShape.WithFirstAxisLast() : InputShape;

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        Variables.Contains(Divisors)
            ? AkidaVariableRule.PerChannel("scales", "float32", float.NegativeInfinity, float.PositiveInfinity, OutputShape.Channels)
            : AkidaVariableRule.Positive("scales", OutputShape.Channels),
        AkidaVariableRule.Unsigned("zero_points", OutputShape.Channels),
        AkidaVariableRule.Positive(Divisors, OutputShape.Channels),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        if (inputs[0] is not FloatSpec || inputs[0].Shape != InputShape)
        {
            string found = inputs[0] is FloatSpec ? "floats" : "integers";
            throw Invalid(
                "AkidaLayerInputMismatch",
                $"it takes floats of the shape {InputShape}, but its input is {found} of {inputs[0].Shape}. Make it the first layer, with the shape of the samples.");
        }

        QuantizedSpec output = AkidaTensors.Integers(OutputShape, OutputBits, OutputSigned);
        return Prepared(output, Division(output) is { } division ? division.Run : Product(output).Run);
    }

    /// <summary>Counts the values of samples that it clamps.</summary>
    /// <exception cref="QuantException">A variable does not fit the parameters.</exception>
    internal ClampCounting CreateClampCounting()
    {
        QuantizedSpec output = AkidaTensors.Integers(OutputShape, OutputBits, OutputSigned);
        int run = ChannelsFirst ? OutputShape.Size / OutputShape.Channels : 1;
        return Division(output) is { } division ? division.CreateClampCounting(run) : Product(output).CreateClampCounting(run);
    }

    private LinearQuantization? Division(QuantizedSpec output)
    {
        int channels = output.Shape.Channels;
        return Variables.Find<float>(Divisors) is null ? null : new LinearQuantization(
            FloatsPerChannel(Divisors, channels), PerChannel("zero_points", channels, 0), output.Range);
    }

    private SampleQuantization Product(QuantizedSpec output)
    {
        int channels = output.Shape.Channels;
        return new SampleQuantization(
            channels,
            FloatsPerChannel("scales", channels),
            OutputSigned ? null : PerChannel("zero_points", channels, 0),
            output.ValueBits,
            isRectified: !OutputSigned);
    }

    private PreparedLayer Prepared(QuantizedSpec output, QuantizerKernel run) => ChannelsFirst
        ? new PreparedLayer(output, () => (tensors, result, batch) =>
        {
            ReadOnlySpan<float> samples = ((FloatData)tensors[0]).Values(batch);
            float[] ordered = ArrayPool<float>.Shared.Rent(samples.Length);
            Order(samples, ordered);
            run(ordered.AsSpan(0, samples.Length), (IntegerData)result, batch, default);
            ArrayPool<float>.Shared.Return(ordered);
        })
        : PreparedLayer.Divided(output, () => (tensors, result, batch, share) =>
            run(((FloatData)tensors[0]).Values(batch), (IntegerData)result, batch, share));

    private float[] FloatsPerChannel(string name, int channels)
    {
        float[] values = Variables.Find<float>(name)?.Values ?? [1f];
        return values.Length == channels ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], channels)]
            : throw Invalid("AkidaVariableShape", $"its variable '{name}' must have 1 or {channels} values, but it has {values.Length}.");
    }

    /// <summary>Turns (C, X, Y) into (X, Y, C).</summary>
    private void Order(ReadOnlySpan<float> samples, Span<float> ordered)
    {
        int channels = InputShape[0];
        int positions = InputShape[1] * InputShape[2];
        for (int start = 0; start < samples.Length; start += channels * positions)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                ReadOnlySpan<float> plane = samples.Slice(start + (channel * positions), positions);
                for (int i = 0, to = start + channel; i < plane.Length; i++, to += channels)
                {
                    ordered[to] = plane[i];
                }
            }
        }
    }
}
