using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>An image in another size.</summary>
public sealed class ResizingTests
{
    private static readonly Resizing Plain = new() { Name = "layer", Height = 1, Width = 2 };

    [Fact]
    public void An_image_is_made_smaller_and_larger()
    {
        Assert.Equal([3.5f, 5.5f], LayerRun.Of(Plain, new Shape(2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8));
        Assert.Equal([6, 8], LayerRun.Of(Plain with { Interpolation = "nearest" }, new Shape(2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8));
        Assert.Equal([1, 1, 2, 2], LayerRun.Of(Plain with { Width = 4, Interpolation = "nearest" }, new Shape(1, 2, 1), 1, 2));
    }

    [Fact]
    public void The_same_size_changes_nothing() =>
        Assert.Equal([1, 2, 3, 4], LayerRun.Of(Plain with { Height = 2, Width = 2 }, new Shape(2, 2, 1), 1, 2, 3, 4));

    /// <summary>Of 2 rows of 4 the middle 2 columns have the proportions of a square.</summary>
    [Fact]
    public void Proportions_stay_where_that_is_asked_for() => Assert.Equal(
        [2, 3, 6, 7],
        LayerRun.Of(Plain with { Height = 2, CropToAspectRatio = true }, new Shape(2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Resizing read = StoredLayer.AssertReadBack(Plain with { Interpolation = "nearest", CropToAspectRatio = true });
        Assert.Equal((1, 2, "nearest", true), (read.Height, read.Width, read.Interpolation, read.CropToAspectRatio));
        StoredLayer.Refuses("Resizing", "height", "a number from 1 to 65536", ("height", 0L), ("width", 2L));
        QuantException error = Assert.Throws<QuantException>(() =>
            StoredLayer.Read<Resizing>("Resizing", ("height", 1L), ("width", 2L), ("antialias", true)));
        Assert.Equal(("LayerNotSupported", "layer"), (error.Id, error.Target));
        Assert.Contains("'antialias'", error.Message, StringComparison.Ordinal);
        StoredLayer.Refuses(
            "Resizing", "interpolation", "'bilinear' or 'nearest'", ("height", 1L), ("width", 2L), ("interpolation", "area"));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
