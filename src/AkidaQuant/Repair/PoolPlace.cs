using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>What the repairs of maximum pools ask about the layers around a pool.</summary>
internal static class PoolPlace
{
    /// <summary>With more channels an identity over each by itself, of 3x3, takes fewer multiplications than one over all.</summary>
    private const int FewChannels = 9;

    /// <summary>Whether a layer is a convolution that a pool behind it becomes part of: nothing else takes its output.</summary>
    public static bool IsPoolable(GraphEditor editor, string layer) =>
        editor[layer].Layer is Conv2D or DepthwiseConv2D && editor.Consumers(layer).Count == 1 && !editor.IsOutput(layer);

    /// <summary>The activation that alone takes the output of a layer; null for none.</summary>
    public static Layer? ActivationBehind(GraphEditor editor, string layer) =>
        editor.Consumers(layer) is [{ Layer: { IsActivation: true } activation }] && !editor.IsOutput(layer) ? activation : null;

    /// <summary>The paddings that the Akida layer of a convolution may have, as the conversion sees it (convert.md 3.4, 5.6).</summary>
    public static IEnumerable<Padding> Paddings(Layer convolution, Shape input)
    {
        if (convolution is PaddedConv2D { PaddingValue: not null })
        {
            return [Padding.Same];
        }

        ConvolutionWindow window = SpatialKernel.Window(convolution)!;
        return window.Padding switch
        {
            Padding.Same => [Padding.Same],
            Padding.Valid => [window.KernelSize == (1, 1) ? Padding.Same : Padding.Valid],
            _ => new[] { Padding.Same, Padding.Valid }.Where(padding => window.IsSameOver(input, padding)),
        };
    }

    /// <summary>The square window of one of some paddings that pools an input as another window does; null for none.</summary>
    public static ConvolutionWindow? Alike(MaxPooling2D pool, Shape input, IEnumerable<Padding> paddings)
    {
        ConvolutionGeometry own = pool.Window.OverPool(pool, input);
        (PoolCells rows, PoolCells columns) = (PoolCells.Rows(own), PoolCells.Columns(own));
        foreach (Padding padding in paddings)
        {
            foreach (int size in new[] { own.KernelHeight, own.KernelWidth }.Distinct())
            {
                foreach (int stride in new[] { own.StrideHeight, own.StrideWidth }.Distinct())
                {
                    if (rows.Equals(PoolCells.Image(own.InputHeight).Pooled(size, stride, padding, isNeverNegative: true))
                        && columns.Equals(PoolCells.Image(own.InputWidth).Pooled(size, stride, padding, isNeverNegative: true)))
                    {
                        return new ConvolutionWindow { KernelSize = (size, size), Strides = (stride, stride), Padding = padding };
                    }
                }
            }
        }

        return null;
    }

    /// <summary>The convolution of a stage: over all channels, or over each by itself where that takes less.</summary>
    public static Layer Convolution(string name, int channels, in PoolStage stage)
    {
        if (stage.Kernel == 1 && channels <= FewChannels)
        {
            return IdentityConvolution.Create(name, channels);
        }

        (int size, (int row, int column)) = stage.Kernel == 1 ? (3, (1, 1)) : (stage.Kernel, stage.Cell);
        float[] kernel = new float[size * size * channels];
        kernel.AsSpan(((row * size) + column) * channels, channels).Fill(1);
        return new DepthwiseConv2D
        {
            Name = name,
            Window = new ConvolutionWindow { KernelSize = (size, size), Padding = stage.Padding },
            Kernel = new NdArray<float>(new Shape(size, size, channels, 1), kernel),
            UseBias = false,
        };
    }
}
