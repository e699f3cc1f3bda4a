using AkidaQuant.Execution;

namespace AkidaQuant.Optimization;

/// <summary>What a layer gives for all samples, in chunks of some samples each.</summary>
/// <param name="Spec">The tensor of one sample.</param>
/// <param name="Chunks">The values, chunk by chunk, each for as many samples as <see cref="SampleParts"/> says.</param>
internal sealed record TensorBatches(TensorSpec Spec, TensorData[] Chunks)
{
    /// <summary>The memory of one chunk's sample, in bytes.</summary>
    public long BytesPerSample => TensorData.ByteCount(Spec);

    /// <summary>The real values of one sample: integers times their scales, floats as they are.</summary>
    /// <param name="parts">How samples are cut into chunks.</param>
    /// <param name="sample">The position of the sample.</param>
    /// <param name="values">Gets the values, row-major.</param>
    public void Read(SampleParts parts, int sample, Span<float> values)
    {
        (int chunk, int within) = parts.Find(sample);
        if (Chunks[chunk] is FloatData floats)
        {
            floats.Values(floats.Capacity).Slice(within * floats.SampleSize, floats.SampleSize).CopyTo(values);
            return;
        }

        var spec = (QuantizedSpec)Spec;
        Widen((IntegerData)Chunks[chunk], within, values);
        int count = Math.Max(spec.FracBits.Count, spec.Scales?.Count ?? 1);
        float[] factors = new float[count];
        for (int i = 0; i < count; i++)
        {
            factors[i] = MathF.ScaleB(
                spec.Scales is { } scales ? scales[scales.Count == 1 ? 0 : i] : 1f,
                -spec.FracBits[spec.FracBits.Count == 1 ? 0 : i]);
        }

        for (int i = 0; i < values.Length; i += count)
        {
            for (int k = 0; k < count; k++)
            {
                values[i + k] *= factors[k];
            }
        }
    }

    private static void Widen(IntegerData data, int sample, Span<float> values)
    {
        int start = sample * data.SampleSize;
        switch (data.Storage)
        {
            case IntegerStorage.Int16:
                Widen<short>(data.Values<short>(data.Capacity).Slice(start, data.SampleSize), values);
                break;
            case IntegerStorage.Int32:
                Widen<int>(data.Values<int>(data.Capacity).Slice(start, data.SampleSize), values);
                break;
            default:
                Widen<long>(data.Values<long>(data.Capacity).Slice(start, data.SampleSize), values);
                break;
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> integers, Span<float> values)
        where T : System.Numerics.INumber<T>
    {
        for (int i = 0; i < integers.Length; i++)
        {
            values[i] = float.CreateTruncating(integers[i]);
        }
    }
}
