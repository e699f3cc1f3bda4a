using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Folding;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using CsCheck;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Tests.Formats.Onnx.Folding;

/// <summary>Whatever a file holds, operators on constants and reshapes give a value or an error that says what is wrong.</summary>
public sealed class OnnxFoldingDamageTests
{
    private static readonly string[] OnConstants = [.. typeof(OnnxFolder).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(OnnxFolder)))
        .SelectMany(type => ((OnnxFolder)Activator.CreateInstance(type)!).OpTypes)
        .Order(StringComparer.Ordinal)];

    private static readonly string[] OnSamples =
    [
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "Expand",
        "Tile",
        "Shape",
        "Size",
    ];

    private static readonly Gen<long> Numbers = Gen.OneOf(
        Gen.Long[-3, 5],
        Gen.Long[-3, 5],
        Gen.Long[-3, 5],
        Gen.Const(long.MaxValue),
        Gen.Const(long.MinValue),
        Gen.Const((long)int.MaxValue),
        Gen.Const(OnnxConstant.Batch));

    private static readonly Gen<(int[] Shape, bool IsFloat)> Inputs = Gen.Select(Gen.Int[0, 3].Array[0, 4], Gen.Bool);

    private static readonly string[] Attributes =
    [
        "axis",
        "axes",
        "perm",
        "keepdims",
        "split",
        "num_outputs",
        "starts",
        "ends",
        "to",
        "fmod",
        "allowzero",
        "start",
        "end",
        "noop_with_empty_axes",
        "value_ints",
        "min",
    ];

    [Fact]
    public void Any_operator_with_any_constants() =>
        Gen.Select(
                Gen.Int[0, OnConstants.Length - 1].Select(i => OnConstants[i]),
                Inputs.Array[0, 4],
                Numbers.Array[8],
                Gen.Select(Gen.Int[0, Attributes.Length - 1].Select(i => Attributes[i]), Numbers.Array[0, 4]).Array[0, 3],
                Gen.Int[1, 3])
            .Sample(
                (type, inputs, numbers, attributes, outputs) =>
                {
                    OnnxGraphBuilder graph = new();
                    AddNode(
                        graph,
                        type,
                        [.. inputs.Select(input => Store(graph, input.Shape, input.IsFloat, numbers))],
                        attributes,
                        outputs);
                    try
                    {
                        OnnxConstant? value = OnnxFolded.Value(graph, "out_0");
                        Assert.True(value is null || value.Shape.Size == value.Count);
                    }
                    catch (QuantException error)
                    {
                        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
                    }
                },
                iter: 20_000);

    [Fact]
    public void Any_reshape_of_samples_with_any_target() =>
        Gen.Select(
                Gen.Int[0, OnSamples.Length - 1].Select(i => OnSamples[i]),
                Gen.Int[1, 4].Array[1, 4],
                Numbers.Array[0, 5],
                Gen.Select(Gen.Int[0, Attributes.Length - 1].Select(i => Attributes[i]), Numbers.Array[0, 4]).Array[0, 3],
                Gen.Int[0, 3])
            .Sample(
                (type, sample, numbers, attributes, batch) =>
                {
                    OnnxGraphBuilder graph = new();
                    string x = graph.Input(new Shape(sample), batch: batch == 0 ? null : batch);
                    AddNode(graph, type, [x, graph.Vector(numbers)], attributes, 1);
                    graph.Output("out_0");
                    try
                    {
                        Assert.Equal(new Shape(sample).Size, OnnxReader.Read("damaged.onnx", graph.ToBytes()).Plan.Output.Shape.Size);
                    }
                    catch (QuantException error)
                    {
                        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
                    }
                },
                iter: 20_000);

    [Fact]
    public void A_small_file_cannot_ask_for_much()
    {
        OnnxGraphBuilder graph = new();
        Assert.Equal("OnnxConstantTooLarge", OnnxFolded.Error(graph, graph.Node("ConstantOfShape", [graph.Vector(1 << 24, 2)])).Id);
        Assert.Equal(
            "OnnxConstantTooLarge",
            OnnxFolded.Error(graph, graph.Node("Expand", [graph.Vector(1), graph.Vector(int.MaxValue, int.MaxValue, int.MaxValue)])).Id);
        Assert.Equal("OnnxConstantTooLarge", OnnxFolded.Error(graph, graph.Node("Tile", [graph.Vector(1), graph.Vector(1 << 30)])).Id);
        Assert.Equal(
            "OnnxConstantTooLarge",
            OnnxFolded.Error(graph, graph.Node("Range", [graph.Scalar(0), graph.Scalar(1e30f), graph.Scalar(1)])).Id);
        OnnxFolding folding = new();
        OnnxNode node = new(OnnxFile.Parse("small.onnx", graph.Output("x").ToBytes()), new NodeProto { OpType = "Add" });
        for (int i = 0; i < 8; i++)
        {
            folding.Take(node, OnnxFolding.MostElements);
        }

        Assert.Equal("OnnxConstantTooLarge", Assert.Throws<QuantException>(() => folding.Take(node, 1)).Id);
    }

    [Theory]
    [InlineData("Div", 0L)]
    [InlineData("Mod", 0L)]
    [InlineData("Mul", long.MaxValue)]
    [InlineData("Add", long.MaxValue)]
    public void Integers_that_do_not_divide_or_fit_are_an_error(string type, long right)
    {
        OnnxGraphBuilder graph = new();
        Assert.Equal(
            "OnnxConstantInvalid",
            OnnxFolded.Error(graph, graph.Node(type, [graph.Vector(long.MaxValue - 5), graph.Vector(right)])).Id);
    }

    [Fact]
    public void Samples_of_more_values_than_fit_are_an_error()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Flatten", [graph.Input(new Shape(70_000, 70_000))]));
        Assert.Equal("OnnxTensorTooLarge", Assert.Throws<QuantException>(() => OnnxReader.Read("large.onnx", graph.ToBytes())).Id);
    }

    private static string Store(OnnxGraphBuilder graph, int[] dimensions, bool isFloat, long[] numbers)
    {
        Shape shape = new(dimensions);
        long[] values = [.. Enumerable.Range(0, shape.Size).Select(i => numbers[i % numbers.Length])];
        return isFloat ? graph.Floats(shape, Array.ConvertAll(values, value => (float)value)) : graph.Integers(shape, values);
    }

    private static void AddNode(
        OnnxGraphBuilder graph,
        string type,
        string[] inputs,
        (string Name, long[] Values)[] attributes,
        int outputs)
    {
        NodeProto node = OnnxGraphBuilder.MakeNode(type, inputs, Enumerable.Range(0, outputs).Select(i => $"out_{i}"));
        node.Attribute.AddRange(attributes.DistinctBy(attribute => attribute.Name).Select(attribute =>
        {
            AttributeProto made = new() { Name = attribute.Name, I = attribute.Values.FirstOrDefault() };
            made.Ints.AddRange(attribute.Values);
            made.Type = Kind.Undefined;
            return made;
        }));
        graph.Graph.Node.Add(node);
    }
}
