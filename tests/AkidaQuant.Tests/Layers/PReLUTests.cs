using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>A rectifier whose slopes are learnt.</summary>
public sealed class PReLUTests
{
    private static readonly PReLU Plain = new() { Name = "layer", Alpha = Quantizing.Kernel([1, 2], .5f, -1) };

    [Fact]
    public void Slopes_belong_to_channels_or_are_shared()
    {
        Model own = new Graph(1, 2, 2).Add(
            new PReLU { Name = "p", Alpha = new NdArray<float>(new Shape(1, 1, 2), [0.5f, 2f]), SharedAxes = [1, 2] }).Build();
        Assert.Equal([-1, -4, 3, -8], Outputs.Of(own, [-2, -2, 3, -4])[0]);
        Model one = new Graph(4).Add(new LeakyReLU { Name = "l", Alpha = 0.25f }).Build();
        Assert.Equal([-1, 0, 3, -0.5f], Outputs.Of(one, [-4, 0, 3, -2])[0]);
        QuantException error = Assert.Throws<QuantException>(
            () => new Graph(1, 2, 3).Add(new PReLU { Name = "p", Alpha = NdArray<float>.Filled(new Shape(1, 1, 2), 1f) }).Build().Plan);
        Assert.Equal("LayerInputMismatch", error.Id);
    }

    [Fact]
    public void Values_above_zero_pass() => Assert.Equal([2, 4, -1, 8], LayerRun.Of(Plain, new Shape(2, 2), 2, 4, -2, -8));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        PReLU layer = Plain with { SharedAxes = new[] { 1 } };
        Assert.Equal([1], StoredLayer.AssertReadBack(layer, "layer/alpha:0 (1, 2)").SharedAxes);
        Assert.Contains("slopes differ", layer.QuantizationObstacle, StringComparison.Ordinal);
        StoredLayer.Refuses("PReLU", "shared_axes", "a list of integers", ("shared_axes", "all"));
    }

    [Fact]
    public void Slopes_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2);
        LayerRun.Refuses("LayerInputMismatch", "slopes have the shape (1, 2)", Plain, new FloatSpec(new Shape(2)));
        LayerRun.Refuses("LayerInputMismatch", "(3, 3) and (1, 2)", Plain, new FloatSpec(new Shape(3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "slopes have the shape (1, 2)", Plain, new FloatSpec(new Shape(3, 1)));
    }
}
