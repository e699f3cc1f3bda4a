using System.Runtime.CompilerServices;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Two-dimensional convolution of float32 images (layers.md 3 and 4.1), channels last. The same bits whatever
/// the batch, the thread and the instruction set.
/// </summary>
public sealed class FloatConvolution
{
    private readonly PatchProduct<float, float>[] _groups;
    private readonly int _inputSize;
    private readonly int _positions;
    private readonly int _filters;
    private readonly int _panelWidth;

    /// <summary>Packs the weights.</summary>
    /// <param name="geometry">The sizes.</param>
    /// <param name="kernel">(kernel height, kernel width, input channels / groups, filters).</param>
    /// <param name="bias">One value a filter, or null.</param>
    /// <param name="paddingValues">What stands outside the image: one value, one for each input channel, or null for 0.</param>
    /// <param name="groups">The number of groups into which channels and filters are split.</param>
    public FloatConvolution(in ConvolutionGeometry geometry, float[] kernel, float[]? bias, float[]? paddingValues = null, int groups = 1)
        : this(geometry, kernel, bias, paddingValues, groups, InstructionSets.Best)
    {
    }

    internal FloatConvolution(
        in ConvolutionGeometry geometry, float[] kernel, float[]? bias, float[]? paddingValues, int groups, InstructionSet set)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _inputSize = geometry.InputShape.Size;
        _positions = geometry.OutputHeight * geometry.OutputWidth;
        _filters = geometry.OutputChannels;
        int channels = geometry.InputChannels / groups;
        int filters = _filters / groups;
        int depth = geometry.KernelHeight * geometry.KernelWidth * channels;
        KernelArguments.ExpectLength(kernel, depth * _filters, nameof(kernel));
        KernelArguments.ExpectLength(bias, _filters, nameof(bias));
        float[] padding = KernelArguments.PerChannel(paddingValues, geometry.InputChannels, nameof(paddingValues));
        _groups = new PatchProduct<float, float>[groups];
        for (int group = 0; group < groups; group++)
        {
            var matrix = new float[depth * filters];
            for (int k = 0; k < depth; k++)
            {
                kernel.AsSpan((k * _filters) + (group * filters), filters).CopyTo(matrix.AsSpan(k * filters));
            }

            ReadOnlySpan<float> groupBias = bias is null ? default : bias.AsSpan(group * filters, filters);
            var patches = new PatchReader<float>(geometry, group * channels, channels, padding.AsSpan(group * channels, channels));
            PackedMatrix<float> packed = PackedMatrix.Of(matrix, depth, filters, groupBias, set);
            _panelWidth = packed.PanelWidth;
            _groups[group] = new PatchProduct<float, float>(patches, packed);
        }
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, input height, input width, input channels).</param>
    /// <param name="output">(batch, output height, output width, filters).</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    /// <param name="finish">What is applied to finished values, if anything.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, WorkShare share = default, FloatFinish? finish = null)
    {
        int filters = _filters / _groups.Length;
        var part = ProductPart.Of(share, batch * _positions, filters, _panelWidth);
        for (int group = 0; group < _groups.Length; group++)
        {
            FloatSink sink = new(output, _filters, group * filters, finish);
            _groups[group].Run(input[..(batch * _inputSize)], part, ref sink);
        }
    }
}
