using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>The activations that Keras has as one layer.</summary>
public sealed class ActivationTests
{
    [Theory]
    [InlineData("linear", new[] { -2f, 0, 1, 7 })]
    [InlineData("relu", new[] { 0f, 0, 1, 7 })]
    [InlineData("relu6", new[] { 0f, 0, 1, 6 })]
    [InlineData("softsign", new[] { -2f / 3, 0, .5f, .875f })]
    [InlineData("hard_sigmoid", new[] { .1f, .5f, .7f, 1 })]
    [InlineData("sigmoid", new[] { 0.11920292f, .5f, 0.73105858f, 0.99908895f })]
    [InlineData("tanh", new[] { -0.96402758f, 0, 0.76159416f, 0.99999834f })]
    [InlineData("exponential", new[] { 0.13533528f, 1, 2.7182818f, 1096.6332f })]
    [InlineData("elu", new[] { -0.86466472f, 0, 1, 7 })]
    [InlineData("softplus", new[] { 0.12692801f, 0.69314718f, 1.3132617f, 7.0009115f })]
    [InlineData("swish", new[] { -0.23840584f, 0, 0.73105858f, 6.9936226f })]
    [InlineData("silu", new[] { -0.23840584f, 0, 0.73105858f, 6.9936226f })]
    [InlineData("leaky_relu", new[] { -.4f, 0, 1, 7 })]
    [InlineData("selu", new[] { -1.5201665f, 0, 1.0507010f, 7.3549070f })]
    [InlineData("mish", new[] { -0.25250148f, 0, 0.86509838f, 6.9999886f })]
    [InlineData("log_sigmoid", new[] { -2.1269280f, -0.69314718f, -0.31326169f, -0.00091147f })]
    [InlineData("squareplus", new[] { 0.41421356f, 1, 1.6180340f, 7.1400549f })]
    [InlineData("sparse_plus", new[] { 0f, .25f, 1, 7 })]
    [InlineData("sparse_sigmoid", new[] { 0f, .5f, 1, 1 })]
    [InlineData("tanh_shrink", new[] { -1.0359724f, 0, 0.23840584f, 6.0000017f })]
    [InlineData("soft_shrink", new[] { -1.5f, 0, .5f, 6.5f })]
    [InlineData("hard_shrink", new[] { -2f, 0, 1, 7 })]
    [InlineData("hard_tanh", new[] { -1f, 0, 1, 1 })]
    [InlineData("hard_sigmoid_sixth", new[] { 1f / 6, .5f, 2f / 3, 1 })]
    public void Functions_take_each_value_by_itself(string function, float[] expected) =>
        AssertClose(expected, Run(function, new Shape(2, 2)));

    [Fact]
    public void Softmax_is_over_the_channels_of_each_position()
    {
        AssertClose([0.11920292f, 0.88079708f, 0.00247262f, 0.99752738f], Run("softmax", new Shape(2, 2)));
        AssertClose([-2.1269280f, -0.12692801f, -6.0024757f, -0.0024757f], Run("log_softmax", new Shape(2, 2)));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Activation layer = new() { Name = "layer", Function = "softplus" };
        Assert.Equal("softplus", StoredLayer.AssertReadBack(layer).Function);
        Assert.Contains("'softplus'", layer.QuantizationObstacle, StringComparison.Ordinal);
        StoredLayer.Refuses("Activation", "activation", "one of linear, relu", ("activation", "mysh"));
    }

    [Fact]
    public void Integers_are_refused() => LayerRun.RefusesIntegers(new Activation { Name = "layer", Function = "relu" }, 2);

    private static float[] Run(string function, Shape shape) =>
        LayerRun.Of(new Activation { Name = "layer", Function = function }, shape, -2, 0, 1, 7);

    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-6f * Math.Max(1, Math.Abs(pair.First))));
}
