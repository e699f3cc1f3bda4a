using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>TensorFlow functions in networks, one at a time; OperatorTests has them in networks.</summary>
public sealed class TFOpLambdaTests
{
    [Theory]
    [InlineData("math.add", new[] { 3f, 6 })]
    [InlineData("math.subtract", new[] { -1f, 2 })]
    [InlineData("__operators__.multiply", new[] { 2f, 8 })]
    [InlineData("math.truediv", new[] { .5f, 2 })]
    public void Arithmetic_with_a_number(string function, float[] expected) =>
        Assert.Equal(expected, LayerRun.Of(Operators.Call("f", function, ("y", 2L)), new Shape(2), 1, 4));

    [Fact]
    public void A_constant_may_stand_first_and_be_a_list()
    {
        TFOpLambda layer = Operators.CallOn(StoredLayer.List(10.0, 20.0), "f", "math.subtract", ("y", Operators.Tensor));
        Assert.Equal([9, 16, 7, 12], LayerRun.Of(layer, new Shape(2, 2), 1, 4, 3, 8));
        Assert.Equal(1, layer.InputCount);
    }

    [Fact]
    public void Two_tensors_are_repeated_along_axes_of_one()
    {
        TFOpLambda layer = Operators.Call("f", "math.divide", ("y", Operators.Tensor));
        Assert.Equal([5, 10, 15, 20], LayerRun.Of(layer, (new Shape(2, 2), [10, 20, 30, 40]), (new Shape(1, 1), [2])));
        Assert.Equal(2, layer.InputCount);
    }

    [Fact]
    public void Functions_compute_as_the_layer_that_they_become()
    {
        Assert.Equal([0, 6], LayerRun.Of(Operators.Call("f", "nn.relu6"), new Shape(2), -1, 9));
        Assert.Equal([-.5f, 9], LayerRun.Of(Operators.Call("f", "nn.leaky_relu", ("alpha", .5)), new Shape(2), -1, 9));
        Assert.Equal(new Shape(3, 2), LayerRun.ShapeOver(Operators.Call("f", "reshape", ("shape", StoredLayer.List(-1L, 3L, 2L))), 6));
        Assert.Equal(new Shape(4, 3), LayerRun.ShapeOver(Operators.Call("f", "transpose", ("perm", StoredLayer.List(0L, 2L, 1L))), 3, 4));
    }

    /// <summary>The input is (2, 3), rows 1 2 3 and 4 5 6; axes are counted with that of the batch.</summary>
    [Theory]
    [InlineData(new[] { 1 }, new[] { 4f, 5, 6, 1, 2, 3 })]
    [InlineData(new[] { 2 }, new[] { 3f, 2, 1, 6, 5, 4 })]
    [InlineData(new[] { 1, 2 }, new[] { 6f, 5, 4, 3, 2, 1 })]
    [InlineData(new[] { -1 }, new[] { 3f, 2, 1, 6, 5, 4 })]
    public void Axes_are_turned_around(int[] axes, float[] expected)
    {
        TFOpLambda layer = Operators.Call("f", "reverse", ("axis", StoredLayer.List([.. axes.Select(axis => (object?)(long)axis)])));
        Assert.Equal(expected, LayerRun.Of(layer, new Shape(2, 3), 1, 2, 3, 4, 5, 6));
    }

    [Fact]
    public void Values_are_brought_into_bounds()
    {
        TFOpLambda layer = Operators.Call("f", "clip_by_value", ("clip_value_min", -1.5), ("clip_value_max", 2L));
        Assert.Equal([-1.5f, -1, 0, 2, 2], LayerRun.Of(layer, new Shape(5), -7, -1, 0, 2, 3));
        LayerRun.RefusesIntegers(layer, 5);
        FloatSpec input = new(new Shape(5));
        TFOpLambda turned = Operators.Call("f", "clip_by_value", ("clip_value_min", 2L), ("clip_value_max", 1L));
        LayerRun.Refuses("OperatorNotSupported", "clip_value_min: 2", turned, input);
        TFOpLambda open = Operators.Call("f", "clip_by_value", ("clip_value_min", 2L));
        LayerRun.Refuses("OperatorNotSupported", "(a tensor, clip_value_min: 2)", open, input);
    }

    [Fact]
    public void Axes_that_are_not_there_are_not_turned()
    {
        FloatSpec input = new(new Shape(2, 3));
        TFOpLambda Turn(params object?[] axes) => Operators.Call("f", "reverse", ("axis", axes));
        LayerRun.Refuses("LayerInputMismatch", "it turns the axis 3 of a tensor whose axes are 1 to 2", Turn(3L), input);
        LayerRun.Refuses("LayerInputMismatch", "each once at most", Turn(1L, -2L), input);
        LayerRun.Refuses("OperatorNotSupported", "axis: [0]", Turn(0L), input);
        LayerRun.RefusesIntegers(Turn(1L), 2, 3);
    }

    [Fact]
    public void Calls_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Operators.Call("f", "nn.relu"), 2);
        TFOpLambda sum = Operators.Call("f", "math.add", ("y", Operators.Tensor));
        LayerRun.Refuses("LayerInputMismatch", "the same number of axes", sum, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "they have (2,) and (3,)", sum, new FloatSpec(new Shape(2)), new FloatSpec(new Shape(3)));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "its constant has the shape",
            Operators.Call("f", "math.add", ("y", StoredLayer.List(StoredLayer.List(1L), StoredLayer.List(2L)))),
            new FloatSpec(new Shape(2)));
        LayerRun.Refuses(
            "OperatorNotSupported",
            "tf.reshape",
            Operators.Call("f", "reshape", ("shape", StoredLayer.List(-1L, 4L))),
            new FloatSpec(new Shape(6)));
        QuantException error = Assert.Throws<QuantException>(() => Operators.Call("f", "math.atan2", ("y", 2L)));
        Assert.Equal(("OperatorNotSupported", "f"), (error.Id, error.Target));
        StoredLayer.Refuses("TFOpLambda", "call", "the arguments of a call", ("function", "nn.relu"));
    }
}
