using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Tests.Formats.Onnx.Operators;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Networks may take the number of samples from one shape to another, but not compute with it.</summary>
public sealed class OnnxBatchTests
{
    private static readonly Shape Sample = new(2, 3, 4);

    /// <summary>Ways from a shape (batch, 2, 3, 4) to the shape (batch, 24) that exporters write.</summary>
    public static TheoryData<string> Ways =>
        ["gather", "slice", "squeeze", "scalar", "neutral", "where", "cast", "reshape", "part", "product"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_batch_passes_from_shape_to_shape(string way)
    {
        OnnxGraphBuilder graph = new(15);
        string x = graph.Input(Sample);
        string shape = graph.Node("Shape", [x]);
        string batch = graph.Node("Unsqueeze", [graph.Node("Gather", [shape, graph.Integers(new Shape(), [0])]), graph.Vector(0)]);
        string first = way switch
        {
            "slice" => graph.Node("Slice", [shape, graph.Vector(0), graph.Vector(1)]),
            "squeeze" => graph.Node(
                "Unsqueeze",
                [graph.Node("Squeeze", [graph.Node("Slice", [shape, graph.Vector(0), graph.Vector(1)])]), graph.Vector(0)]),
            "scalar" => graph.Node("Gather", [shape, graph.Vector(-4)]),
            "neutral" => Neutral(graph, batch),
            "where" => Where(graph, batch),
            "cast" => graph.Node(
                "Cast",
                [graph.Node("Identity", [graph.Node("Cast", [batch], ("to", (int)OnnxElementType.Int32))])],
                ("to", (int)OnnxElementType.Int64)),
            "reshape" => graph.Node("Reshape", [graph.Node("Reshape", [batch, graph.Vector(1, 1)]), graph.Vector(-1)]),
            "part" => graph.Node("Shape", [x], ("end", 1)),
            _ => batch,
        };
        string rest = way == "product" ? graph.Node("ReduceProd", [graph.Node("Shape", [x], ("start", 1))]) : graph.Vector(-1);
        string row = graph.Node("Reshape", [x, graph.Node("Concat", [first, rest], ("axis", 0))]);
        graph.Output(graph.Node("Gemm", [row, OnnxReshapeTests.Weights(graph, Sample.Size)]));
        OnnxComparison.AssertSame(graph, Sample);
    }

    [Theory]
    [InlineData("Add", 1)]
    [InlineData("Mul", 24)]
    [InlineData("Div", 2)]
    [InlineData("Sub", 1)]
    [InlineData("Max", 1)]
    [InlineData("Mod", 2)]
    [InlineData("Equal", 3)]
    [InlineData("Less", 3)]
    public void Computing_with_the_batch_is_an_error_that_says_what_to_do(string type, int other)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        string batch = graph.Node("Gather", [graph.Node("Shape", [x]), graph.Vector(0)]);
        string computed = graph.Node(type, [batch, graph.Vector(other)]);
        if (type is "Equal" or "Less")
        {
            computed = graph.Node("Where", [computed, batch, batch]);
        }

        graph.Output(graph.Node("Reshape", [x, graph.Node("Concat", [computed, graph.Vector(-1)], ("axis", 0))]));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("batch.onnx", graph.ToBytes()));
        Assert.Equal("OnnxBatchArithmetic", error.Id);
        Assert.Contains("x.flatten(1)", error.Message, StringComparison.Ordinal);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReduceProd")]
    [InlineData("ConstantOfShape")]
    [InlineData("Neg")]
    [InlineData("Not")]
    [InlineData("Cast")]
    public void Nor_can_operators_of_one_tensor_compute_with_it(string type)
    {
        OnnxGraphBuilder graph = new();
        string shape = graph.Node("Shape", [graph.Input(Sample)]);
        graph.Output(graph.Node("Relu", [graph.Node(type, [shape], ("to", type == "Cast" ? 1 : null))]));
        Assert.Equal("OnnxBatchArithmetic", Assert.Throws<QuantException>(() => OnnxReader.Read("batch.onnx", graph.ToBytes())).Id);
    }

    [Theory]
    [InlineData(null, new long[] { -1, 24 })]
    [InlineData(null, new long[] { 0, -1 })]
    [InlineData(3, new long[] { 3, -1 })]
    [InlineData(3, new long[] { -1, 24 })]
    [InlineData(3, new long[] { 0, 24 })]
    [InlineData(1, new long[] { 1, 24 })]
    public void A_reshape_names_the_batch_in_each_of_its_ways(int? batch, long[] target)
    {
        OnnxGraphBuilder graph = new();
        string row = graph.Node("Reshape", [graph.Input(Sample, batch: batch), graph.Vector(target)]);
        graph.Output(graph.Node("Gemm", [row, OnnxReshapeTests.Weights(graph, Sample.Size)]));
        OnnxComparison.AssertSame(graph, Sample, count: 3);
    }

    /// <summary>A file of one sample may forget its batch in the end: what it gives is for each sample here.</summary>
    [Theory]
    [InlineData("Reshape", new long[] { -1 })]
    [InlineData("Reshape", new long[] { 24 })]
    [InlineData("Reshape", new long[] { 4, 6 })]
    [InlineData("Squeeze", new long[] { 0 })]
    [InlineData("Flatten", new long[] { })]
    public void A_batch_of_one_may_go_in_the_end(string type, long[] given)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Relu", [graph.Input(Sample, batch: 1)]);
        graph.Output(graph.Node(
            "Identity", [type == "Flatten" ? graph.Node(type, [x], ("axis", 0)) : graph.Node(type, [x, graph.Vector(given)])]));
        float[] samples = OnnxComparison.Random(new Random(1), Sample.Size);
        using OnnxOracle oracle = OnnxOracle.Open(graph.ToBytes());
        OracleOutput expected = oracle.Run(samples);
        expected = type == "Squeeze" ? expected with { Shape = new Shape([1, .. expected.Shape]) } : expected;
        Model model = OnnxReader.Read("batch.onnx", graph.ToBytes());
        Assert.Equal(
            OnnxComparison.AsOurs(expected, model.Plan.Output.Shape), OnnxComparison.Outputs(model, samples, Sample));
    }

    [Theory]
    [InlineData(2, new long[] { 2, 2, 3, 4 })]
    [InlineData(1, new long[] { 1, 2, 3, 4 })]
    public void An_expand_may_name_a_batch_that_the_file_fixes(int batch, long[] target)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Relu", [graph.Node("Expand", [graph.Input(Sample, batch: batch), graph.Vector(target)])]));
        OnnxComparison.AssertSame(graph, Sample, count: 2);
    }

    [Theory]
    [InlineData(null, new long[] { 1, -1 })]
    [InlineData(null, new long[] { -1, 12 })]
    [InlineData(null, new long[] { -1 })]
    [InlineData(null, new long[] { 2, -1, 12 })]
    [InlineData(2, new long[] { 1, 48 })]
    [InlineData(2, new long[] { -1, 48 })]
    [InlineData(2, new long[] { 24, 2 })]
    [InlineData(null, new long[] { })]
    public void A_reshape_that_moves_values_between_samples_is_an_error(int? batch, long[] target)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Reshape", [graph.Input(Sample, batch: batch), graph.Vector(target)]));
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("batch.onnx", graph.ToBytes()));
        Assert.Equal("OnnxBatchMoved", error.Id);
        Assert.Contains("between samples", error.Message, StringComparison.Ordinal);
    }

    private static string Neutral(OnnxGraphBuilder graph, string batch)
    {
        string value = graph.Node("Mul", [graph.Vector(1), graph.Node("Mul", [batch, graph.Vector(1)])]);
        value = graph.Node("Add", [graph.Vector(0), graph.Node("Add", [value, graph.Vector(0)])]);
        return graph.Node("Div", [graph.Node("Sub", [value, graph.Vector(0)]), graph.Vector(1)]);
    }

    /// <summary>How the older exporter writes <c>expand</c>: dimensions of -1 are replaced by those that there are.</summary>
    private static string Where(OnnxGraphBuilder graph, string batch)
    {
        string isOpen = graph.Node("Equal", [batch, graph.Vector(-1)]);
        return graph.Node("Where", [isOpen, graph.Vector(1), batch]);
    }
}
