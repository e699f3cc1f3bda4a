using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Convolution of float32 images in time, channels last: the sum of the convolutions of the images that the kernel
/// spans, each with its own slice of it.
/// </summary>
public sealed class FloatVolumeConvolution
{
    private readonly VolumeGeometry _geometry;
    private readonly FloatConvolution[] _slices;
    private readonly float[]? _bias;

    /// <summary>Packs the weights.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="kernel">(kernel steps, kernel height, kernel width, input channels / groups, filters).</param>
    /// <param name="bias">One value a filter, or null.</param>
    /// <param name="groups">The number of groups into which channels and filters are split.</param>
    public FloatVolumeConvolution(in VolumeGeometry geometry, float[] kernel, float[]? bias, int groups)
        : this(geometry, kernel, bias, groups, InstructionSets.Best)
    {
    }

    internal FloatVolumeConvolution(in VolumeGeometry geometry, float[] kernel, float[]? bias, int groups, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _geometry = geometry;
        _bias = bias;
        int slice = kernel.Length / geometry.KernelSteps;
        _slices = new FloatConvolution[geometry.KernelSteps];
        for (int step = 0; step < _slices.Length; step++)
        {
            _slices[step] = new FloatConvolution(geometry.Image, kernel.AsSpan(step * slice, slice).ToArray(), null, null, groups, set);
        }
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input steps, input height, input width, input channels).</param>
    /// <param name="output">(batch, output steps, output height, output width, filters).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute: some of the images that come out.</param>
    /// <param name="finish">What is applied to finished values, if anything.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default, FloatFinish? finish = null)
    {
        int imageSize = _geometry.Image.InputSize;
        int resultSize = _geometry.Image.OutputSize;
        float[] scratch = ArrayPool<float>.Shared.Rent(resultSize);
        Span<float> part = scratch.AsSpan(0, resultSize);
        (int first, int end) = share.Of(batch * _geometry.OutputSteps);
        for (int image = first; image < end; image++)
        {
            (int sample, int step) = Math.DivRem(image, _geometry.OutputSteps);
            Span<float> result = output.Slice(image * resultSize, resultSize);
            result.Clear();
            for (int tap = 0; tap < _slices.Length; tap++)
            {
                int from = (step * _geometry.StrideSteps) - _geometry.PadBefore + (tap * _geometry.DilationSteps);
                if ((uint)from < (uint)_geometry.InputSteps)
                {
                    _slices[tap].Run(input.Slice(((sample * _geometry.InputSteps) + from) * imageSize, imageSize), part, 1);
                    // Each lane adds one element of the image's convolution, in the order of the taps.
                    TensorPrimitives.Add(result, part, result);
                }
            }

            FloatBias.Add(_bias, result);
            finish?.Invoke(result, 0);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }
}
