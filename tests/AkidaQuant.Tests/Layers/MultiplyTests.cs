using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>The product of two tensors.</summary>
public sealed class MultiplyTests
{
    private static readonly Multiply Layer = new() { Name = "layer" };

    [Fact]
    public void A_product_repeats_axes_of_one()
    {
        Model gate = new Graph(2, 2, 2).GlobalAverage("gap", keepDims: true).Add(new Multiply { Name = "m" }, "in", "gap").Build();
        Assert.Equal(
            [1 * 2.5f, 10 * 25, 2 * 2.5f, 20 * 25, 3 * 2.5f, 30 * 25, 4 * 2.5f, 40 * 25],
            Outputs.Of(gate, [1, 10, 2, 20, 3, 30, 4, 40])[0]);
        Model flat = new Graph(2, 2, 2).GlobalAverage("gap").Add(new Multiply { Name = "m" }, "gap", "in").Build();
        Assert.Equal(Outputs.Of(gate, Outputs.Samples(gate))[0], Outputs.Of(flat, Outputs.Samples(flat))[0]);
        QuantException error = Assert.Throws<QuantException>(
            () => new Graph(2, 2, 2).MaxPool("p", 1).Conv("c", 1, 2, 3).Add(new Multiply { Name = "m" }, "p", "c").Build().Plan);
        Assert.Equal("m", error.Target);
    }

    [Fact]
    public void Either_side_may_be_repeated()
    {
        Assert.Equal([10, 20, 30, 40, 80, 120], LayerRun.Of(Layer, (new Shape(2, 1), [10, 40]), (new Shape(1, 3), [1, 2, 3])));
        Assert.Equal([4, 10, 18], LayerRun.Of(Layer, (new Shape(3), [1, 2, 3]), (new Shape(3), [4, 5, 6])));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written() => Assert.Equal(2, StoredLayer.AssertReadBack(Layer).InputCount);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Layer, 3);
        LayerRun.Refuses("LayerInputMismatch", "they have (2,) and (3,)", Layer, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(3)));
    }
}
