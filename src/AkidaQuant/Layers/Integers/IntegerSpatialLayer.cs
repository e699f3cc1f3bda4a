using AkidaQuant.Geometry;

namespace AkidaQuant.Layers.Integers;

/// <summary>A convolution of given integers, whose kernel has the shape (rows, columns, …, channels).</summary>
public abstract record IntegerSpatialLayer : IntegerWeightedLayer
{
    /// <summary>How the kernel moves; the pads are always given amounts.</summary>
    public required ConvolutionWindow Window { get; init; }

    /// <summary>The sizes over an input.</summary>
    /// <param name="input">Height, width and channels.</param>
    /// <param name="channels">The channels that the kernel takes.</param>
    /// <param name="filters">The channels that it gives.</param>
    /// <exception cref="QuantException">The input is not such an image, or the kernel does not fit into it.</exception>
    protected ConvolutionGeometry Geometry(Shape input, int channels, int filters)
    {
        ExpectImage(input, channels);
        return Window.Over(this, input, filters);
    }
}
