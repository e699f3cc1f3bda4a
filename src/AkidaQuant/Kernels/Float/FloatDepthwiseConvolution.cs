using System.Buffers;
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
    private readonly ChannelFilter<float> _filter;
    private readonly int _multiplier;
    private readonly int _inputSize;
    private readonly int _outputSize;

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
        _inputSize = geometry.InputShape.Size;
        ConvolutionGeometry repeated = geometry with { InputChannels = channels, OutputChannels = channels };
        _outputSize = repeated.OutputShape.Size;
        _filter = ChannelFilter.Of<float>(repeated, kernel, bias, set);
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, channels).</param>
    /// <param name="output">(batch, output height, output width, channels * multiplier).</param>
    /// <param name="batch">The number of samples.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch)
    {
        float[]? repeated = _multiplier == 1 ? null : ArrayPool<float>.Shared.Rent(_inputSize * _multiplier);
        for (int sample = 0; sample < batch; sample++)
        {
            ReadOnlySpan<float> image = input.Slice(sample * _inputSize, _inputSize);
            if (repeated is not null)
            {
                for (int i = 0; i < image.Length; i++)
                {
                    repeated.AsSpan(i * _multiplier, _multiplier).Fill(image[i]);
                }

                image = repeated.AsSpan(0, _inputSize * _multiplier);
            }

            _filter.Run(image, output.Slice(sample * _outputSize, _outputSize));
        }

        if (repeated is not null)
        {
            ArrayPool<float>.Shared.Return(repeated);
        }
    }
}
