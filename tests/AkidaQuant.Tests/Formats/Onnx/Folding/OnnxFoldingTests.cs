using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx.Folding;

/// <summary>Every operator on constants gives what ONNX Runtime gives.</summary>
public sealed class OnnxFoldingTests
{
    private static readonly float[] Six = [-2.5f, -1, 0.5f, 1.5f, 2.5f, 3];

    [Theory]
    [InlineData("Neg")]
    [InlineData("Abs")]
    [InlineData("Sign")]
    [InlineData("Relu")]
    [InlineData("Sqrt")]
    [InlineData("Reciprocal")]
    [InlineData("Exp")]
    [InlineData("Log")]
    [InlineData("Floor")]
    [InlineData("Ceil")]
    [InlineData("Round")]
    [InlineData("Erf")]
    [InlineData("Tanh")]
    [InlineData("Sigmoid")]
    [InlineData("Identity")]
    [InlineData("Shape")]
    [InlineData("Size")]
    [InlineData("Flatten")]
    [InlineData("Transpose")]
    public void Operators_on_one_tensor(string type)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node(type, [graph.Floats(new Shape(2, 3), Six)]), 1e-6f);
    }

    [Theory]
    [InlineData("Neg")]
    [InlineData("Abs")]
    [InlineData("Sign")]
    [InlineData("Relu")]
    public void Operators_on_integers(string type)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node(type, [graph.Integers(new Shape(3), [-5, 0, 7], OnnxElementType.Int32)]));
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    [InlineData("Pow")]
    [InlineData("Min")]
    [InlineData("Max")]
    [InlineData("Equal")]
    [InlineData("Less")]
    [InlineData("LessOrEqual")]
    [InlineData("Greater")]
    [InlineData("GreaterOrEqual")]
    public void Operators_on_two_tensors_broadcast(string type)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node(type, [graph.Floats(new Shape(2, 3), Six), graph.Floats(new Shape(3), [2, -1, 3])]), 1e-6f);
        OnnxFolded.AssertSame(
            graph,
            graph.Node(type, [graph.Floats(new Shape(2, 1), [2, -1]), graph.Floats(new Shape(2, 1, 3), Six)]),
            1e-6f);
        OnnxFolded.AssertSame(graph, graph.Node(type, [graph.Vector(7, -7, 7, -7, 2), graph.Vector(2, 2, 3, 3, 2)]));
    }

    [Theory]
    [InlineData("And")]
    [InlineData("Or")]
    [InlineData("Xor")]
    public void Operators_on_truth_values(string type)
    {
        OnnxGraphBuilder graph = new();
        string left = graph.Integers(new Shape(4), [0, 0, 1, 1], OnnxElementType.Bool);
        OnnxFolded.AssertSame(
            graph,
            graph.Node("Not", [graph.Node(type, [left, graph.Integers(new Shape(4), [0, 1, 0, 1], OnnxElementType.Bool)])]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Remainders_have_the_sign_that_the_attribute_says(int fmod)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node("Mod", [graph.Vector(7, -7, 7, -7, 6), graph.Vector(3, 3, -3, -3, -3)], ("fmod", fmod)));
    }

    [Fact]
    public void Several_operands()
    {
        OnnxGraphBuilder graph = new();
        string[] operands =
        [
            graph.Floats(new Shape(3), [1, -2, 3]),
            graph.Floats(new Shape(), [0.5f]),
            graph.Floats(new Shape(2, 1), [0, 4]),
        ];
        foreach (string type in (string[])["Sum", "Min", "Max"])
        {
            OnnxFolded.AssertSame(graph, graph.Node(type, operands));
            OnnxFolded.AssertSame(graph, graph.Node(type, operands[..1]));
        }
    }

    [Fact]
    public void Where_chooses_and_broadcasts()
    {
        OnnxGraphBuilder graph = new();
        string condition = graph.Integers(new Shape(2, 1), [1, 0], OnnxElementType.Bool);
        OnnxFolded.AssertSame(graph, graph.Node("Where", [condition, graph.Floats(new Shape(2, 3), Six), graph.Scalar(9)]));
    }

    [Theory]
    [InlineData(1, 7.9f)]
    [InlineData(7, -7.9f)]
    [InlineData(6, 3.5f)]
    [InlineData(9, 0.5f)]
    [InlineData(10, 0.1f)]
    [InlineData(16, 0.1f)]
    [InlineData(11, 0.1f)]
    public void Casts_of_floats(int to, float value)
    {
        OnnxGraphBuilder graph = new(19);
        OnnxFolded.AssertSame(graph, graph.Node("Cast", [graph.Floats(new Shape(2), [value, 0])], ("to", to)));
        OnnxFolded.AssertSame(graph, graph.Node("CastLike", [graph.Floats(new Shape(2), [value, 0]), graph.Integers(new Shape(), [1])]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(1)]
    public void Casts_of_integers_keep_the_lower_bits(int to)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node("Cast", [graph.Vector(300, -1, 0, 70000, 128)], ("to", to)));
    }

    [Fact]
    public void Constants_in_each_form()
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(graph, graph.Node("Constant", [], ("value_float", 1.5f)));
        OnnxFolded.AssertSame(graph, graph.Node("Constant", [], ("value_floats", new float[] { 1.5f, 2 })));
        OnnxFolded.AssertSame(graph, graph.Node("Constant", [], ("value_int", 3)));
        OnnxFolded.AssertSame(graph, graph.Node("Constant", [], ("value_ints", new long[] { 3, 4 })));
        OnnxFolded.AssertSame(
            graph,
            graph.Constant(OnnxTensors.Make("value", new Shape(2, 1), new long[] { 3, 4 }, OnnxElementType.Int32)));
        OnnxFolded.AssertSame(graph, graph.Node("ConstantOfShape", [graph.Vector(2, 3)]));
        OnnxFolded.AssertSame(
            graph,
            graph.Node(
                "ConstantOfShape",
                [graph.Vector(2)],
                ("value", OnnxTensors.Make("value", new Shape(1), new long[] { -1 }, OnnxElementType.Int64))));
        OnnxFolded.AssertSame(graph, graph.Node("ConstantOfShape", [graph.Vector()]));
        Assert.Null(OnnxFolded.Value(graph, graph.Node("Constant", [], ("value_string", "text"))));
    }

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(5, 0, -2)]
    [InlineData(0, 5, -1)]
    [InlineData(-3, 4, 3)]
    public void Ranges(int start, int limit, int step)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(
            graph,
            graph.Node(
                "Range",
                [graph.Integers(new Shape(), [start]), graph.Integers(new Shape(), [limit]), graph.Integers(new Shape(), [step])]));
        OnnxFolded.AssertSame(graph, graph.Node("Range", [graph.Scalar(start), graph.Scalar(limit), graph.Scalar(step * 0.5f)]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Gather_takes_entries_of_an_axis(int axis)
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Floats(new Shape(2, 3), Six);
        OnnxFolded.AssertSame(graph, graph.Node("Gather", [value, graph.Integers(new Shape(2, 2), [0, -1, 1, -2])], ("axis", axis)));
        OnnxFolded.AssertSame(graph, graph.Node("Gather", [value, graph.Integers(new Shape(), [1])], ("axis", axis)));
        OnnxFolded.AssertSame(graph, graph.Node("Gather", [value, graph.Vector()], ("axis", axis)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-3)]
    public void Concat_joins_and_split_parts(int axis)
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Floats(new Shape(2, 2, 3), [.. Six, .. Six.Select(x => x * 2)]);
        string joined = graph.Node("Concat", [value, value, value], ("axis", axis));
        OnnxFolded.AssertSame(graph, joined);
        foreach (string part in SplitInto(graph, "Split", [joined, graph.Vector(1, 5, 0)], 3, ("axis", axis)))
        {
            OnnxFolded.AssertSame(graph, part);
        }

        foreach (string part in SplitInto(graph, "Split", [joined], 3, ("axis", axis)))
        {
            OnnxFolded.AssertSame(graph, part);
        }
    }

    [Fact]
    public void Splits_of_new_and_old_operator_sets()
    {
        OnnxGraphBuilder recent = new(18);
        string[] parts = SplitInto(recent, "Split", [recent.Floats(new Shape(5), Six[..5])], 3, ("num_outputs", 3));
        Assert.Equal([2, 2, 1], parts.Select(part => OnnxFolded.Value(recent, part)!.Count));
        OnnxFolded.AssertSame(recent, parts[1]);
        OnnxGraphBuilder old = new(11);
        OnnxFolded.AssertSame(old, SplitInto(old, "Split", [old.Floats(new Shape(5), Six[..5])], 2, ("split", new long[] { 4, 1 }))[1]);
    }

    [Fact]
    public void Attributes_of_old_operator_sets()
    {
        OnnxGraphBuilder graph = new(9);
        string value = graph.Floats(new Shape(2, 1, 3), Six);
        OnnxFolded.AssertSame(graph, graph.Node("Squeeze", [value], ("axes", new long[] { 1 })));
        OnnxFolded.AssertSame(graph, graph.Node("Unsqueeze", [value], ("axes", new long[] { 0, 4 })));
        OnnxFolded.AssertSame(
            graph,
            graph.Node("Slice", [value], ("starts", new long[] { 1, -2 }), ("ends", new long[] { 9, 3 }), ("axes", new long[] { 0, 2 })));
        OnnxFolded.AssertSame(graph, graph.Node("Clip", [value], ("min", -1f), ("max", 2f)));
        OnnxFolded.AssertSame(graph, graph.Node("ReduceSum", [value], ("axes", new long[] { 2 }), ("keepdims", 0)));
    }

    [Fact]
    public void Views()
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Floats(new Shape(2, 1, 3), Six);
        OnnxFolded.AssertSame(graph, graph.Node("Squeeze", [value]));
        OnnxFolded.AssertSame(graph, graph.Node("Squeeze", [value, graph.Vector(-2)]));
        OnnxFolded.AssertSame(graph, graph.Node("Unsqueeze", [value, graph.Vector(-1, 1)]));
        OnnxFolded.AssertSame(graph, graph.Node("Reshape", [value, graph.Vector(0, -1)]));
        OnnxFolded.AssertSame(graph, graph.Node("Reshape", [value, graph.Vector(3, 0, 2)]));
        OnnxFolded.AssertSame(graph, graph.Node("Reshape", [graph.Floats(new Shape(0, 3), []), graph.Vector(3, 0)], ("allowzero", 1)));
        OnnxFolded.AssertSame(graph, graph.Node("Flatten", [value], ("axis", 0)));
        OnnxFolded.AssertSame(graph, graph.Node("Flatten", [value], ("axis", -1)));
        OnnxFolded.AssertSame(graph, graph.Node("Flatten", [value], ("axis", 3)));
        OnnxFolded.AssertSame(graph, graph.Node("Shape", [value], ("start", -2), ("end", 9)));
        OnnxFolded.AssertSame(graph, graph.Node("Shape", [value], ("start", 2), ("end", 1)));
    }

    [Fact]
    public void Repetitions()
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Floats(new Shape(2, 1, 3), Six);
        OnnxFolded.AssertSame(graph, graph.Node("Expand", [value, graph.Vector(4, 1)]));
        OnnxFolded.AssertSame(graph, graph.Node("Expand", [value, graph.Vector(2, 2, 1, 3)]));
        OnnxFolded.AssertSame(graph, graph.Node("Tile", [value, graph.Vector(2, 3, 2)]));
        OnnxFolded.AssertSame(graph, graph.Node("Tile", [value, graph.Vector(2, 0, 2)]));
    }

    [Theory]
    [InlineData("ReduceSum", true)]
    [InlineData("ReduceMean", false)]
    [InlineData("ReduceProd", false)]
    [InlineData("ReduceMin", false)]
    [InlineData("ReduceMax", false)]
    public void Reductions(string type, bool isByInput)
    {
        OnnxGraphBuilder graph = new(13);
        string value = graph.Floats(new Shape(1, 2, 3), Six);
        string whole = graph.Integers(new Shape(2, 2), [1, -4, 6, 3], OnnxElementType.Int32);
        foreach (int keeps in (int[])[0, 1])
        {
            foreach (long[] axes in (long[][])[[1], [-1, 0], [0, 1, 2]])
            {
                OnnxFolded.AssertSame(
                    graph,
                    graph.Node(
                        type,
                        [value, isByInput ? graph.Vector(axes) : null],
                        ("axes", isByInput ? null : axes),
                        ("keepdims", keeps)),
                    1e-6f);
            }

            OnnxFolded.AssertSame(graph, graph.Node(type, [value], ("keepdims", keeps)), 1e-6f);
            OnnxFolded.AssertSame(graph, graph.Node(type, [whole], ("keepdims", keeps)));
        }
    }

    [Fact]
    public void A_reduction_over_no_axes_can_leave_the_tensor()
    {
        OnnxGraphBuilder graph = new(18);
        string value = graph.Floats(new Shape(2, 3), Six);
        OnnxFolded.AssertSame(graph, graph.Node("ReduceMax", [value, graph.Vector()], ("noop_with_empty_axes", 1)));
        OnnxFolded.AssertSame(graph, graph.Node("ReduceMax", [value, graph.Vector(1)], ("noop_with_empty_axes", 1)));
    }

    [Theory]
    [InlineData(0.0, 2.0)]
    [InlineData(2.0, 0.0)]
    [InlineData(null, 2.0)]
    [InlineData(0.0, null)]
    public void Clip_by_inputs(double? least, double? greatest)
    {
        OnnxGraphBuilder graph = new();
        OnnxFolded.AssertSame(
            graph,
            graph.Node(
                "Clip",
                [
                    graph.Floats(new Shape(6), Six),
                    least is { } min ? graph.Scalar((float)min) : null,
                    greatest is { } max ? graph.Scalar((float)max) : null,
                ]));
        OnnxFolded.AssertSame(
            graph,
            graph.Node(
                "Clip",
                [
                    graph.Vector(-3, 1, 5),
                    least is { } low ? graph.Integers(new Shape(), [(long)low]) : null,
                    greatest is { } high ? graph.Integers(new Shape(), [(long)high]) : null,
                ]));
    }

    [Fact]
    public void Products_of_matrices_and_vectors()
    {
        OnnxGraphBuilder graph = new();
        string matrix = graph.Floats(new Shape(2, 3), Six);
        string batch = graph.Floats(new Shape(2, 1, 3, 2), [.. Six, .. Six.Select(x => x + 1)]);
        string row = graph.Floats(new Shape(3), [1, -2, 4]);
        foreach (
            (string left, string right) in ((string, string)[])
                [
                    (matrix, batch),
                    (batch, matrix),
                    (row, batch),
                    (matrix, row),
                    (row, row),
                    (batch, graph.Floats(new Shape(5, 2, 1), [.. Six, .. Six[..4]])),
                ])
        {
            OnnxFolded.AssertSame(graph, graph.Node("MatMul", [left, right]), 1e-6f);
        }
    }

    [Fact]
    public void Stored_scales()
    {
        OnnxGraphBuilder graph = new();
        string weights = graph.Integers(new Shape(2, 3), [-128, 0, 127, 5, -7, 1], OnnxElementType.Int8);
        string zero = graph.Integers(new Shape(), [3], OnnxElementType.Int8);
        OnnxFolded.AssertSame(graph, graph.Node("DequantizeLinear", [weights, graph.Scalar(0.5f), zero]));
        OnnxFolded.AssertSame(graph, graph.Node("DequantizeLinear", [weights, graph.Scalar(0.5f)]));
        OnnxFolded.AssertSame(
            graph,
            graph.Node(
                "DequantizeLinear",
                [weights, graph.Floats(new Shape(3), [1, 2, 0.5f]), graph.Integers(new Shape(3), [1, 0, -1], OnnxElementType.Int8)]));
        OnnxFolded.AssertSame(graph, graph.Node("DequantizeLinear", [weights, graph.Floats(new Shape(2), [1, 0.5f])], ("axis", 0)));
    }

    private static string[] SplitInto(
        OnnxGraphBuilder graph,
        string type,
        string[] inputs,
        int count,
        params (string Name, object? Value)[] attributes)
    {
        string[] outputs = [.. Enumerable.Range(0, count).Select(i => $"part_{graph.Graph.Node.Count}_{i}")];
        NodeProto node = OnnxGraphBuilder.MakeNode(type, inputs, outputs, attributes);
        graph.Graph.Node.Add(node);
        return outputs;
    }
}
