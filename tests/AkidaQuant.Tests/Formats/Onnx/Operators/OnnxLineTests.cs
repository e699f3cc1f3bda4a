using AkidaQuant.Formats.Onnx;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Networks over channels of positions, which are images of one row here.</summary>
public sealed class OnnxLineTests(ITestOutputHelper output)
{
    [Fact]
    public void Convolutions_of_one_dimension() => OnnxCases.Check(output, 1, test => Convolve(test, Line(test)));

    [Fact]
    public void Transposed_convolutions_of_one_dimension() => OnnxCases.Check(output, 1, test =>
    {
        string x = Line(test);
        int channels = test.Sample[0];
        int groups = test.OneIn(3) ? channels : 1;
        int stride = test.Between(1, 3);
        return test.Node(
            "ConvTranspose",
            [x, test.Weights(channels, groups == 1 ? 3 : 1, 4), test.OneIn(2) ? null : test.Weights(groups == 1 ? 3 : channels)],
            ("strides", new[] { stride }),
            ("pads", new[] { test.Between(0, 1), test.Between(0, 1) }),
            ("output_padding", test.OneIn(2) ? null : new[] { test.Between(0, stride - 1) }),
            ("group", groups));
    });

    [Fact]
    public void Pools_of_one_dimension() => OnnxCases.Check(output, 1, test => Pool(test, Line(test, mayBeShort: false)));

    [Fact]
    public void Whole_networks() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.OneIn(3) ? Signal(test) : Line(test, mayBeShort: false);
        int channels = test.ShapeOf(x)[0];
        if (test.OneIn(3))
        {
            x = test.Node("Div", [test.Node("Sub", [x, test.Weights(1, channels, 1)]), test.Weights(0.5f, 2, 1, channels, 1)]);
        }

        for (int i = test.Between(1, 3); i > 0; i--)
        {
            x = Convolve(test, x, keepsLength: true);
            x = test.OneIn(2) ? x : Normalize(test, x);
            x = test.Node(test.Pick("Relu", "HardSwish", "LeakyRelu"), [x]);
            x = test.Random.Next(6) switch
            {
                0 => test.Node("Add", [x, Convolve(test, x, keepsLength: true, filters: test.ShapeOf(x)[0])]),
                1 => test.Node("Concat", [x, Convolve(test, x, keepsLength: true)], ("axis", 1)),
                2 => test.Node("MaxPool", [x], ("kernel_shape", new[] { 2 }), ("strides", new[] { 1 })),
                3 => test.Node("Mul", [x, test.Node("Sigmoid", [test.Node("GlobalAveragePool", [x])])]),
                4 => test.Node(
                    "Conv",
                    [x, test.Weights(test.ShapeOf(x)[0], 1, 3)],
                    ("group", test.ShapeOf(x)[0]),
                    ("pads", new[] { 1, 1 }),
                    ("strides", new[] { test.Between(1, 2) })),
                _ => x,
            };
        }

        return test.Random.Next(5) switch
        {
            0 => x,
            1 => test.Node("Transpose", [x], ("perm", new[] { 0, 2, 1 })),
            2 => Head(test, test.Node("Flatten", [x])),
            3 => Head(test, test.Node("ReduceMean", [x], ("axes", new[] { -1 }), ("keepdims", 0))),
            _ => Head(test, test.Node("Flatten", [test.Node(test.Pick("GlobalAveragePool", "GlobalMaxPool"), [x])])),
        };
    });

    /// <summary>As converters from TensorFlow write them: samples have their channels last, and the file turns them.</summary>
    [Fact]
    public void Samples_that_the_network_turns() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Input(new Shape(test.Between(5, 9), test.Between(1, 4)));
        x = test.Node("Transpose", [x], ("perm", new[] { 0, 2, 1 }));
        return test.Node("Transpose", [Convolve(test, x, keepsLength: true)], ("perm", new[] { 0, 2, 1 }));
    });

    [Fact]
    public void Axes_that_come_and_go_around_convolutions() => OnnxCases.Check(output, 1, test =>
    {
        string x = Convolve(test, Line(test, mayBeShort: false), keepsLength: true);
        int channels = test.ShapeOf(x)[0];
        int axis = test.Pick(2, 3);
        string image = test.Node("Unsqueeze", [x, test.Integers(axis)]);
        image = test.Node(
            "Conv",
            [image, axis == 2 ? test.Weights(2, channels, 1, 3) : test.Weights(2, channels, 3, 1)],
            ("pads", axis == 2 ? new[] { 0, 1, 0, 1 } : [1, 0, 1, 0]));
        return Convolve(test, test.Node("Squeeze", [image, test.Integers(axis)]), keepsLength: true);
    });

    /// <summary>Callers give samples as the file has them, or channels last; both as values of an image of one row.</summary>
    [Fact]
    public void Samples_come_as_lines()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node(
            "Conv", [graph.Input(new Shape(2, 9)), graph.Floats(new Shape(4, 2, 3), OnnxComparison.Random(new Random(1), 24))]));
        Model model = OnnxReader.Read("line.onnx", graph.ToBytes());
        Assert.Equal(new Shape(1, 9, 2), model.InputShape);
        Assert.Equal(new Shape(9, 2), model.Input.SampleShape);
        float[] first = OnnxComparison.Random(new Random(3), 18);
        float[] last = new float[18];
        for (int i = 0; i < 18; i++)
        {
            last[((i % 9) * 2) + (i / 9)] = first[i];
        }

        float[] expected = OnnxComparison.Outputs(model, first, new Shape(2, 9));
        Assert.Equal(expected, OnnxComparison.Outputs(model, last, new Shape(9, 2)));
        Assert.Equal(expected, OnnxComparison.Outputs(model, last, new Shape(1, 9, 2)));
    }

    /// <summary>No layer moves values between those of a network that has what processors have.</summary>
    [Fact]
    public void Nothing_lies_between_the_layers_of_a_plain_network()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 16));
        for (int i = 0; i < 2; i++)
        {
            int channels = i == 0 ? 2 : 4;
            x = graph.Node(
                "Conv",
                [x, graph.Floats(new Shape(4, channels, 3), OnnxComparison.Random(new Random(i), 12 * channels))],
                ("pads", new[] { 1, 1 }));
            x = graph.Node("MaxPool", [graph.Node("Relu", [x])], ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }));
        }

        graph.Output(graph.Node("Gemm", [graph.Node("Flatten", [x]), OnnxReshapeTests.Weights(graph, 16)]));
        OnnxComparison.AssertSame(graph, new Shape(2, 16));
        Assert.Equal(
            "InputLayer Conv2D ReLU MaxPooling2D Conv2D ReLU MaxPooling2D Flatten Dense",
            string.Join(' ', OnnxReader.Read("line.onnx", graph.ToBytes()).GraphLayers.Select(layer => layer.ClassName)));
    }

    private static string Line(OnnxCase test, bool mayBeShort = true) =>
        test.Behind(test.Input(new Shape(test.Between(1, 4), test.Between(mayBeShort ? 3 : 6, 12))));

    /// <summary>One channel of positions, which the network adds the axis of channels to.</summary>
    private static string Signal(OnnxCase test) => test.Node("Unsqueeze", [test.Row(test.Between(6, 12)), test.Integers(1)]);

    private static string Convolve(OnnxCase test, string x, bool keepsLength = false, int? filters = null)
    {
        Shape shape = test.ShapeOf(x);
        int channels = shape[0];
        int groups = !keepsLength && test.OneIn(3) ? channels : 1;
        int many = filters ?? (groups * test.Between(1, 3));
        int size = test.Pick(1, 3);
        int dilation = keepsLength ? 1 : test.Between(1, 2);
        int reach = (size - 1) * dilation;
        int[] pads = keepsLength ? [size / 2, size / 2] : [Math.Max(reach - shape[1] + 1, test.Between(0, 2)), test.Between(0, 2)];
        return test.Node(
            "Conv",
            [x, test.Weights(many, channels / groups, size), test.OneIn(2) ? null : test.Weights(many)],
            ("kernel_shape", test.OneIn(2) ? null : new[] { size }),
            ("strides", keepsLength ? null : new[] { test.Between(1, 3) }),
            ("dilations", dilation == 1 ? null : new[] { dilation }),
            ("pads", pads),
            ("group", groups == 1 ? null : groups));
    }

    private static string Pool(OnnxCase test, string x)
    {
        int size = test.Between(1, 4);
        return test.Node(
            test.Pick("MaxPool", "AveragePool"),
            [x],
            ("kernel_shape", new[] { size }),
            ("strides", new[] { test.Between(1, 3) }),
            ("pads", new[] { test.Between(0, size / 2), test.Between(0, size / 2) }));
    }

    private static string Normalize(OnnxCase test, string x)
    {
        int channels = test.ShapeOf(x)[0];
        return test.Node(
            "BatchNormalization",
            [x, test.Weights(channels), test.Weights(channels), test.Weights(channels), test.Weights(0.5f, 2, channels)]);
    }

    private static string Head(OnnxCase test, string row) =>
        test.Node("Gemm", [row, test.Weights(3, test.ShapeOf(row).Size), test.Weights(3)], ("transB", 1));
}
