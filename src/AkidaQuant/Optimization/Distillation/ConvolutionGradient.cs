using System.Buffers;
using AkidaQuant.Geometry;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>The gradients of a convolution of all channels, or of a dense layer, which is one of a single cell.</summary>
internal sealed class ConvolutionGradient : KernelGradient
{
    /// <summary>The positions that are computed together.</summary>
    private const int BlockRows = 64;

    private readonly ConvolutionGeometry _geometry;
    private readonly ImagePatches _patches;
    private readonly LayerKernel _kernel;

    /// <summary>A convolution.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="border">What stands outside of the image; null for 0.</param>
    /// <param name="kernel">The kernel, (rows, columns, channels, filters).</param>
    public ConvolutionGradient(ConvolutionGeometry geometry, float[]? border, LayerKernel kernel)
    {
        _geometry = geometry;
        _patches = new ImagePatches(geometry, border);
        _kernel = kernel;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerKernel> Kernels => [_kernel];

    /// <summary>A dense layer over so many positions.</summary>
    public static ConvolutionGradient OfDense(int positions, int inputs, int units, LayerKernel kernel) => new(
        ConvolutionGeometry.Create(new Shape(positions, 1, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units), null, kernel);

    /// <inheritdoc/>
    public override void Add(
        ReadOnlySpan<float> input, ReadOnlySpan<float> byOutput, Span<float> byInput, IReadOnlyList<float[]> byKernels, int batch)
    {
        int depth = _patches.Depth;
        int filters = _geometry.OutputChannels;
        if (_geometry.IsPointwise)
        {
            int rows = batch * _patches.Count;
            for (int start = 0; start < rows; start += BlockRows)
            {
                int count = Math.Min(BlockRows, rows - start);
                ReadOnlySpan<float> given = byOutput.Slice(start * filters, count * filters);
                AddKernel(input.Slice(start * depth, count * depth), given, byKernels[0], count);
                if (!byInput.IsEmpty)
                {
                    Span<float> target = byInput.Slice(start * depth, count * depth);
                    MatrixProduct.Add(given, filters, 1, _kernel.Transposed, target, count, filters, depth);
                }
            }

            return;
        }

        float[] rented = ArrayPool<float>.Shared.Rent(BlockRows * depth);
        for (int sample = 0; sample < batch; sample++)
        {
            for (int start = 0; start < _patches.Count; start += BlockRows)
            {
                int count = Math.Min(BlockRows, _patches.Count - start);
                Span<float> rows = rented.AsSpan(0, count * depth);
                ReadOnlySpan<float> given = byOutput.Slice(((sample * _patches.Count) + start) * filters, count * filters);
                if (byKernels[0].Length > 0)
                {
                    _patches.Gather(input.Slice(sample * _geometry.InputSize, _geometry.InputSize), start, count, rows);
                    AddKernel(rows, given, byKernels[0], count);
                }

                if (!byInput.IsEmpty)
                {
                    rows.Clear();
                    MatrixProduct.Add(given, filters, 1, _kernel.Transposed, rows, count, filters, depth);
                    _patches.Scatter(rows, start, count, byInput.Slice(sample * _geometry.InputSize, _geometry.InputSize));
                }
            }
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    private void AddKernel(ReadOnlySpan<float> rows, ReadOnlySpan<float> byOutput, float[] byKernel, int count)
    {
        if (byKernel.Length > 0)
        {
            MatrixProduct.Add(rows, 1, _patches.Depth, byOutput, byKernel, _patches.Depth, count, _geometry.OutputChannels);
        }
    }
}
