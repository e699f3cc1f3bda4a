using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>What a random crop is outside of training.</summary>
public sealed class RandomCropTests
{
    private static readonly RandomCrop Plain = new() { Name = "layer", Height = 2, Width = 2 };

    [Fact]
    public void The_middle_is_brought_into_the_size_of_the_output()
    {
        Assert.Equal([2, 3, 6, 7], LayerRun.Of(Plain, new Shape(2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8));
        Assert.Equal([1, 2, 3, 4], LayerRun.Of(Plain, new Shape(2, 2, 1), 1, 2, 3, 4));
        Assert.Equal([3.5f], LayerRun.Of(Plain with { Height = 1, Width = 1 }, new Shape(2, 2, 1), 1, 3, 4, 6));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        RandomCrop read = StoredLayer.AssertReadBack(Plain);
        Assert.Equal((2, 2), (read.Height, read.Width));
        StoredLayer.Refuses("RandomCrop", "width", "a number from 1 to 65536", ("height", 1L), ("width", -2L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
