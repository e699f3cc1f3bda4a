using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Calls of functions that files define.</summary>
public sealed class OnnxFunctionTests
{
    private static readonly Shape Sample = new(2, 3, 4);

    [Fact]
    public void Calls_nest_and_each_has_tensors_of_its_own()
    {
        OnnxGraphBuilder graph = new();
        graph.Function(
            "local:Twice",
            ["a"],
            ["b"],
            [],
            OnnxGraphBuilder.MakeNode("Relu", ["a"], ["t"]),
            OnnxGraphBuilder.MakeNode("Add", ["t", "a"], ["b"]));
        graph.Function(
            "local:Four",
            ["x"],
            ["y"],
            [],
            OnnxGraphBuilder.MakeNode("local:Twice", ["x"], ["t"]),
            OnnxGraphBuilder.MakeNode("local:Twice", ["t"], ["y"]));
        graph.Output(graph.Node("local:Four", [graph.Node("local:Four", [graph.Input(Sample)])]));
        OnnxComparison.AssertSame(graph, Sample);
        OnnxNode[] nodes = [.. Nodes(graph)];
        Assert.Equal(8, nodes.Length);
        Assert.Equal(8, nodes.Select(node => node.Name).Distinct().Count());
        Assert.Equal(8, nodes.Select(node => node.Output).Distinct().Count());
        Assert.StartsWith(graph.Graph.Node[0].Name + "/", nodes[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_come_from_the_call_or_the_function_or_are_left_out()
    {
        OnnxGraphBuilder graph = new();
        FunctionProto function = graph.Function(
            "local:Leaky",
            ["a"],
            ["b"],
            ["slope"],
            OnnxGraphBuilder.MakeNode("LeakyRelu", ["a"], ["b"], ("alpha", Reference("alpha", "slope"))));
        FunctionProto outer = graph.Function(
            "local:Outer",
            ["a"],
            ["b"],
            ["steep"],
            OnnxGraphBuilder.MakeNode("local:Leaky", ["a"], ["b"], ("slope", Reference("slope", "steep"))));
        string x = graph.Input(Sample);
        graph.Output(graph.Node("local:Leaky", [x], ("slope", 0.5f)));
        Assert.Equal(0.5f, Assert.Single(Nodes(graph)).Float("alpha", 0.01f));
        OnnxComparison.AssertSame(graph, Sample);

        SetOutput(graph, graph.Node("local:Outer", [x], ("steep", 0.25f)));
        Assert.Equal(0.25f, Assert.Single(Nodes(graph)).Float("alpha", 0.01f));

        SetOutput(graph, graph.Node("local:Outer", [x]));
        Assert.False(Assert.Single(Nodes(graph)).HasAttribute("alpha"));

        function.Attribute.Clear();
        function.AttributeProto.Add(new AttributeProto { Name = "slope", Type = Kind.Float, F = 0.125f });
        Assert.Equal(0.125f, Assert.Single(Nodes(graph)).Float("alpha", 0.01f));
        Assert.Empty(outer.AttributeProto);
    }

    [Fact]
    public void Inputs_left_out_are_left_out_inside()
    {
        OnnxGraphBuilder graph = new();
        graph.Function("local:Limit", ["a", "min", "max"], ["b"], [], OnnxGraphBuilder.MakeNode("Clip", ["a", "min", "max"], ["b"]));
        string zero = graph.Scalar(0);
        string x = graph.Input(Sample);
        SetOutput(graph, graph.Node("local:Limit", [x, zero]));
        Assert.Equal([x, zero, string.Empty], Assert.Single(Nodes(graph)).Inputs);
        SetOutput(graph, graph.Node("local:Limit", [x, null, zero]));
        Assert.Equal([x, string.Empty, zero], Assert.Single(Nodes(graph)).Inputs);
    }

    [Fact]
    public void An_output_may_be_an_input_or_given_twice()
    {
        OnnxGraphBuilder graph = new();
        graph.Function("local:Pass", ["a"], ["a", "b", "b"], [], OnnxGraphBuilder.MakeNode("Relu", ["a"], ["b"]));
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("local:Pass", [graph.Input(Sample)], ["p", "q", "r"]));
        SetOutput(graph, graph.Node("Add", ["p", "r"]));
        Model model = OnnxReader.Read("functions.onnx", graph.ToBytes());
        float[] samples = OnnxComparison.Random(new Random(1), Sample.Size);
        Assert.Equal(
            OnnxComparison.AsOurs(
                new OracleOutput(Sample.Prepend(1), Array.ConvertAll(samples, value => value + MathF.Max(value, 0))),
                model.Plan.Output.Shape),
            OnnxComparison.Outputs(model, samples, Sample));
    }

    [Fact]
    public void Functions_are_found_by_domain_and_name()
    {
        OnnxGraphBuilder graph = new();
        graph.Function("one:Same", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Relu", ["a"], ["b"]));
        graph.Function("two:Same", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Sigmoid", ["a"], ["b"]));
        graph.Function("com.brainchip:Same", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Tanh", ["a"], ["b"]));
        string x = graph.Input(Sample);
        foreach (
            (string call, string expected) in ((string, string)[])
                [("one:Same", "Relu"), ("two:Same", "Sigmoid"), ("com.brainchip:Same", "Same"), ("Relu", "Relu")])
        {
            SetOutput(graph, graph.Node(call, [x]));
            Assert.Equal(expected, Assert.Single(Nodes(graph)).OpType);
        }
    }

    [Fact]
    public void A_tensor_of_the_network_with_the_name_of_one_inside_stays_apart()
    {
        OnnxGraphBuilder graph = new();
        graph.Function(
            "local:Two",
            ["a"],
            ["b"],
            [],
            OnnxGraphBuilder.MakeNode("Relu", ["a"], ["t"]),
            OnnxGraphBuilder.MakeNode("Neg", ["t"], ["b"]));
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("Sigmoid", [graph.Input(Sample)], ["call/t"]));
        NodeProto call = OnnxGraphBuilder.MakeNode("local:Two", ["call/t"], ["y"]);
        call.Name = "call";
        graph.Graph.Node.Add(call);
        SetOutput(graph, "y");
        Assert.Equal(["call/t", "call_1/t", "y"], Nodes(graph).Select(node => node.Output));
    }

    [Theory]
    [InlineData("itself")]
    [InlineData("through another")]
    public void A_function_that_calls_itself_is_an_error(string way)
    {
        OnnxGraphBuilder graph = new();
        graph.Function("local:A", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode(way == "itself" ? "local:A" : "local:B", ["a"], ["b"]));
        graph.Function("local:B", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("local:A", ["a"], ["b"]));
        graph.Output(graph.Node("local:A", [graph.Input(Sample)]));
        AssertError(graph, "OnnxFunctionInvalid", "calls itself");
    }

    [Fact]
    public void Calls_that_do_not_fit_are_errors()
    {
        OnnxGraphBuilder graph = new();
        graph.Function("local:A", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Relu", ["a"], ["b"]));
        string x = graph.Input(Sample);
        graph.Output(graph.Node("local:A", [x, x]));
        AssertError(graph, "OnnxFunctionInvalid", "2 inputs");
        graph.Function("local:B", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Relu", ["a"], ["b"]));
        graph.Function("local:B", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Relu", ["a"], ["b"]));
        graph.Graph.Node.Clear();
        SetOutput(graph, graph.Node("local:B", [x]));
        AssertError(graph, "OnnxFunctionInvalid", "more than once");
    }

    [Theory]
    [InlineData(40, 2)]
    [InlineData(12, 10)]
    [InlineData(3000, 1)]
    public void Functions_that_multiply_beyond_measure_are_an_error(int levels, int calls)
    {
        OnnxGraphBuilder graph = new();
        for (int level = 0; level < levels; level++)
        {
            string next = $"local:F{level + 1}";
            graph.Function(
                $"local:F{level}",
                ["a"],
                ["b"],
                [],
                [
                    .. Enumerable
                        .Range(0, calls)
                        .Select(i => OnnxGraphBuilder.MakeNode(next, ["a"], [i == 0 ? "b" : $"t{i}{new string('x', 20)}"])),
                ]);
        }

        graph.Function($"local:F{levels}", ["a"], ["b"], []);
        graph.Output(graph.Node("local:F0", [graph.Input(Sample)]));
        QuantException error = Assert.Throws<QuantException>(() => Nodes(graph));
        Assert.Equal(calls == 1 ? "OnnxGraphInvalid" : "OnnxFunctionsTooLarge", error.Id);
    }

    private static void AssertError(OnnxGraphBuilder graph, string id, string text)
    {
        QuantException error = Assert.Throws<QuantException>(() => Nodes(graph));
        Assert.Equal(id, error.Id);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<OnnxNode> Nodes(OnnxGraphBuilder graph) =>
        new OnnxGraph(OnnxFile.Parse("functions.onnx", graph.ToBytes())).Nodes;

    private static void SetOutput(OnnxGraphBuilder graph, string tensor)
    {
        graph.Graph.Output.Clear();
        graph.Output(tensor);
    }

    private static AttributeProto Reference(string name, string attribute) =>
        new()
        {
            Name = name,
            Type = Kind.Float,
            RefAttrName = attribute,
        };
}
