using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Execution;

public sealed class LayerListTests
{
    private static readonly LayerList<string> Layers = new("The model 'm'", ["conv", "Conv_1", "dense", "DENSE"], name => name);

    [Fact]
    public void Layers_are_found_by_position_and_by_name()
    {
        Assert.Equal((4, "conv", "DENSE"), (Layers.Count, Layers[0], Layers[^1]));
        Assert.Equal(["conv", "Conv_1", "dense", "DENSE"], Layers);
        Assert.Equal(("DENSE", "dense", "Conv_1"), (Layers["DENSE"], Layers["dense"], Layers["conv_1"]));
        Assert.True(Layers.Contains("conv"));
    }

    [Theory]
    [InlineData("convv", "The model 'm' has no layer 'convv'. Did you mean 'conv'?")]
    [InlineData("Dense", "The model 'm' has no layer 'Dense'. Did you mean 'dense'?")]
    [InlineData("something else", "The model 'm' has no layer 'something else'. Its property Layers lists the names that there are.")]
    public void Another_name_is_an_error_that_leads_to_the_right_one(string name, string message)
    {
        Assert.False(Layers.Contains(name));
        QuantException error = Assert.Throws<QuantException>(() => Layers[name]);
        Assert.Equal(("LayerUnknown", message, name), (error.Id, error.Message, error.Target));
    }
}
