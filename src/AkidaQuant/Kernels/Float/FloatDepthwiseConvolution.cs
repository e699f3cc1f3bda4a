using System.Buffers;
using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Depthwise convolution of float32 images (layers.md 4.4), channels last. The same bits whatever the batch, the thread
/// and the instruction set.
/// </summary>
public sealed class FloatDepthwiseConvolution
{
    private readonly ChannelFilter<float, float> _filter;
    private readonly int _multiplier;

    /// <summary>Packs the weights.</summary>
    /// <param name="geometry">The sizes; the output has the input's channels times the multiplier.</param>
    /// <param name="kernel">(kernel height, kernel width, channels, multiplier).</param>
    /// <param name="bias">One value an output channel, or null.</param>
    /// <param name="multiplier">The number of output channels for each input channel; those of one input channel are neighbours.</param>
    public FloatDepthwiseConvolution(in ConvolutionGeometry geometry, float[] kernel, float[]? bias, int multiplier = 1)
        : this(geometry, kernel, bias, multiplier, InstructionSets.Best)
    {
    }

    internal FloatDepthwiseConvolution(in ConvolutionGeometry geometry, float[] kernel, float[]? bias, int multiplier, InstructionSet set)
    {
        int channels = geometry.InputChannels * multiplier;
        KernelArguments.ExpectLength(kernel, geometry.KernelHeight * geometry.KernelWidth * channels, nameof(kernel));
        KernelArguments.ExpectLength(bias, channels, nameof(bias));
        _multiplier = multiplier;
        ConvolutionGeometry repeated = geometry with { InputChannels = channels, OutputChannels = channels };
        _filter = ChannelFilter.Of<float>(repeated, kernel, bias, set);
    }

    /// <summary>Computes a batch, or a part of it, and what becomes of its values.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels * multiplier).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is done to finished values; null for nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default, FloatFinish? finish = null)
    {
        if (_multiplier == 1)
        {
            FloatSamples.Run(_filter, null, input, output, batch, share, finish);
            return;
        }

        float[] repeated = ArrayPool<float>.Shared.Rent(_filter.InputSize);
        int size = _filter.InputSize / _multiplier;
        (int start, int end) = share.Of(batch * _filter.Units);
        while (start < end)
        {
            (int sample, int first) = Math.DivRem(start, _filter.Units);
            int last = Math.Min(_filter.Units, first + end - start);
            Repeat(input.Slice(sample * size, size), _filter.Needs(first, last), repeated);
            for (int stop; first < last; first = stop)
            {
                stop = _filter.BlockEnd(first, last);
                Span<float> values = output.Slice(start * _filter.UnitSize, (stop - first) * _filter.UnitSize);
                _filter.Run(repeated, first, stop, values);
                finish?.Invoke(values, 0);
                start += stop - first;
            }
        }

        ArrayPool<float>.Shared.Return(repeated);
    }

    /// <summary>Writes every value of an image as often as there are filters for its channel, within what is needed.</summary>
    private void Repeat(ReadOnlySpan<float> image, (int Start, int End) needed, Span<float> repeated)
    {
        for (int i = needed.Start / _multiplier; i < needed.End / _multiplier; i++)
        {
            repeated.Slice(i * _multiplier, _multiplier).Fill(image[i]);
        }
    }
}
