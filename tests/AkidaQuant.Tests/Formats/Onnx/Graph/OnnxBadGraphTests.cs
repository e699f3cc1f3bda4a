using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Files that parse, but whose graph is none that can be imported.</summary>
public sealed class OnnxBadGraphTests
{
    private static readonly Shape Sample = new(2, 4, 4);

    [Fact]
    public void A_cycle() => Check("OnnxGraphInvalid", "own output", graph =>
    {
        string x = graph.Input(Sample);
        string y = graph.Node("Add", [x, "Relu_1"]);
        return graph.Node("Relu", [y]);
    });

    [Fact]
    public void A_node_that_takes_its_own_output() => Check("OnnxGraphInvalid", "own output", graph =>
    {
        string x = graph.Input(Sample);
        return graph.Node("Add", [x, "Add_0"]);
    });

    [Fact]
    public void A_tensor_that_nothing_makes() =>
        Check("OnnxGraphInvalid", "'weights'", graph => graph.Node("Conv", [graph.Input(Sample), "weights"]));

    [Fact]
    public void An_output_that_nothing_makes() => Check("OnnxGraphInvalid", "'nothing'", graph =>
    {
        graph.Node("Relu", [graph.Input(Sample)]);
        return "nothing";
    });

    [Fact]
    public void An_output_that_is_known_beforehand() => Check(null, null, graph =>
    {
        graph.Node("Relu", [graph.Input(Sample)]);
        return graph.Constant(OnnxTensors.Make(string.Empty, new Shape(1), new float[] { 1 }, OnnxElementType.Float));
    });

    [Fact]
    public void Two_stored_tensors_of_a_name() => Check("OnnxGraphInvalid", "'w'", graph =>
    {
        string x = graph.Input(Sample);
        graph.Stored(OnnxTensors.Make("w", new Shape(1), new float[] { 1 }, OnnxElementType.Float));
        graph.Stored(OnnxTensors.Make("w", new Shape(1), new float[] { 2 }, OnnxElementType.Float));
        return graph.Node("Mul", [x, "w"]);
    });

    [Theory]
    [InlineData("image")]
    [InlineData("stored_0")]
    [InlineData("Relu_1")]
    public void A_tensor_that_is_made_twice(string name) => Check("OnnxGraphInvalid", $"'{name}'", graph =>
    {
        string x = graph.Input(Sample);
        graph.Scalar(1);
        string y = graph.Node("Relu", [x]);
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("Sigmoid", [x], [name]));
        return y;
    });

    [Fact]
    public void Several_inputs() => Check("SeveralInputs", "image, other", graph =>
    {
        string x = graph.Input(Sample);
        return graph.Node("Add", [x, graph.Input(Sample, name: "other")]);
    });

    [Fact]
    public void No_input() => Check("SeveralInputs", "no input", graph => graph.Node("Relu", [graph.Floats(new Shape(1), [1])]));

    /// <summary>Files of old versions list their weights among their inputs.</summary>
    [Fact]
    public void Weights_among_the_inputs_are_no_inputs()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string w = graph.Floats(new Shape(1, 2, 1, 1), [1, 2]);
        graph.Input(new Shape(2, 1, 1), batch: 1, name: w);
        graph.Output(graph.Node("Conv", [x, w]));
        OnnxGraphBuilder plain = new();
        plain.Model.MergeFrom(graph.Model);
        Assert.Equal("image", OnnxReader.Read("network.onnx", graph.ToBytes()).Input.Name);
    }

    [Fact]
    public void Several_outputs() => Check("SeveralOutputs", "Relu_0", graph =>
    {
        string x = graph.Input(Sample);
        graph.Output(graph.Node("Relu", [x]));
        return graph.Node("Sigmoid", [x]);
    });

    [Fact]
    public void No_output()
    {
        OnnxGraphBuilder graph = new();
        graph.Node("Relu", [graph.Input(Sample)]);
        Assert.Equal("SeveralOutputs", Error(graph).Id);
    }

    [Theory]
    [InlineData("If")]
    [InlineData("Loop")]
    [InlineData("Scan")]
    public void Control_flow(string type) => Check("OnnxControlFlow", type, graph =>
    {
        string x = graph.Input(Sample);
        GraphProto branch = new() { Name = "branch" };
        branch.Node.Add(OnnxGraphBuilder.MakeNode("Relu", [x], ["inner"]));
        branch.Output.Add(new ValueInfoProto { Name = "inner" });
        return graph.Node(type, [x], ("then_branch", branch), ("else_branch", branch), ("body", branch));
    });

    [Theory]
    [InlineData("NoSuchOperator")]
    [InlineData("com.example:Relu")]
    [InlineData("com.microsoft:FusedMatMul")]
    [InlineData("NonMaxSuppression")]
    [InlineData("")]
    public void Unknown_operators(string type) => Check("OnnxOperatorUnknown", "Conv, ", graph => graph.Node(type, [graph.Input(Sample)]));

    /// <summary>What a console obeys is in no message and no name of a layer.</summary>
    [Fact]
    public void Names_with_control_characters()
    {
        const string clear = "\u001b[2J\u009b2J\r\0";
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Relu", [graph.Input(Sample, name: $"image{clear}")]);
        graph.Graph.Node[0].Name = $"first{clear}";
        graph.Output(x);
        graph.Graph.Name = $"network{clear}";
        AkidaQuant.Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        Assert.DoesNotContain(model.Name, char.IsControl);
        Assert.All(model.GraphLayers, layer => Assert.DoesNotContain(layer.Name, char.IsControl));
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode($"Unknown{clear}", [x], [$"end{clear}"]));
        graph.Graph.Output[0].Name = $"end{clear}";
        Assert.DoesNotContain(Error(graph).Message, char.IsControl);
        graph.Graph.Node.RemoveAt(1);
        QuantException error = Error(graph);
        Assert.Contains("'end\\u001b[2J\\u009b2J", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    /// <summary>Such nodes do something else with the samples of a batch, or by chance.</summary>
    [Theory]
    [InlineData("BatchNormalization")]
    [InlineData("Dropout")]
    public void Nodes_in_training_mode(string type) => Check("OnnxTrainingMode", "model.eval()", graph =>
    {
        string x = graph.Input(Sample);
        string ones = graph.Floats(new Shape(2), [1, 1]);
        return type == "Dropout"
            ? graph.Node(type, [x, graph.Scalar(0.5f), graph.Integers(new Shape(), [1], OnnxElementType.Bool)])
            : graph.Node(type, [x, ones, ones, ones, ones], ("training_mode", 1));
    });

    [Fact]
    public void A_node_without_inputs() => Check(null, "Relu", graph =>
    {
        graph.Input(Sample);
        return graph.Node("Relu", []);
    });

    [Fact]
    public void A_node_without_outputs_that_nothing_needs_is_left_out()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("Relu", [x], []));
        graph.Output(graph.Node("Sigmoid", [x]));
        Assert.Equal(2, OnnxReader.Read("network.onnx", graph.ToBytes()).Nodes.Count);
    }

    [Fact]
    public void Shapes_that_stay_dynamic()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Relu", [graph.Input(Sample)]));
        var dimensions = graph.Graph.Input[0].Type.TensorType.Shape.Dim;
        foreach (
            TensorShapeProto.Types.Dimension unknown in new TensorShapeProto.Types.Dimension[]
            {
                new() { DimParam = "height" },
                new(),
                new() { DimValue = 0 },
                new() { DimValue = -1 },
                new() { DimValue = 1L << 40 },
            })
        {
            dimensions[2] = unknown;
            Assert.Equal("InputShapeUnknown", Error(graph).Id);
        }

        dimensions[2] = new TensorShapeProto.Types.Dimension { DimParam = "height" };
        Assert.Contains("'height' is not fixed", Error(graph).Message, StringComparison.Ordinal);
        while (dimensions.Count > 1)
        {
            dimensions.RemoveAt(1);
        }

        Assert.Equal("InputShapeMissing", Error(graph).Id);
        graph.Graph.Input[0].Type.TensorType.Shape = null;
        Assert.Equal("InputShapeMissing", Error(graph).Id);
        graph.Graph.Input[0].Type = null;
        Assert.IsType<QuantException>(Error(graph));
    }

    [Fact]
    public void Dimensions_that_no_memory_holds() =>
        CheckAny(graph => graph.Node("Relu", [graph.Input(new Shape(int.MaxValue, int.MaxValue, int.MaxValue))]));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(14)]
    [InlineData(99)]
    [InlineData(-1)]
    public void Samples_of_a_type_that_is_not_read(int type) =>
        Check("OnnxInputType", "image", graph => graph.Node("Relu", [graph.Input(Sample, (OnnxElementType)type)]));

    [Theory]
    [InlineData("strides", "text")]
    [InlineData("strides", 1)]
    [InlineData("pads", 1.5f)]
    [InlineData("dilations", "text")]
    [InlineData("group", "text")]
    [InlineData("group", 1.5f)]
    [InlineData("auto_pad", 1)]
    [InlineData("kernel_shape", 1.5f)]
    public void Attributes_of_another_kind(string name, object value) => Check("OnnxAttributeInvalid", $"'{name}'", graph =>
        graph.Node("Conv", [graph.Input(Sample), graph.Floats(new Shape(1, 2, 1, 1), [1, 2])], (name, value)));

    [Theory]
    [InlineData("strides", new long[] { 0, 1 })]
    [InlineData("strides", new long[] { 1, -1 })]
    [InlineData("strides", new[] { long.MaxValue, 1 })]
    [InlineData("strides", new long[] { 1 })]
    [InlineData("strides", new long[] { 1, 1, 1 })]
    [InlineData("pads", new long[] { 0, 0 })]
    [InlineData("pads", new long[] { 0, 0, 0, -1 })]
    [InlineData("pads", new[] { 0, 0, long.MaxValue, long.MaxValue })]
    [InlineData("dilations", new long[] { 0, 0 })]
    [InlineData("group", 0L)]
    [InlineData("group", -1L)]
    [InlineData("group", 3L)]
    [InlineData("group", long.MaxValue)]
    [InlineData("auto_pad", "SAME")]
    [InlineData("kernel_shape", new long[] { 2, 2 })]
    public void Attributes_out_of_range(string name, object value) => CheckAny(graph =>
        graph.Node("Conv", [graph.Input(Sample), graph.Floats(new Shape(1, 2, 1, 1), [1, 2])], (name, value)));

    [Theory]
    [InlineData(new[] { 1, 3, 1, 1 })]
    [InlineData(new[] { 1, 2, 1 })]
    [InlineData(new[] { 1, 2, 5, 5 })]
    [InlineData(new[] { 0, 2, 1, 1 })]
    [InlineData(new[] { 1, 2, 0, 0 })]
    [InlineData(new int[0])]
    public void Weights_that_do_not_fit_their_input(int[] shape) => CheckAny(graph =>
    {
        Shape weights = new(shape);
        return graph.Node("Conv", [graph.Input(Sample), graph.Floats(weights, new float[weights.Size])]);
    });

    private static void Check(string? id, string? part, Func<OnnxGraphBuilder, string> build)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(build(graph));
        QuantException error = Error(graph);
        Assert.Equal(id ?? error.Id, error.Id);
        Assert.Contains(part ?? string.Empty, error.Message, StringComparison.Ordinal);
    }

    private static void CheckAny(Func<OnnxGraphBuilder, string> build) => Check(null, null, build);

    /// <summary>The error, which says the file and takes little memory.</summary>
    private static QuantException Error(OnnxGraphBuilder graph)
    {
        byte[] content = graph.ToBytes();
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("network.onnx", content).Plan);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L << 20);
        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
        return error;
    }
}
