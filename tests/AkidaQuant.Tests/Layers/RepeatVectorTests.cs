using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>A row several times.</summary>
public sealed class RepeatVectorTests
{
    private static readonly RepeatVector Plain = new() { Name = "layer", Count = 3 };

    [Fact]
    public void A_row_is_repeated()
    {
        Assert.Equal(new Shape(3, 2), LayerRun.ShapeOver(Plain, 2));
        Assert.Equal([1, 2, 1, 2, 1, 2], LayerRun.Of(Plain, new Shape(2), 1, 2));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.Equal(3, StoredLayer.AssertReadBack(Plain).Count);
        StoredLayer.Refuses("RepeatVector", "n", "a number from 1 to 65536", ("n", 0L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2);
        LayerRun.Refuses("LayerInputMismatch", "must be a row", Plain, new FloatSpec(new Shape(2, 2)));
    }
}
