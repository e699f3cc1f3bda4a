using System.Numerics;
using System.Runtime.Intrinsics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Products;

/// <summary>Filters each channel of an image with its own kernel; what lies outside the image counts as 0.</summary>
internal abstract class ChannelFilter<T>(in ConvolutionGeometry geometry)
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    /// <summary>The sizes; input and output have the same channels.</summary>
    protected ConvolutionGeometry Geometry { get; } = geometry;

    /// <summary>Filters one image.</summary>
    /// <param name="image">(input height, input width, channels).</param>
    /// <param name="output">(output height, output width, channels).</param>
    public abstract void Run(ReadOnlySpan<T> image, Span<T> output);
}

/// <summary>Packs channel filters for the best instruction set, or for a given one.</summary>
internal static class ChannelFilter
{
    /// <summary>A filter with weights (kernel height, kernel width, channels) and an optional bias for each channel.</summary>
    /// <remarks>
    /// Images with fewer channels than a vector has lanes get narrower vectors: a lane is a channel, and a load must not
    /// reach beyond the last pixel.
    /// </remarks>
    public static ChannelFilter<T> Of<T>(in ConvolutionGeometry geometry, ReadOnlySpan<T> weights, ReadOnlySpan<T> bias, InstructionSet set)
        where T : unmanaged, INumber<T>
    {
        int channels = geometry.OutputChannels;
        if (set == InstructionSet.Vector512 && channels >= Vector512<T>.Count)
        {
            return new TiledChannelFilter<T, Vector512<T>, Lanes512<T>>(geometry, weights, bias);
        }

        if (set >= InstructionSet.Vector256 && channels >= Vector256<T>.Count)
        {
            return new TiledChannelFilter<T, Vector256<T>, Lanes256<T>>(geometry, weights, bias);
        }

        return set >= InstructionSet.Vector128 && channels >= Vector128<T>.Count
            ? new TiledChannelFilter<T, Vector128<T>, Lanes128<T>>(geometry, weights, bias)
            : new TiledChannelFilter<T, T, ScalarLanes<T>>(geometry, weights, bias);
    }
}
