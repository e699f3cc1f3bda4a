using AkidaQuant.Layers;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

public sealed class RescalingInsertionTests
{
    [Fact]
    public void All_consumers_of_the_input_take_the_rescaling()
    {
        Model model = new Graph(4, 4, 3).Conv("a", 1, 3, 2).Conv("b", 1, 3, 2, ["in"]).Sum("s", "a", "b").Build();
        Model rescaled = RescalingInsertion.Insert(model, [0.5], [1, 2, 3]);
        Assert.Equal(
            "in:InputLayer() rescaling:Rescaling(in) a:Conv2D(rescaling) b:Conv2D(rescaling) s:Add(a,b)",
            Outputs.Listing(rescaled));
        Rescaling layer = Assert.IsType<Rescaling>(rescaled["rescaling"].Layer);
        Assert.Equal([0.5], layer.Scale);
        Assert.Equal([1.0, 2, 3], layer.Offset);
        float[] samples = Outputs.Samples(model);
        float[] scaled = [.. samples.Select((value, i) => (value * 0.5f) + 1 + (i % 3))];
        Outputs.AssertClose(Outputs.Of(model, scaled)[0], Outputs.Of(rescaled, samples)[0]);
    }

    [Fact]
    public void A_sequential_model_gets_one_under_the_next_free_name()
    {
        Model model = new Graph(4).Rescale("rescaling", [2], [0]).Dense("d", 4, 2).BuildSequential();
        Model rescaled = RescalingInsertion.Insert(model, [1], [0]);
        Assert.Equal("rescaling_1 rescaling d", Outputs.Names(rescaled));
        Assert.True(rescaled.IsSequential);
    }

    [Theory]
    [InlineData(new double[0], new double[] { 0 })]
    [InlineData(new double[] { 1 }, new double[] { 0, 0 })]
    [InlineData(new double[] { double.NaN }, new double[] { 0 })]
    [InlineData(new double[] { 1 }, new[] { 1e300 })]
    public void Numbers_that_do_not_fit_are_refused(double[] scale, double[] offset)
    {
        Model model = new Graph(4).Dense("d", 4, 2).Build();
        Assert.Equal("RescalingInvalid", Assert.Throws<QuantException>(() => RescalingInsertion.Insert(model, scale, offset)).Id);
    }
}
