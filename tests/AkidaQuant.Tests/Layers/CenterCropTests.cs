using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The middle of an image.</summary>
public sealed class CenterCropTests
{
    private static readonly CenterCrop Plain = new() { Name = "layer", Height = 1, Width = 2 };

    [Fact]
    public void The_larger_half_is_cut_off_behind() => Assert.Equal(
        [2, 3], LayerRun.Of(Plain, new Shape(2, 5, 1), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));

    [Fact]
    public void What_is_too_small_is_resized() => Assert.Equal(
        [1, 1.25f, 1.75f, 2, 1, 1.25f, 1.75f, 2],
        LayerRun.Of(Plain with { Height = 2, Width = 4 }, new Shape(1, 2, 1), 1, 2));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        CenterCrop read = StoredLayer.AssertReadBack(Plain);
        Assert.Equal((1, 2), (read.Height, read.Width));
        StoredLayer.Refuses("CenterCrop", "width", "a number from 1 to 65536", ("height", 1L), ("width", 0L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
