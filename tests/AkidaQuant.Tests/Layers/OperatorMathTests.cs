using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>Functions of TensorFlow that no layer of Keras does.</summary>
public sealed class OperatorMathTests
{
    [Theory]
    [InlineData("math.abs", 2f)]
    [InlineData("math.square", 4f)]
    [InlineData("math.sign", -1f)]
    [InlineData("math.reciprocal", -0.5f)]
    [InlineData("math.floor", -2f)]
    public void Functions_of_single_values(string function, float expected) =>
        Assert.Equal([expected], LayerRun.Of(Operators.Call("f", function), new Shape(1), -2));

    [Theory]
    [InlineData(2.0, 9f)]
    [InlineData(3L, 27f)]
    [InlineData(-1.0, 1 / 3f)]
    public void Powers(object exponent, float expected) =>
        Assert.Equal([expected], LayerRun.Of(Operators.Call("f", "math.pow", ("y", exponent)), new Shape(1), 3));

    [Theory]
    [InlineData("math.reduce_mean", 1L, new[] { 2.5f, 3.5f, 4.5f })]
    [InlineData("math.reduce_sum", -1L, new[] { 6f, 15 })]
    [InlineData("math.reduce_max", 2L, new[] { 3f, 6 })]
    [InlineData("math.reduce_min", -2L, new[] { 1f, 2, 3 })]
    public void Reductions_of_an_axis(string function, long axis, float[] expected) =>
        Assert.Equal(expected, LayerRun.Of(Operators.Call("f", function, ("axis", axis)), new Shape(2, 3), 1, 2, 3, 4, 5, 6));

    [Fact]
    public void Reductions_keep_their_axes_where_they_are_asked_to()
    {
        TFOpLambda layer = Operators.Call("f", "math.reduce_mean", ("axis", StoredLayer.List(1L, 2L)), ("keepdims", true));
        Assert.Equal(new Shape(1, 1, 2), layer.Prepare([new FloatSpec(new Shape(2, 2, 2))]).Output.Shape);
        Assert.Equal([4, 5], LayerRun.Of(layer, new Shape(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8));
    }

    [Theory]
    [InlineData("math.reduce_mean", 0L)]
    [InlineData("math.reduce_mean", 3L)]
    [InlineData("math.reduce_sum", "all")]
    public void Axes_that_are_none_behind_the_batch_are_refused(string function, object axis)
    {
        TFOpLambda layer = Operators.Call("f", function, ("axis", axis));
        QuantException error = Assert.Throws<QuantException>(() => layer.Prepare([new FloatSpec(new Shape(2, 3))]));
        Assert.Equal("OperatorNotSupported", error.Id);
        Assert.Contains(function, error.Message, StringComparison.Ordinal);
    }
}
