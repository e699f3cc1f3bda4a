using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A larger image.</summary>
public sealed class UpSampling2DTests
{
    private static readonly UpSampling2D Plain = new() { Name = "layer", Size = (2, 3) };

    [Fact]
    public void Cells_are_repeated()
    {
        LayerRun run = new(Plain, 2, new FloatSpec(new Shape(1, 2, 1)));
        Assert.Equal(new Shape(2, 6, 1), run.Shape);
        float[] first = [1, 1, 1, 2, 2, 2];
        float[] second = [3, 3, 3, 4, 4, 4];
        Assert.Equal([.. first, .. first, .. second, .. second], run.Floats([1, 2, 3, 4]));
        Assert.Equal(
            [1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4], LayerRun.Of(Plain with { Size = (2, 2) }, new Shape(1, 2, 2), 1, 2, 3, 4));
    }

    /// <summary>TensorFlow's numbers: tf.image.resize of [[1, 2], [3, 5]] to 4 by 4, bilinear.</summary>
    [Fact]
    public void Cells_blend_into_each_other_with_their_centers_in_place() => Assert.Equal(
        [1, 1.25f, 1.75f, 2, 1.5f, 1.8125f, 2.4375f, 2.75f, 2.5f, 2.9375f, 3.8125f, 4.25f, 3, 3.5f, 4.5f, 5],
        LayerRun.Of(Plain with { Size = (2, 2), Interpolation = "bilinear" }, new Shape(2, 2, 1), 1, 2, 3, 5));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        UpSampling2D read = StoredLayer.AssertReadBack(Plain with { Interpolation = "bilinear" });
        Assert.Equal(((2, 3), "bilinear"), (read.Size, read.Interpolation));
        Assert.Equal((2, 2), StoredLayer.Read<UpSampling2D>("UpSampling2D").Size);
        StoredLayer.Refuses("UpSampling2D", "interpolation", "'nearest' or 'bilinear'", ("interpolation", "bicubic"));
        StoredLayer.Refuses("UpSampling2D", "size", "one or two positive integers", ("size", 0L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
