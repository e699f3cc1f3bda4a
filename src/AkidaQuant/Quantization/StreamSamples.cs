using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>Brings the samples of models that keep state into batches of consecutive time steps (quantize.md 10.2).</summary>
internal static class StreamSamples
{
    /// <summary>
    /// The samples in the order in which they run, and the number of parallel streams: with a recurrent layer each sample
    /// is a stream of its own, cut into the time steps of the model, and so is a sequence of frames for a model that takes
    /// them one by one; else samples are the time steps of as many streams as the batch size says.
    /// </summary>
    /// <exception cref="QuantException"><c>StreamBatchSizeMissing</c> or <c>StreamStepsMismatch</c>.</exception>
    public static (SampleSet Samples, int Streams) Arrange(Model model, SampleSet samples, int? batchSize)
    {
        if (model.GraphLayers.Any(layer => layer is StatefulRecurrent))
        {
            return (Cut(model, samples), samples.Count);
        }

        if (samples.SampleShape.Rank == model.Input.SampleShape.Rank + 1
            && samples.SampleShape.Skip(1).SequenceEqual(model.Input.SampleShape))
        {
            return (Cut(samples, model.Input.SampleShape, samples.SampleShape[0]), samples.Count);
        }

        return batchSize is { } streams
            ? (samples, streams)
            : throw new QuantException(
                "StreamBatchSizeMissing",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' keeps frames from call to call, so its samples are the time steps of parallel streams. Give the number of streams as the batch size, 1 for a single stream.",
                model.Name);
    }

    private static SampleSet Cut(Model model, SampleSet samples)
    {
        Shape step = model.Input.SampleShape;
        Shape stream = samples.SampleShape;
        if (stream == step || stream.Rank != step.Rank || !stream.Skip(1).SequenceEqual(step.Skip(1)))
        {
            return samples;
        }

        if (stream[0] % step[0] != 0)
        {
            throw new QuantException(
                "StreamStepsMismatch",
                QuantErrorKind.InvalidArgument,
                $"The samples of {samples.Source} have {stream[0]} time steps, which is no multiple of the {step[0]} that the model '{model.Name}' takes at a time. Cut or pad the samples.",
                samples);
        }

        return Cut(samples, step, stream[0] / step[0]);
    }

    /// <summary>Every sample cut into steps: the first of all samples, then the second, and so on.</summary>
    private static SampleSet Cut(SampleSet samples, Shape step, int calls)
    {
        float[] values = new float[checked(samples.Count * calls * step.Size)];
        for (int i = 0; i < samples.Count; i++)
        {
            ReadOnlySpan<float> sample = samples.Values(i);
            for (int call = 0; call < calls; call++)
            {
                sample.Slice(call * step.Size, step.Size).CopyTo(values.AsSpan(((call * samples.Count) + i) * step.Size));
            }
        }

        return SampleSet.FromArray(values, step, source: samples.Source);
    }
}
