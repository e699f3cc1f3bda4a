using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Functions and reductions that stay in float.</summary>
public sealed class OnnxFloatFunctionTests(ITestOutputHelper output)
{
    [Fact]
    public void Functions_of_single_values() => OnnxCases.Check(output, 1, test =>
    {
        string type = test.Pick(
            "Abs", "Atan", "Asinh", "Ceil", "Cos", "Cosh", "Erf", "Floor", "Round", "Sign", "Sin", "Sinh", "Tan");
        return test.Node(type, [Value(test)]);
    });

    [Fact]
    public void Functions_of_values_above_zero() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Node("Add", [test.Node("Sigmoid", [Value(test)]), test.Scalar(0.1f)]);
        return test.Random.Next(3) switch
        {
            0 => test.Node("Pow", [x, test.Scalar(test.Pick(2f, 3, 0.5f, -1))]),
            1 => test.Node(test.Pick("Asin", "Acos", "Atanh"), [test.Node("Mul", [x, test.Scalar(0.8f)])]),
            _ => test.Node(test.Pick("Log", "Sqrt", "Reciprocal"), [x]),
        };
    });

    [Fact]
    public void Functions_of_two_parts() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = 18;
        string x = Value(test);
        return test.Random.Next(6) switch
        {
            0 => test.Node("Mish", [x]),
            1 => test.Node("Selu", [x]),
            2 => test.Node("Celu", [x], ("alpha", test.Between(0.5f, 2))),
            3 => test.Node("Elu", [x], ("alpha", test.Pick(1f, 0.5f, 2))),
            4 => test.Node("ThresholdedRelu", [x], ("alpha", test.Between(0.2f, 1))),
            _ => test.Node("Selu", [x], ("alpha", 1.2f), ("gamma", 0.7f)),
        };
    });

    [Fact]
    public void Reductions_over_any_axes() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = 18;
        string x = test.Behind(test.Image());
        long[] axes = test.Pick<long[]>([1], [-3], [2], [3], [1, 2], [2, 3], [1, 3], [1, -1, 2]);
        bool keeps = axes.Length == 3 || test.OneIn(2);
        return test.Node(
            test.Pick("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"),
            [x, test.Integers(axes)],
            ("keepdims", keeps ? 1 : 0));
    });

    [Fact]
    public void Normalization_of_each_sample() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(17, 18, 21);
        string x = test.Behind(test.Image(test.Pick(2, 4), test.Between(2, 5), test.Between(2, 5)));
        (int channels, int width) = (test.Sample[0], test.Sample[2]);
        return test.Random.Next(test.Graph.Opset == 21 ? 3 : 2) switch
        {
            0 => test.Node(
                "LayerNormalization", [x, test.Weights(width), test.OneIn(2) ? null : test.Weights(width)], ("epsilon", 1e-4f)),
            1 => test.Node("InstanceNormalization", [x, test.Weights(channels), test.Weights(channels)]),
            _ => test.Node("GroupNormalization", [x, test.Weights(channels), test.Weights(channels)], ("num_groups", channels / 2)),
        };
    });

    /// <summary>Layer normalization as exporters spell it out, over rows of a tensor and over channels of images.</summary>
    [Fact]
    public void Layer_normalization_in_its_parts() => OnnxCases.Check(output, 1, test =>
    {
        bool isOverChannels = test.OneIn(2);
        string x = isOverChannels
            ? test.Node("Conv", [test.Image(2, test.Between(1, 4), test.Between(1, 4)), test.Weights(5, 2, 1, 1)])
            : test.Input(new Shape(test.Between(2, 5), test.Between(2, 6)));
        string scale = isOverChannels ? test.Weights(5, 1, 1) : test.Weights(test.Sample[1]);
        return Normalize(test, x, isOverChannels ? 1 : -1, scale);
    });

    /// <summary>However it is spelled, it is one layer, by whose name messages call it.</summary>
    [Fact]
    public void Layer_normalization_in_its_parts_is_recognised() => OnnxCases.Check(output, 1, test =>
    {
        string given = test.Input(new Shape(test.Between(2, 5), test.Between(2, 6)));
        string x = Normalize(
            test, test.OneIn(2) ? test.Node("Identity", [given]) : given, -1, test.Weights(test.Sample[1]));
        test.Graph.Output(x);
        Model model = OnnxReader.Read("net.onnx", test.Graph.ToBytes());
        Assert.Single(model.GraphLayers.OfType<LayerNormalization>());
        Assert.DoesNotContain(model.GraphLayers, layer => layer is TFOpLambda);
        test.Graph.Graph.Output.Clear();
        return x;
    });

    /// <summary>Factors along the columns of an image are not those of its channels, be they as many.</summary>
    [Fact]
    public void Constants_along_another_axis_are_no_weights() => OnnxCases.Check(output, 0, test =>
    {
        int size = test.Between(2, 4);
        string x = test.Node("Conv", [test.Image(2, test.Between(1, 4), size), test.Weights(size, 2, 1, 1)]);
        return Normalize(test, x, test.Pick(1, 2, 3), test.Weights(size));
    });

    /// <summary>What only looks like it: other axes, other tensors, squares of something else.</summary>
    [Fact]
    public void What_only_resembles_layer_normalization_is_right_too() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Input(new Shape(test.Between(2, 5), test.Between(2, 6)));
        string other = test.Node("Mul", [x, test.Scalar(1.5f)]);
        string centered = test.Node("Sub", [test.Pick(x, other), Mean(test, test.Pick(x, other), test.Pick(-1, -2))]);
        string squares = test.Node("Mul", [centered, test.Pick(centered, centered, x)]);
        string variance = Mean(test, test.Pick(squares, test.Node("Abs", [squares])), test.Pick(-1, -2));
        string root = test.Node("Sqrt", [test.Node("Add", [test.Node("Abs", [variance]), test.Scalar(1e-1f)])]);
        return test.Node("Div", [test.Pick(centered, x), root]);
    });

    private static string Mean(OnnxCase test, string tensor, int axis) => test.Node("ReduceMean", [tensor], ("axes", new[] { axis }));

    /// <summary>PyTorch's spelling, with its root as it is, as a reciprocal or as a power, and TensorFlow's.</summary>
    private static string Normalize(OnnxCase test, string x, int axis, string scale)
    {
        string mean = Mean(test, x, axis);
        string centered = test.Node("Sub", [x, mean]);
        string again = test.OneIn(2) ? centered : test.Node("Sub", [x, Mean(test, x, axis)]);
        string variance = Mean(
            test, test.OneIn(2) ? test.Node("Pow", [again, test.Scalar(2)]) : test.Node("Mul", [again, again]), axis);
        string raised = test.Node("Add", test.OneIn(2) ? [variance, test.Scalar(1e-3f)] : [test.Scalar(1e-3f), variance]);
        string root = test.OneIn(2) ? test.Node("Sqrt", [raised]) : test.Node("Pow", [raised, test.Scalar(0.5f)]);
        string inverse = test.Random.Next(3) switch
        {
            0 => test.Node("Reciprocal", [root]),
            1 => test.Node("Div", [test.Scalar(1), root]),
            _ => test.Node("Pow", [raised, test.Scalar(-0.5f)]),
        };
        if (test.OneIn(3))
        {
            string factor = test.OneIn(2) ? test.Node("Mul", [inverse, scale]) : inverse;
            string moved = test.Node("Mul", test.OneIn(2) ? [mean, factor] : [factor, mean]);
            return test.Node("Add", [test.Node("Mul", [x, factor]), test.Node("Sub", [scale, moved])]);
        }

        string normalized = test.OneIn(2) ? test.Node("Div", [centered, root]) : test.Node("Mul", [inverse, centered]);
        return test.Node("Add", [test.Node("Mul", [normalized, scale]), scale]);
    }

    [Fact]
    public void Reductions_of_the_batch_are_refused()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("ReduceSum", [graph.Input(new Shape(3, 4, 5)), graph.Vector(0)]));
        Assert.Equal("OnnxBatchMoved", Assert.Throws<QuantException>(() => OnnxReader.Read("n.onnx", graph.ToBytes())).Id);
    }

    private static string Value(OnnxCase test) => test.Behind(test.OneIn(3) ? test.Row(test.Between(1, 9)) : test.Image());
}
