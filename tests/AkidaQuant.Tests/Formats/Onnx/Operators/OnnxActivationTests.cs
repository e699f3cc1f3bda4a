using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

public sealed class OnnxActivationTests(ITestOutputHelper output)
{
    [Fact]
    public void Functions_that_have_an_operator() => OnnxCases.Check(output, 1, test =>
        test.Node(test.Pick("Relu", "Sigmoid", "Tanh", "HardSwish"), [Start(test)]));

    [Fact]
    public void Functions_that_stay_in_float() => OnnxCases.Check(output, 1, test => test.OneIn(3)
        ? test.Node("Elu", [Start(test)], ("alpha", test.OneIn(2) ? null : 1f))
        : test.Node(test.Pick("Softplus", "Softsign", "Exp", "Neg"), [Start(test)]));

    [Fact]
    public void Swish_as_an_operator() => OnnxCases.Check(output, 0.6, test =>
    {
        test.Graph.Opset = 24;
        return test.Node("Swish", [Start(test)], ("alpha", test.OneIn(2) ? null : test.Pick(1f, 0.5f)));
    });

    [Fact]
    public void Clip_as_operators_before_11_have_it() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Between(7, 10);
        (float? least, float? greatest) = Bounds(test);
        return test.Node("Clip", [Start(test)], ("min", least), ("max", greatest));
    });

    [Fact]
    public void Clip_with_stored_and_computed_bounds() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(11, 12, 13, 17, 21);
        (float? least, float? greatest) = Bounds(test);
        return test.Node("Clip", [Start(test), Bound(test, least), Bound(test, greatest)]);
    });

    [Fact]
    public void Min_and_Max_with_a_number() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        string bound = test.OneIn(2) ? test.Scalar(test.Between(-1f, 1f)) : test.Weights(1);
        return test.Node(test.Pick("Min", "Max"), test.OneIn(2) ? [x, bound] : [bound, x]);
    });

    [Fact]
    public void LeakyRelu() => OnnxCases.Check(output, 1, test =>
        test.Node("LeakyRelu", [Start(test)], ("alpha", test.OneIn(3) ? null : test.Between(0f, 0.9f))));

    [Fact]
    public void PRelu_with_one_slope_or_one_a_channel() => OnnxCases.Check(output, 1, test =>
        {
            string x = Start(test);
            int channels = test.ShapeOf(x)[0];
            bool isImage = test.ShapeOf(x).Rank == 3;
            return test.Node(
                "PRelu",
                [
                    x,
                    test.OneIn(2) ? test.Weights(0f, 1, 1)
                    : isImage ? test.Weights(0f, 1, channels, 1, 1)
                    : test.Weights(0f, 1, channels),
                ]);
        });

    [Fact]
    public void HardSigmoid() =>
        OnnxCases.Check(output, 1, test =>
            test.Node(
                "HardSigmoid",
                [Start(test)],
                ("alpha", test.OneIn(2) ? null : test.Between(0.05f, 1f)),
                ("beta", test.OneIn(2) ? null : test.Between(-0.5f, 1f))));

    [Fact]
    public void Softmax_of_rows() => OnnxCases.Check(output, 1, test =>
        {
            test.Graph.Opset = test.Pick(7, 11, 13, 17);
            return test.Node(
                "Softmax",
                [test.Behind(test.Row(test.Between(1, 12)))],
                ("axis", test.Graph.Opset < 13 ? test.Pick<int?>(null, 1) : test.Pick<int?>(null, 1, -1)));
        });

    /// <summary>Networks that were trained on the logarithms of probabilities end with it.</summary>
    [Fact]
    public void LogSoftmax_of_rows() => OnnxCases.Check(output, 1, test =>
        {
            test.Graph.Opset = test.Pick(7, 11, 13, 17);
            return test.Node(
                "LogSoftmax",
                [test.Behind(test.Row(test.Between(1, 12)))],
                ("axis", test.Graph.Opset < 13 ? test.Pick<int?>(null, 1) : test.Pick<int?>(null, 1, -1)));
        });

    [Fact]
    public void Softmax_of_images_works_along_the_axis_that_the_operators_of_the_file_mean() => OnnxCases.Check(output, 0.2, test =>
        {
            test.Graph.Opset = test.Pick(7, 11, 13, 17);
            string x = test.Behind(test.Image());
            return test.Node(
                test.Pick("Softmax", "LogSoftmax"),
                [x],
                ("axis", test.Graph.Opset < 13 ? test.Pick<int?>(null, 1, 2, 3) : test.Pick<int?>(null, 1, 1, -3, 3, 2)));
        });

    [Theory]
    [InlineData("none")]
    [InlineData("tanh")]
    [InlineData(null)]
    public void Gelu_as_an_operator(string? approximation) => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = 20;
        return test.Node("Gelu", [Start(test)], ("approximate", approximation));
    });

    [Fact]
    public void Gelu_spelled_out_with_Erf() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        string inner = test.OneIn(2) ? test.Node("Div", [x, Number(test, 1.4142135f)]) : Product(test, x, Number(test, 0.70710677f));
        string erf = Sum(test, test.Node("Erf", [inner]), Number(test, 1));
        return Halved(test, x, erf);
    });

    [Fact]
    public void Gelu_spelled_out_with_Tanh() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        string cube = test.OneIn(2) ? test.Node("Pow", [x, Number(test, 3)]) : Product(test, Product(test, x, x), x);
        string sum = Sum(test, x, Product(test, cube, Number(test, 0.044715f)));
        string tanh = Sum(test, test.Node("Tanh", [Product(test, sum, Number(test, 0.7978846f))]), Number(test, 1));
        return Halved(test, x, tanh);
    });

    /// <summary>The axes of slopes are those of their input from the last one on, whatever axes have the same size.</summary>
    [Fact]
    public void PRelu_with_slopes_along_any_axis() => OnnxCases.Check(output, 0.55, test =>
    {
        string x = test.Behind(test.Image(4, 4, 4));
        x = test.OneIn(2) ? x : test.Node("Transpose", [x], ("perm", new[] { 0, 2, 3, 1 }));
        int[] shape = test.Pick([4], [1, 4], [4, 1], [4, 1, 1], new[] { 1, 4, 1, 1 });
        return test.Node("PRelu", [x, test.Weights(0f, 1, shape)]);
    });

    [Fact]
    public void Silu_spelled_out() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        return Product(test, x, test.Node("Sigmoid", [x]));
    });

    [Fact]
    public void HardSwish_spelled_out() => OnnxCases.Check(output, 1, test =>
    {
        string x = Start(test);
        if (test.OneIn(3))
        {
            return Product(test, x, test.Node("HardSigmoid", [x], ("alpha", 1f / 6), ("beta", 0.5f)));
        }

        string gate = test.Node("Clip", [Sum(test, x, Number(test, 3)), test.Scalar(0), test.Scalar(6)]);
        return test.Random.Next(3) switch
        {
            0 => test.Node("Div", [Product(test, x, gate), Number(test, 6)]),
            1 => Product(test, x, test.Node("Div", [gate, Number(test, 6)])),
            _ => Product(test, Product(test, x, gate), Number(test, 1f / 6)),
        };
    });

    /// <summary>Older exporters write ReLU6 as a ReLU and a Clip without a lower bound.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(13)]
    public void HardSwish_spelled_out_with_bounds_one_by_one(int opset)
    {
        OnnxGraphBuilder graph = new(opset);
        string x = graph.Node("Conv", [graph.Input(new Shape(2, 3, 3)), graph.Floats(new Shape(2, 2, 1, 1), [1, -0.5f, 0.25f, 1])]);
        string gate = graph.Node("Relu", [graph.Node("Add", [x, graph.Scalar(3)])]);
        gate = opset < 11 ? graph.Node("Clip", [gate], ("max", 6f)) : graph.Node("Clip", [gate, null, graph.Scalar(6)]);
        graph.Output(graph.Node("Div", [graph.Node("Mul", [x, gate]), graph.Scalar(6)]));
        Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        Assert.Equal("hard_silu", Assert.IsType<TableActivation>(model.GraphLayers.Last()).Function);
        Assert.InRange(
            OnnxComparison.Difference("network.onnx", graph.ToBytes(), OnnxComparison.Random(new Random(1), 36, -4, 4), new Shape(2, 3, 3)),
            0,
            OnnxComparison.Tolerance);
    }

    /// <summary>What looks like a known function but for one number, or reads something else, is not that function.</summary>
    [Fact]
    public void Functions_that_are_nearly_known_are_never_taken_for_them() => OnnxCases.Check(output, 0.7, test =>
        {
            string x = Start(test);
            string other = test.OneIn(2) ? x : test.Node("Relu", [x]);
            float off = test.Pick(1, 1.01f);
            return test.Random.Next(4) switch
            {
                0 => Product(test, x, test.Node("Sigmoid", [other])),
                1 => Product(
                    test,
                    Product(test, x, test.Node("Clip", [Sum(test, other, Number(test, 3)), test.Scalar(0), test.Scalar(6 * off)])),
                    Number(test, 1f / 6)),
                2 => Product(test, x, test.Node("HardSigmoid", [other], ("alpha", off / 6), ("beta", 0.5f))),
                _ => Halved(
                    test,
                    x,
                    Sum(test, test.Node("Erf", [test.Node("Div", [other, Number(test, 1.4142135f * off)])]), Number(test, 1))),
            };
        });

    /// <summary>Parts of a known function that something else reads as well still give their own values.</summary>
    [Fact]
    public void Parts_of_a_known_function_can_be_read_by_others() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image());
        string gate = test.Node("Sigmoid", [x]);
        string swish = Product(test, x, gate);
        return test.OneIn(2) ? test.Node("Concat", [swish, gate], ("axis", 1)) : Sum(test, swish, gate);
    });

    /// <summary>An image, or a row of values, behind the input, a rectifier or a convolution.</summary>
    private static string Start(OnnxCase test)
    {
        if (test.OneIn(4))
        {
            return test.Behind(test.Row(test.Between(1, 9)));
        }

        string x = test.Image();
        return test.OneIn(2) ? test.Behind(x) : test.Node("Conv", [x, test.Weights(test.Between(1, 6), test.Sample[0], 1, 1)]);
    }

    private static string Halved(OnnxCase test, string x, string factor) =>
        test.Random.Next(4) switch
        {
            0 => Product(test, Number(test, 0.5f), Product(test, x, factor)),
            1 => Product(test, Product(test, x, factor), Number(test, 0.5f)),
            2 => Product(test, x, Product(test, Number(test, 0.5f), factor)),
            _ => Product(test, Product(test, x, Number(test, 0.5f)), factor),
        };

    private static string Product(OnnxCase test, string first, string second) =>
        test.Node("Mul", test.OneIn(2) ? [first, second] : [second, first]);

    private static string Sum(OnnxCase test, string first, string second) =>
        test.Node("Add", test.OneIn(2) ? [first, second] : [second, first]);

    private static string Number(OnnxCase test, float value) => test.OneIn(2) ? test.Scalar(value) : test.Constant(new Shape(1), [value]);

    private static string? Bound(OnnxCase test, float? value) =>
        value is not { } bound ? null
        : test.OneIn(4)
            ? test.Node(
                "Cast",
                [test.Graph.Constant(OnnxTensors.Make(string.Empty, new Shape(), new double[] { bound }, OnnxElementType.Double))],
                ("to", 1))
        : test.Scalar(bound);

    private static (float? Least, float? Greatest) Bounds(OnnxCase test) => test.Random.Next(6) switch
    {
        0 => (0, 6),
        1 => (test.Between(-1.5f, 1.5f), null),
        2 => (null, test.Between(-1.5f, 1.5f)),
        3 => (0, test.Between(0.1f, 1.5f)),
        4 => (-1, 1),
        _ => (test.Between(-1.5f, 0.4f), test.Between(0.5f, 1.5f)),
    };
}
