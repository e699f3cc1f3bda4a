using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>Parts of tensors: Split, Slice and Gather by constants, shuffles of channels, and blocks of cells as channels.</summary>
public sealed class OnnxSelectionTests(ITestOutputHelper output)
{
    [Fact]
    public void Splits_of_any_axis() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(11, 13, 18);
        string x = Before(test);
        Shape shape = test.ShapeOf(x);
        int axis = test.OneIn(2) ? 0 : test.Random.Next(shape.Rank);
        int[] parts = Parts(test, shape[axis]);
        string[] made = Split(test, x, axis + 1, parts);
        return test.OneIn(3) ? made[^1]
            : test.Node("Concat", [.. made.Reverse().Select(part => test.OneIn(2) ? part : test.Node("Relu", [part]))], ("axis", axis + 1));
    });

    [Fact]
    public void Slices_of_any_axis() => OnnxCases.Check(output, 1, test =>
    {
        test.Graph.Opset = test.Pick(9, 11, 18);
        string x = Before(test);
        Shape shape = test.ShapeOf(x);
        int axis = test.Random.Next(shape.Rank);
        bool isBack = test.Graph.Opset > 9 && test.OneIn(4);
        int step = isBack || test.Graph.Opset == 9 ? isBack ? -1 : 1 : test.Between(1, 3);
        int first = test.Random.Next(shape[axis]);
        int end = isBack ? -shape[axis] - 1 : test.Pick(shape[axis], int.MaxValue, test.Between(first + 1, shape[axis]));
        first = isBack && test.OneIn(2) ? -1 : first;
        string y = test.Graph.Opset == 9
            ? test.Node("Slice", [x], ("starts", new[] { first }), ("ends", new[] { end }), ("axes", new[] { axis + 1 }))
            : test.Node("Slice", [x, test.Integers(first), test.Integers(end), test.Integers(axis + 1), test.Integers(step)]);
        return Behind(test, y);
    });

    [Fact]
    public void Gathered_channels_rows_and_columns() => OnnxCases.Check(output, 1, test =>
    {
        string x = Before(test);
        Shape shape = test.ShapeOf(x);
        int axis = test.OneIn(2) ? 0 : test.Random.Next(shape.Rank);
        long[] indices = axis == 0
            ? [.. Enumerable.Range(0, test.Between(1, 5)).Select(_ => (long)test.Between(-shape[0], shape[0] - 1))]
            : [test.Between(-shape[axis], shape[axis] - 1)];
        bool isOne = shape.Rank > 1 && indices.Length == 1 && test.OneIn(2);
        return Behind(
            test,
            test.Node(
                "Gather",
                [x, isOne ? test.Graph.Integers(new Shape(), indices) : test.Integers(indices)],
                ("axis", test.OneIn(2) ? axis + 1 : axis - shape.Rank)));
    });

    [Fact]
    public void Channels_shuffled_between_groups() => OnnxCases.Check(output, 1, test =>
    {
        (int groups, int each) = (test.Between(2, 3), test.Between(2, 3));
        int channels = groups * each;
        string x = test.Image(test.Between(1, 3), test.Between(1, 4), test.Between(1, 4));
        x = Kernel(test, x, channels, test.Pick(1, 3));
        x = test.OneIn(2) ? x : test.Node("Relu", [x]);
        string y = Shuffle(test, x, groups, each);
        return test.Random.Next(4) switch
        {
            0 => y,
            1 => Kernel(test, y, 3, test.Pick(1, 3)),
            2 => test.Node("Add", [x, y]),
            _ => test.Node("Conv", [y, test.Weights(channels, 1, 3, 3)], ("group", channels), ("pads", new[] { 1, 1, 1, 1 })),
        };
    });

    /// <summary>As networks do that shuffle what they joined, and divide it again.</summary>
    [Fact]
    public void Joined_shuffled_and_divided() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Image(4, test.Between(2, 4), test.Between(2, 4));
        for (int i = 0; i < 2; i++)
        {
            string[] halves = Split(test, x, 1, [2, 2]);
            string branch = test.Node("Relu", [Kernel(test, halves[1], 2, 1)]);
            x = Shuffle(test, test.Node("Concat", [halves[0], branch], ("axis", 1)), 2, 2);
        }

        return Kernel(test, x, 3, 1);
    });

    /// <summary>
    /// As small detectors write it, for one sample: its channels take the place of the batch until one half of them is taken.
    /// </summary>
    [Fact]
    public void Halves_of_one_sample_that_loses_its_batch() => OnnxCases.Check(output, 1, test =>
    {
        (int height, int width) = (test.Between(1, 4), test.Between(2, 4));
        string x = test.Image(test.Pick(2, 6), height, width);
        test.Graph.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new() { DimValue = 1 };
        for (int i = test.Between(1, 2); i > 0; i--)
        {
            x = Kernel(test, x, 4, 1);
            string apart = test.Node("Reshape", [x, test.Integers(2, 2, height * width)]);
            apart = test.Node("Transpose", [apart], ("perm", new[] { 1, 0, 2 }));
            apart = test.Node("Reshape", [apart, test.Integers(2, -1, 2, height, width)]);
            string[] halves = [.. new long[] { 0, 1 }.Select(half =>
                test.Node("Gather", [apart, test.Graph.Integers(new Shape(), [half])], ("axis", 0)))];
            x = test.Node("Concat", [halves[0], test.Node("Relu", [Kernel(test, halves[1], 3, 3)])], ("axis", 1));
        }

        return test.OneIn(2) ? x : Kernel(test, x, 2, 1);
    });

    [Fact]
    public void Cells_of_blocks_joined_as_channels() => OnnxCases.Check(output, 1, test =>
    {
        string x = test.Behind(test.Image(test.Between(1, 3), 2 * test.Between(1, 4), 2 * test.Between(1, 4)));
        (int Row, int Column)[] starts = [(0, 0), (1, 0), (0, 1), (1, 1)];
        string[] parts = Array.ConvertAll(starts, start => Every(test, Every(test, x, 2, start.Row), 3, start.Column));
        return Kernel(test, test.Node("Concat", parts, ("axis", 1)), 4, 3);

        static string Every(OnnxCase test, string x, int axis, int start) => test.Node(
            "Slice", [x, test.Integers(start), test.Integers(int.MaxValue), test.Integers(axis), test.Integers(2)]);
    });

    [Fact]
    public void Blocks_of_cells_and_channels() => OnnxCases.Check(output, 1, test =>
    {
        int block = test.Between(1, 3);
        bool isDeeper = test.OneIn(2);
        int channels = test.Between(1, 3);
        string x = test.Behind(isDeeper
            ? test.Image(channels, block * test.Between(1, 3), block * test.Between(1, 3))
            : test.Image(channels * block * block, test.Between(1, 4), test.Between(1, 4)));
        return isDeeper
            ? test.Node("SpaceToDepth", [x], ("blocksize", block))
            : test.Node("DepthToSpace", [x], ("blocksize", block), ("mode", test.Pick<string?>(null, "DCR", "CRD")));
    });

    /// <summary>A kernel is divided where only parts of what it gives are taken: no layer selects.</summary>
    [Fact]
    public void A_kernel_before_a_split_is_divided()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Node("Relu", [Conv(graph, graph.Input(new Shape(3, 4, 4)), 3, 4)]);
        string[] parts = Split(graph, x, 1, [1, 3]);
        graph.Output(graph.Node("Concat", [parts[1], Conv(graph, parts[0], 1, 2)], ("axis", 1)));
        OnnxComparison.AssertSame(graph, new Shape(3, 4, 4));
        Assert.Equal(
            [1, 2, 3],
            OnnxReader.Read("n.onnx", graph.ToBytes()).GraphLayers.OfType<Conv2D>().Select(layer => layer.Filters).Order());
    }

    /// <summary>Channels in another order are kernels in another order.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shuffle_becomes_the_order_of_a_kernel(bool isBefore)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(4, 3, 3));
        x = isBefore ? Conv(graph, x, 4, 4) : x;
        x = graph.Node("Reshape", [x, graph.Vector(-1, 2, 2, 3, 3)]);
        x = graph.Node("Reshape", [graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 1, 3, 4 })), graph.Vector(-1, 4, 3, 3)]);
        graph.Output(isBefore ? graph.Node("Relu", [x]) : Conv(graph, x, 4, 2));
        OnnxComparison.AssertSame(graph, new Shape(4, 3, 3));
        Assert.Equal(
            isBefore ? ["InputLayer", "Conv2D", "ReLU"] : ["InputLayer", "Conv2D"],
            OnnxReader.Read("n.onnx", graph.ToBytes()).GraphLayers.Select(layer => layer.ClassName));
    }

    [Theory]
    [InlineData("Split", "OnnxBatchMoved")]
    [InlineData("Slice", "OnnxBatchMoved")]
    [InlineData("Gather", "OnnxBatchMoved")]
    [InlineData("GatherRows", "OnnxSelection")]
    [InlineData("SliceNothing", "OnnxSelection")]
    public void What_cannot_be_is_an_error(string kind, string id)
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 4, 4));
        graph.Output(kind switch
        {
            "Split" => Split(graph, x, 0, [1, 1])[0],
            "Slice" => graph.Node("Slice", [x, graph.Vector(1), graph.Vector(2), graph.Vector(0)]),
            "Gather" => graph.Node("Gather", [x, graph.Vector(0)], ("axis", 0)),
            "GatherRows" => graph.Node("Gather", [x, graph.Vector(0, 1, 3)], ("axis", 2)),
            _ => graph.Node("Slice", [x, graph.Vector(2), graph.Vector(2), graph.Vector(2)]),
        });
        Assert.Equal(id, Assert.Throws<QuantException>(() => OnnxReader.Read("n.onnx", graph.ToBytes())).Id);
    }

    /// <summary>The nodes of a Split, which gives several tensors.</summary>
    internal static string[] Split(OnnxGraphBuilder graph, string x, int axis, int[] parts)
    {
        string name = $"split_{graph.Graph.Node.Count}";
        string[] outputs = [.. parts.Select((_, i) => $"{name}_{i}")];
        bool hasInput = graph.Opset >= 13;
        string? sizes = hasInput ? graph.Vector([.. parts.Select(part => (long)part)]) : null;
        graph.Graph.Node.Add(OnnxGraphBuilder.MakeNode("Split", [x, sizes], outputs, ("axis", axis), ("split", hasInput ? null : parts)));
        return outputs;
    }

    private static string[] Split(OnnxCase test, string x, int axis, int[] parts) => Split(test.Graph, x, axis, parts);

    private static string Shuffle(OnnxCase test, string x, int groups, int each)
    {
        Shape shape = test.ShapeOf(x);
        string grouped = test.Node("Reshape", [x, test.Integers(-1, groups, each, shape[1], shape[2])]);
        string turned = test.Node("Transpose", [grouped], ("perm", new[] { 0, 2, 1, 3, 4 }));
        return test.Node("Reshape", [turned, test.Integers(-1, groups * each, shape[1], shape[2])]);
    }

    /// <summary>An image, a line or a row, from the input or a kernel, rectified or not.</summary>
    private static string Before(OnnxCase test)
    {
        if (test.OneIn(4))
        {
            string row = test.Row(test.Between(2, 8));
            row = test.OneIn(2) ? row : test.Node("Gemm", [row, test.Weights(6, test.Sample.Size), test.Weights(6)], ("transB", 1));
            return test.Behind(row);
        }

        string x = test.Image(test.Between(2, 6), test.Between(2, 9), test.Between(2, 9));
        x = test.OneIn(2) ? x : Kernel(test, x, test.Between(2, 6), test.Pick(1, 3));
        return test.Random.Next(4) switch
        {
            0 => test.Node("Relu", [x]),
            1 => test.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }), ("pads", new[] { 0, 0, 1, 1 })),
            2 => test.Node("Concat", [x, test.Node("Neg", [x])], ("axis", 1)),
            _ => x,
        };
    }

    private static string Behind(OnnxCase test, string x) =>
        test.OneIn(2) && test.ShapeOf(x).Rank == 3 ? Kernel(test, x, 3, 1) : x;

    private static string Kernel(OnnxCase test, string x, int filters, int size) => test.Node(
        "Conv",
        [x, test.Weights(filters, test.ShapeOf(x)[0], size, size), test.OneIn(2) ? null : test.Weights(filters)],
        ("pads", new[] { size / 2, size / 2, size / 2, size / 2 }));

    private static string Conv(OnnxGraphBuilder graph, string x, int channels, int filters) =>
        graph.Node("Conv", [x, graph.Floats(new Shape(filters, channels, 1, 1), OnnxComparison.Random(new Random(5), filters * channels))]);

    private static int[] Parts(OnnxCase test, int size)
    {
        List<int> parts = [];
        while (size > 0)
        {
            parts.Add(test.Between(1, size));
            size -= parts[^1];
        }

        return [.. parts];
    }
}
