using System.Numerics.Tensors;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The maximum of a moving window: the gradient goes to the first cell that has it.</summary>
internal sealed class MaxPoolingGradient(int step, IReadOnlyList<int> inputs, ConvolutionGeometry geometry) : StepGradient(step, inputs)
{
    private readonly ImagePatches _patches = new(geometry);

    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        ReadOnlySpan<float> given = frame.Values(Inputs[0]);
        Span<float> byInput = frame.Gradient(Inputs[0]);
        int channels = geometry.InputChannels;
        Span<float> greatest = new float[channels];
        Span<int> places = new int[channels];
        for (int row = 0; row < frame.Batch * _patches.Count && !byInput.IsEmpty; row++)
        {
            (int sample, int position) = Math.DivRem(row, _patches.Count);
            greatest.Fill(float.NegativeInfinity);
            for (int tap = 0; tap < geometry.KernelHeight * geometry.KernelWidth; tap++)
            {
                int cell = _patches.Cell(position, tap);
                int at = (sample * geometry.InputSize) + cell;
                for (int channel = 0; channel < channels && cell >= 0; channel++)
                {
                    if (given[at + channel] > greatest[channel])
                    {
                        (greatest[channel], places[channel]) = (given[at + channel], at + channel);
                    }
                }
            }

            for (int channel = 0; channel < channels; channel++)
            {
                byInput[places[channel]] += byOutput[(row * channels) + channel];
            }
        }
    }
}

/// <summary>The mean over all positions.</summary>
internal sealed class GlobalAverageGradient(int step, IReadOnlyList<int> inputs, int positions, int channels) : StepGradient(step, inputs)
{
    /// <inheritdoc/>
    public override void Add(GradientFrame frame, ReadOnlySpan<float> byOutput)
    {
        Span<float> byInput = frame.Gradient(Inputs[0]);
        for (int i = 0; i < byInput.Length; i += channels)
        {
            Span<float> target = byInput.Slice(i, channels);
            ReadOnlySpan<float> mean = byOutput.Slice(i / channels / positions * channels, channels);
            TensorPrimitives.MultiplyAdd(mean, 1f / positions, target, target);
        }
    }
}
