using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>
/// Graphs that are long, deep or multiply: within their limits they import, beyond them they are refused in bounded memory.
/// </summary>
public sealed class OnnxLargeGraphTests
{
    private const int Many = 20_000;

    private static readonly Shape Sample = new(2);

    /// <summary>No node may cost a frame of the stack.</summary>
    [Fact]
    public void A_chain_of_many_nodes_is_imported()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        for (int i = 0; i < Many; i++)
        {
            x = graph.Node("Identity", [x]);
        }

        Assert.Equal(2, OnnxReader.Read("long.onnx", graph.Output(graph.Node("Relu", [x])).ToBytes()).Nodes.Count);
    }

    /// <summary>Nor may it look at all those before it, nor be counted among all those of its name.</summary>
    [Theory]
    [InlineData("normalized")]
    [InlineData("reshaped")]
    [InlineData("renamed")]
    [InlineData("passed")]
    public void Chains_of_many_nodes_take_time_by_their_length(string kind)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 3, 1));
        string factor = graph.Scalar(1.5f);
        string wide = graph.Vector(-1, 3, 2, 1);
        string high = graph.Vector(-1, 2, 3, 1);
        x = kind == "reshaped" ? x : graph.Node("Conv", [x, graph.Floats(new Shape(2, 2, 1, 1), [1, 2, 3, 4])]);
        for (int i = 0; i < Many; i++)
        {
            x = kind switch
            {
                "normalized" => graph.Node("Mul", [x, factor]),
                "reshaped" => graph.Node("Reshape", [x, i % 2 == 0 ? wide : high]),
                "renamed" => graph.Node("Relu", [x]),
                _ => graph.Node("Identity", [x]),
            };
            graph.Graph.Node[^1].Name = "same";
        }

        for (int i = 0; i < 3; i++)
        {
            x = graph.Node("Mul", [x, factor]);
        }

        byte[] content = graph.Output(x).ToBytes();
        const int stack = 1 << 18;
        Exception? error = null;
        Thread thread = new(() => error = Record.Exception(() => OnnxReader.Read("long.onnx", content)), stack);
        thread.Start();
        Assert.True(thread.Join(Limits.Hang), "It takes longer by the square of its length.");
        Assert.Null(error);
    }

    /// <summary>Activation functions are looked for among constants of any size, each read twice: to look, and as what it is.</summary>
    [Fact]
    public void Large_constants_before_many_products_are_read_few_times()
    {
        const int channels = 512;
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(channels, 1, 1));
        float[] weights = new float[channels * channels];
        x = graph.Node(
            "Conv",
            [x, graph.Constant(OnnxTensors.Make(string.Empty, new Shape(channels, channels, 1, 1), weights, OnnxElementType.Float))]);
        string factor = graph.Scalar(1.5f);
        for (int i = 0; i < 10; i++)
        {
            x = graph.Node("Mul", [x, factor]);
        }

        byte[] content = graph.Output(x).ToBytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        OnnxReader.Read("constants.onnx", content);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 6L * sizeof(float) * weights.Length);
    }

    /// <summary>One stored tensor, which many layers take, can become more weights than fit.</summary>
    [Fact]
    public void Weights_that_multiply_are_refused()
    {
        const int channels = 4096;
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Relu", [graph.Input(new Shape(channels, 1, 1))]));
        OnnxImport import = OnnxInput.Start(new OnnxGraph(OnnxFile.Parse("large.onnx", graph.ToBytes())), inputShape: null);
        OnnxActivation value = new(import.Input.Name, new FloatSpec(new Shape(1, 1, channels)), OnnxActivation.ChannelsLast);
        Conv2D layer = new()
        {
            Name = "same",
            Filters = channels,
            Window = new ConvolutionWindow { KernelSize = (1, 1) },
            Kernel = NdArray<float>.Filled(new Shape(1, 1, channels, channels), 1),
            UseBias = false,
        };
        long fitting = OnnxGraph.MostWeights / layer.Kernel.Values.Length;
        for (int i = 0; i < fitting; i++)
        {
            value = import.Add(layer with { Name = import.FreeName("same") }, OnnxActivation.ChannelsLast, value);
        }

        QuantException error = Assert.Throws<QuantException>(() =>
            import.Add(layer with { Name = import.FreeName("same") }, OnnxActivation.ChannelsLast, value));
        Assert.Equal("OnnxWeightsTooMany", error.Id);
    }

    [Fact]
    public void A_chain_of_many_constants_is_computed()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string one = graph.Scalar(1);
        string sum = one;
        for (int i = 0; i < Many; i++)
        {
            sum = graph.Node("Add", [sum, one]);
        }

        AkidaQuant.Model model = OnnxReader.Read("long.onnx", graph.Output(graph.Node("Mul", [x, sum])).ToBytes());
        Assert.Equal([Many + 1f, 2 * (Many + 1f)], OnnxComparison.Outputs(model, [1, 2], Sample));
    }

    [Fact]
    public void Constants_that_double_with_every_node_are_refused_before_they_take_memory()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string grown = graph.Floats(new Shape(1, 2), [1, 2]);
        for (int i = 0; i < 60; i++)
        {
            grown = graph.Node("Concat", [grown, grown], ("axis", 0));
        }

        RefusedInLittleMemory(graph.Output(graph.Node("Mul", [x, grown])));
    }

    [Theory]
    [InlineData("Expand")]
    [InlineData("Tile")]
    [InlineData("ConstantOfShape")]
    [InlineData("Range")]
    public void Constants_of_a_size_that_no_memory_holds_are_refused(string type)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string huge = graph.Vector(1L << 33, 2);
        string? made = type switch
        {
            "ConstantOfShape" => graph.Node(type, [huge]),
            "Range" => graph.Node(type, [graph.Scalar(0), graph.Scalar(1e30f), graph.Scalar(1)]),
            _ => graph.Node(type, [graph.Floats(new Shape(1, 2), [1, 2]), huge]),
        };
        RefusedInLittleMemory(graph.Output(graph.Node("Mul", [x, made])));
    }

    [Fact]
    public void Functions_that_call_each_other_deeply_are_unrolled()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        const int depth = 2000;
        for (int i = 0; i < depth; i++)
        {
            graph.Function(
                $"local:F{i}",
                ["a"],
                ["b"],
                [],
                OnnxGraphBuilder.MakeNode(i + 1 < depth ? $"local:F{i + 1}" : "Relu", ["a"], ["b"]));
        }

        Assert.Equal(2, OnnxReader.Read("deep.onnx", graph.Output(graph.Node("local:F0", [x])).ToBytes()).Nodes.Count);
    }

    [Fact]
    public void Functions_that_multiply_are_refused_in_little_memory()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        for (int i = 0; i < 40; i++)
        {
            string next = i + 1 < 40 ? $"local:F{i + 1}" : "Relu";
            graph.Function(
                $"local:F{i}",
                ["a"],
                ["c"],
                [],
                OnnxGraphBuilder.MakeNode(next, ["a"], ["b"]),
                OnnxGraphBuilder.MakeNode(next, ["b"], ["c"]));
        }

        Assert.Equal("OnnxFunctionsTooLarge", RefusedInLittleMemory(graph.Output(graph.Node("local:F0", [x]))));
    }

    [Fact]
    public void Functions_that_call_themselves_are_refused()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        graph.Function("local:F", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("local:G", ["a"], ["b"]));
        graph.Function("local:G", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("local:F", ["a"], ["b"]));
        Assert.Equal("OnnxFunctionInvalid", RefusedInLittleMemory(graph.Output(graph.Node("local:F", [x]))));
    }

    [Fact]
    public void A_function_is_its_nodes_with_the_attributes_of_the_call()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 3, 3));
        AkidaQuant.Formats.Onnx.Schema.AttributeProto alpha = new()
        {
            Name = "alpha",
            RefAttrName = "slope",
            Type = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType.Float,
        };
        graph.Function(
            "local:Leak",
            ["a", "w"],
            ["c"],
            ["slope"],
            OnnxGraphBuilder.MakeNode("Conv", ["a", "w"], ["b"]),
            OnnxGraphBuilder.MakeNode("LeakyRelu", ["b"], ["c"], ("alpha", alpha)));
        string y = graph.Node("local:Leak", [x, graph.Floats(new Shape(2, 2, 1, 1), [1, -2, 3, -4])], ("slope", 0.25f));
        graph.Output(graph.Node("local:Leak", [y, graph.Floats(new Shape(1, 2, 1, 1), [-1, 1])], ("slope", 0.5f)));
        OnnxComparison.AssertSame(graph, new Shape(2, 3, 3));
    }

    private static string RefusedInLittleMemory(OnnxGraphBuilder graph)
    {
        byte[] content = graph.ToBytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("large.onnx", content));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
        return error.Id;
    }
}
