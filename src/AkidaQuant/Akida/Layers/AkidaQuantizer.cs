using AkidaQuant.Kernels;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// Turns float samples into integers: times <c>scales</c>, rounded half to even, plus <c>zero_points</c>, clamped
/// (akida-model.md 1.2, convert.md 4.1 and 6.2). Unsigned outputs end at 0, where a quantized model goes on to
/// negative numbers for samples below its calibrated minimum (convert.md 8.4).
/// </summary>
public sealed record AkidaQuantizer : AkidaLayer, IAkidaInput
{
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
    public AkidaTensor ModelInput => AkidaTensor.Floats(InputShape);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object>> Parameters =>
    [
        new("input_shape", InputShape),
        new("output_bits", OutputBits),
        new("output_signed", OutputSigned),
        new("channels_first", ChannelsFirst),
    ];

    /// <summary>The shape of what it gives: channels last.</summary>
    public Shape OutputShape => ChannelsFirst ? new Shape(InputShape[1], InputShape[2], InputShape[0]) : InputShape;

    /// <inheritdoc/>
    public override AkidaPreparedLayer Prepare(IReadOnlyList<AkidaTensor> inputs)
    {
        AkidaTensor output = AkidaTensor.Integers(OutputShape, OutputBits, OutputSigned);
        int channels = output.Shape.Channels;
        float[] scales = Variables.Find<float>("scales")?.Values ?? [1f];
        if (scales.Length != 1 && scales.Length != channels)
        {
            throw Invalid("AkidaVariableShape", $"its variable 'scales' must have 1 or {channels} values, but it has {scales.Length}.");
        }

        SampleQuantization quantization = new(
            channels,
            scales.Length == channels ? scales : [.. Enumerable.Repeat(scales[0], channels)],
            OutputSigned ? null : PerChannel("zero_points", channels, 0),
            output.ValueBits);
        Rectification? rectification = OutputSigned ? null : new Rectification(channels, null);
        return new AkidaPreparedLayer(output, 0, () => (tensors, result, batch) =>
        {
            ReadOnlySpan<float> samples = ((FloatData)tensors[0]).Values(batch);
            var integers = (IntegerData)result;
            if (rectification is null)
            {
                quantization.Run(Ordered(samples), integers, batch);
                return;
            }

            using var wide = IntegerData.Rent(integers.SampleSize, batch, IntegerStorage.Int32);
            quantization.Run(Ordered(samples), wide, batch);
            rectification.Run(wide, integers, batch);
        });
    }

    private ReadOnlySpan<float> Ordered(ReadOnlySpan<float> samples)
    {
        if (!ChannelsFirst)
        {
            return samples;
        }

        int channels = InputShape[0];
        int positions = InputShape[1] * InputShape[2];
        float[] ordered = new float[samples.Length];
        for (int i = 0; i < ordered.Length; i++)
        {
            int sample = i / (channels * positions);
            int channel = i / positions % channels;
            ordered[(((sample * positions) + (i % positions)) * channels) + channel] = samples[i];
        }

        return ordered;
    }
}
