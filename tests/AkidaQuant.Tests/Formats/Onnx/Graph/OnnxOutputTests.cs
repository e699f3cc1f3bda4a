using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Networks up to tensors that are asked for; nothing behind them matters.</summary>
public sealed class OnnxOutputTests
{
    private static readonly Shape Sample = new(2, 4, 4);

    [Theory]
    [InlineData("/Relu_1")]
    [InlineData("Relu_1")]
    public void A_node_or_its_tensor_ends_the_network(string name)
    {
        OnnxGraphBuilder graph = new();
        string cut = graph.Node("Relu", [graph.Node("Sigmoid", [graph.Input(Sample)])]);
        graph.Output(graph.Node("Tanh", [cut]));
        Model model = Read(graph, name);
        Assert.Equal(["/Relu_1"], model.Outputs);
        Assert.Equal(3, model.Nodes.Count);
        AssertEqual(graph, cut, model);
    }

    [Fact]
    public void Several_tensors_are_given_in_the_order_in_which_they_are_asked_for()
    {
        OnnxGraphBuilder graph = new();
        string first = graph.Node("Relu", [graph.Input(Sample)]);
        string second = graph.Node("Sigmoid", [first]);
        graph.Output(graph.Node("LSTM", [second]));
        Assert.Equal(["/Sigmoid_1", "/Relu_0"], Read(graph, second, first).Outputs);
        Assert.Equal(["/Relu_0"], Read(graph, first, "/Relu_0").Outputs);
    }

    [Fact]
    public void A_second_output_of_a_node_has_the_name_of_its_tensor()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("Dropout", [x], ["kept", "mask"]));
        graph.Output(graph.Node("Relu", ["kept"]));
        Assert.Equal("OnnxGraphInvalid", Assert.Throws<QuantException>(() => Read(graph, "mask")).Id);
        Assert.Single(Read(graph, "kept").Nodes);
    }

    /// <summary>Operators, loops, functions, stored tensors and inputs that only lead behind the cut.</summary>
    [Fact]
    public void Nothing_behind_the_cut_is_read()
    {
        OnnxGraphBuilder graph = new();
        string cut = graph.Node("Relu", [graph.Input(Sample)]);
        string other = graph.Input(new Shape(3), name: "other");
        graph.Stored(new TensorProto { Name = "broken", Dims = { 7 }, DataType = (int)OnnxElementType.Float });
        graph.Graph.SparseInitializer.Add(new SparseTensorProto { Values = new TensorProto { Name = "sparse" } });
        string loop = graph.Node("Loop", [cut, other, "broken", "sparse", "nothing"]);
        graph.Output(graph.Node("NoSuchOperator", [loop])).Output(loop);
        Assert.Throws<QuantException>(() => Read(graph));
        AssertEqual(graph, cut, Read(graph, cut));
    }

    [Fact]
    public void An_input_that_nothing_takes_is_none()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample, name: "other");
        graph.Input(Sample);
        graph.Output(graph.Node("Relu", [x]));
        Assert.Equal("other", Read(graph).Input.Name);
    }

    [Fact]
    public void Several_outputs_are_chosen_from()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string first = graph.Node("Relu", [x]);
        string second = graph.Node("Sigmoid", [x]);
        graph.Output(first).Output(second);
        Assert.Equal(["/Sigmoid_1"], Read(graph, second).Outputs);
    }

    /// <summary>Which one to take is not the question where none can be taken.</summary>
    [Fact]
    public void What_stands_before_all_of_several_outputs_is_named()
    {
        OnnxGraphBuilder graph = new();
        string before = graph.Node("Relu", [graph.Input(Sample)]);
        string odd = graph.Node("NoSuchOperator", [before]);
        graph.Output(graph.Node("Relu", [odd])).Output(graph.Node("Sigmoid", [odd]));
        QuantException error = Assert.Throws<QuantException>(() => Read(graph));
        Assert.Equal(("OnnxOperatorUnknown", "/NoSuchOperator_1"), (error.Id, error.Target));
        Assert.Contains("-Output 'Relu_0'", error.Message, StringComparison.Ordinal);
        graph.Output(graph.Node("Tanh", [before]));
        error = Assert.Throws<QuantException>(() => Read(graph));
        Assert.Equal("SeveralOutputs", error.Id);
        Assert.EndsWith(" -Output 'Tanh_4' imports the network up to there.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Relu_9", "Did you mean '/Relu_1'? It gives Tanh_2, and its nodes are /Sigmoid_0, /Relu_1, /Tanh_2.")]
    [InlineData("image", "'image' is an input of it")]
    [InlineData("stored_3", "neither a node nor a tensor 'stored_3'")]
    public void Unknown_names_are_refused_with_those_that_are_there(string name, string expected)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Sigmoid", [graph.Input(Sample)]);
        graph.Output(graph.Node("Tanh", [graph.Node("Relu", [x])]));
        graph.Scalar(1);
        QuantException error = Assert.Throws<QuantException>(() => Read(graph, name));
        Assert.Equal(("OutputUnknown", QuantErrorKind.InvalidArgument), (error.Id, error.Kind));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_of_one_name_are_told_apart_by_their_tensors()
    {
        OnnxGraphBuilder graph = new();
        string first = graph.Node("Relu", [graph.Input(Sample)]);
        graph.Output(graph.Node("Sigmoid", [first]));
        graph.Graph.Node[0].Name = graph.Graph.Node[1].Name = "same";
        QuantException error = Assert.Throws<QuantException>(() => Read(graph, "same"));
        Assert.Contains("Relu_0, Sigmoid_1", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Read(graph, first).Nodes.Count);
    }

    /// <summary>What each refusal advises is done.</summary>
    [Theory]
    [InlineData("NoSuchOperator", "OnnxOperatorUnknown", "Relu_0")]
    [InlineData("Loop", "OnnxControlFlow", "Relu_0")]
    [InlineData("SeveralOutputs", "SeveralOutputs", "Relu_0")]
    [InlineData("SeveralInputs", "SeveralInputs", "/Relu_0")]
    public void Refusals_name_a_place_that_imports(string obstacle, string id, string place)
    {
        OnnxGraphBuilder graph = new();
        string relu = graph.Node("Relu", [graph.Input(Sample)]);
        graph = obstacle switch
        {
            "SeveralOutputs" => graph.Output(relu).Output(graph.Node("NoSuchOperator", [relu])),
            "SeveralInputs" => graph.Output(graph.Node("Add", [relu, graph.Node("NoSuchOperator", [graph.Input(Sample, name: "other")])])),
            _ => graph.Output(graph.Node("Tanh", [graph.Node(obstacle, [relu])])),
        };
        QuantException error = Assert.Throws<QuantException>(() => Read(graph));
        Assert.Equal(id, error.Id);
        Assert.Contains($"-Output '{place}'", error.Message, StringComparison.Ordinal);
        AssertEqual(graph, relu, Read(graph, place));
    }

    [Fact]
    public void No_place_is_named_where_none_is()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("NoSuchOperator", [graph.Input(Sample)]));
        Assert.DoesNotContain("-Output", Assert.Throws<QuantException>(() => Read(graph)).Message, StringComparison.Ordinal);
    }

    private static Model Read(OnnxGraphBuilder graph, params string[] outputs) => OnnxReader.Read(
        "network.onnx", graph.ToBytes(), new ModelReadOptions { Output = outputs.Length == 0 ? null : outputs });

    private static void AssertEqual(OnnxGraphBuilder graph, string tensor, Model model)
    {
        OnnxGraphBuilder part = new();
        part.Graph.Input.Add(graph.Graph.Input[0]);
        part.Graph.Node.AddRange(graph.Graph.Node.TakeWhile(node => !node.Output.Contains(tensor)));
        part.Graph.Node.Add(graph.Graph.Node.Single(node => node.Output.Contains(tensor)));
        part.Output(tensor);
        float[] samples = OnnxComparison.Random(new Random(1), 2 * Sample.Size);
        using OnnxOracle oracle = OnnxOracle.Open(part.ToBytes());
        OracleOutput expected = oracle.Run(samples);
        float[] actual = OnnxComparison.Outputs(model, samples, Sample);
        Assert.InRange(OnnxComparison.LargestDifference(OnnxComparison.AsOurs(expected, model.Plan.Output.Shape), actual), 0, 1e-5f);
    }
}
