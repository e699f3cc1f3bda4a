namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>BatchNormalization wherever networks have it.</summary>
public sealed class OnnxNormalizationTests(ITestOutputHelper output)
{
    [Fact]
    public void Behind_a_convolution() => OnnxCases.Check(output, 1, test => Normalize(test, Convolve(test, test.Image())));

    [Fact]
    public void Behind_a_depthwise_or_transposed_convolution() => OnnxCases.Check(output, 1, test =>
        {
            string x = test.Behind(test.Image());
            int channels = test.Sample[0];
            return Normalize(
                test,
                test.OneIn(2)
                    ? test.Node("Conv", [x, test.Weights(channels, 1, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }), ("group", channels))
                    : test.Node(
                        "ConvTranspose",
                        [x, test.Weights(channels, 2, 4, 4)],
                        ("pads", new[] { 1, 1, 1, 1 }),
                        ("strides", new[] { 2, 2 })));
        });

    /// <summary>Zeros around the image stay zeros: the offset cannot move into the bias.</summary>
    [Fact]
    public void Before_a_convolution_with_and_without_pads() =>
        OnnxCases.Check(output, 1, test => Convolve(test, Normalize(test, test.Behind(test.Image()))));

    [Fact]
    public void As_first_node() => OnnxCases.Check(output, 1, test => Normalize(test, test.Image()));

    [Fact]
    public void Behind_an_activation() => OnnxCases.Check(output, 1, test =>
        Normalize(test, test.Node(test.Pick("Relu", "Sigmoid", "LeakyRelu"), [Convolve(test, test.Image())])));

    [Fact]
    public void Behind_a_pool() => OnnxCases.Check(output, 1, test =>
    {
        string x = Convolve(test, test.Image(test.Between(1, 4), test.Between(4, 8), test.Between(4, 8)));
        x = test.Random.Next(4) switch
        {
            0 => test.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })),
            1 => test.Node("AveragePool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })),
            2 => test.Node("GlobalAveragePool", [x]),
            _ => test.Node("Flatten", [test.Node("GlobalAveragePool", [x])]),
        };
        return Normalize(test, x);
    });

    [Fact]
    public void Behind_a_flattened_image() => OnnxCases.Check(output, 1, test =>
        {
            string x = Normalize(
                test,
                test.Node("Flatten", [test.Behind(test.Image(test.Between(1, 4), test.Between(1, 4), test.Between(1, 4)))]));
            return test.OneIn(2) ? x : Dense(test, x);
        });

    [Fact]
    public void Around_a_dense_layer() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Row(test.Between(1, 8)));
        return test.OneIn(2) ? Normalize(test, Dense(test, x)) : Dense(test, Normalize(test, x));
    });

    [Fact]
    public void Behind_a_tensor_that_something_else_reads() => OnnxCases.Check(output, 1, test =>
    {
        string x = Convolve(test, test.Image());
        return test.Node("Add", [x, Normalize(test, x)]);
    });

    /// <summary>Behind an activation no kernel takes it up, and it becomes one of its own, so that all quantizes.</summary>
    [Fact]
    public void Behind_an_activation_it_is_a_kernel()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Conv", [graph.Input(new Shape(2, 4, 4)), graph.Floats(new Shape(2, 2, 1, 1), [1, 2, 3, -4])]);
        string[] parameters = [.. Enumerable.Range(1, 4).Select(i => graph.Floats(new Shape(2), [i, 0.5f]))];
        graph.Output(graph.Node("BatchNormalization", [graph.Node("Relu", [x]), .. parameters]));
        AkidaQuant.Model model = AkidaQuant.Formats.Onnx.OnnxReader.Read("n.onnx", graph.ToBytes());
        Assert.Equal(
            ["InputLayer", "Conv2D", "ReLU", "DepthwiseConv2D"],
            model.GraphLayers.Select(layer => layer.ClassName));
    }

    /// <summary>Channels that training has switched off: their filters are zeros, and their bias is what is left.</summary>
    [Fact]
    public void Channels_without_a_scale_become_filters_of_zeros() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Image(test.Between(1, 3), test.Between(1, 4), test.Between(1, 4));
        x = test.Node("Conv", [x, test.Weights(4, test.Sample[0], 1, 1), test.OneIn(2) ? null : test.Weights(4)]);
        float[] gamma = [0, test.Between(0.5f, 1.5f), test.OneIn(2) ? 0 : -1, 0.7f];
        return test.Node(
            "BatchNormalization",
            [x, test.Constant(new Shape(4), gamma), test.Weights(4), test.Weights(4), test.Weights(0.5f, 1.5f, 4)]);
    });

    [Fact]
    public void Several_in_a_row() => OnnxCases.Check(output, 1, test => Normalize(test, Normalize(test, Convolve(test, test.Image()))));

    private static string Convolve(OnnxCase test, string x)
    {
        int channels = test.Sample[0];
        bool wide = test.OneIn(2);
        return test.Node(
            "Conv",
            [x, wide ? test.Weights(test.Between(1, 5), channels, 3, 3) : test.Weights(test.Between(1, 5), channels, 1, 1), null],
            ("pads", wide ? new[] { 1, 1, 1, 1 } : null));
    }

    private static string Dense(OnnxCase test, string x) =>
        test.Node("Gemm", [x, test.Weights(3, test.ShapeOf(x).Size), test.Weights(3)], ("transB", 1));

    private static string Normalize(OnnxCase test, string x)
    {
        int channels = test.ShapeOf(x)[0];
        return test.Node(
            "BatchNormalization",
            [x, test.Weights(channels), test.Weights(channels), test.Weights(channels), test.Weights(0.1f, 2, channels)],
            ("epsilon", test.Pick<float?>(null, 1e-5f, 1e-3f, 0.5f)),
            ("momentum", test.OneIn(2) ? 0.9f : null));
    }
}
