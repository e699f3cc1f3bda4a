using AkidaQuant.Formats.Onnx;

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
        int axis = isOverChannels ? 1 : -1;
        string centered = test.Node("Sub", [x, test.Node("ReduceMean", [x], ("axes", new[] { axis }))]);
        string variance = test.Node(
            "ReduceMean",
            [test.OneIn(2) ? test.Node("Pow", [centered, test.Scalar(2)]) : test.Node("Mul", [centered, centered])],
            ("axes", new[] { axis }));
        string root = test.Node("Sqrt", [test.Node("Add", [variance, test.Scalar(1e-3f)])]);
        string normalized = test.Node("Div", [centered, root]);
        string scale = isOverChannels ? test.Weights(5, 1, 1) : test.Weights(test.Sample[1]);
        return test.Node("Add", [test.Node("Mul", [normalized, scale]), scale]);
    });

    [Fact]
    public void Reductions_of_the_batch_are_refused()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("ReduceSum", [graph.Input(new Shape(3, 4, 5)), graph.Vector(0)]));
        Assert.Equal("OnnxBatchMoved", Assert.Throws<QuantException>(() => OnnxReader.Read("n.onnx", graph.ToBytes())).Id);
    }

    private static string Value(OnnxCase test) => test.Behind(test.OneIn(3) ? test.Row(test.Between(1, 9)) : test.Image());
}
