using AkidaQuant.Formats.Onnx.Graph;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Onnx.Folding;

/// <summary>Properties of operators on constants, for any shapes.</summary>
public sealed class OnnxFoldingPropertyTests
{
    private static readonly Gen<int[]> Shapes = Gen.Int[1, 4].Array[1, 4];

    [Fact]
    public void A_transposition_and_its_inverse_leave_the_tensor() =>
        Gen.Select(Shapes, Gen.Int)
            .Sample(
                (dimensions, seed) =>
                {
                    int[] order = [.. Enumerable.Range(0, dimensions.Length)];
                    new Random(seed).Shuffle(order);
                    OnnxGraphBuilder graph = new();
                    (string value, float[] values) = Counted(graph, dimensions);
                    string turned = graph.Node("Transpose", [value], ("perm", order));
                    Assert.Equal(order.Select(axis => dimensions[axis]), OnnxFolded.Value(graph, turned)!.Shape);
                    OnnxConstant back = OnnxFolded.Value(
                        graph,
                        graph.Node("Transpose", [turned], ("perm", order.Select((_, axis) => Array.IndexOf(order, axis)).ToArray()))
                    )!;
                    Assert.Equal(new Shape(dimensions), back.Shape);
                    Assert.Equal(values, back.Floats);
                });

    [Fact]
    public void A_reshape_keeps_the_values_and_comes_back() =>
        Shapes.Sample(dimensions =>
        {
            OnnxGraphBuilder graph = new();
            (string value, float[] values) = Counted(graph, dimensions);
            string row = graph.Node("Reshape", [value, graph.Vector(-1)]);
            Assert.Equal(values, OnnxFolded.Value(graph, row)!.Floats);
            Assert.Equal(
                new Shape(dimensions),
                OnnxFolded.Value(graph, graph.Node("Reshape", [row, graph.Vector([.. dimensions.Select(d => (long)d)])]))!.Shape);
        });

    [Fact]
    public void A_slice_takes_what_a_walk_along_the_axis_meets() =>
        Gen.Select(
                Gen.Int[0, 6],
                Gen.Long[-9, 9],
                Gen.OneOf(Gen.Long[-9, 9], Gen.Const(long.MaxValue), Gen.Const(long.MinValue), Gen.Const(-long.MaxValue)),
                Gen.OneOf(Gen.Long[1, 4], Gen.Long[-4, -1], Gen.Const(long.MaxValue), Gen.Const(long.MinValue)))
            .Sample(
                (size, start, end, step) =>
                {
                    OnnxGraphBuilder graph = new();
                    string value = graph.Integers(new Shape(2, size), [.. Enumerable.Range(0, 2 * size).Select(i => (long)i)]);
                    OnnxConstant slice = OnnxFolded.Value(
                        graph,
                        graph.Node("Slice", [value, graph.Vector(start), graph.Vector(end), graph.Vector(1), graph.Vector(step)])
                    )!;
                    List<long> expected = [.. Walk(size, start, end, step)];
                    Assert.Equal(new Shape(2, expected.Count), slice.Shape);
                    Assert.Equal([.. expected, .. expected.Select(index => index + size)], slice.Integers!);
                });

    [Fact]
    public void Concat_undoes_split() =>
        Gen.Select(Shapes, Gen.Int[0, 3], Gen.Int[0, 4])
            .Sample(
                (dimensions, chosen, cut) =>
                {
                    int axis = chosen % dimensions.Length;
                    long first = Math.Min(cut, dimensions[axis]);
                    OnnxGraphBuilder graph = new();
                    (string value, float[] values) = Counted(graph, dimensions);
                    graph.Graph.Node.Add(
                        OnnxGraphBuilder.MakeNode(
                            "Split",
                            [value, graph.Vector(first, dimensions[axis] - first)],
                            ["a", "b"],
                            ("axis", axis)));
                    OnnxConstant joined = OnnxFolded.Value(graph, graph.Node("Concat", ["a", "b"], ("axis", axis)))!;
                    Assert.Equal(new Shape(dimensions), joined.Shape);
                    Assert.Equal(values, joined.Floats);
                });

    [Fact]
    public void Broadcasting_is_symmetric() => Gen.Select(Shapes, Gen.Int).Sample((dimensions, seed) =>
    {
        Random random = new(seed);
        int[] other = [.. dimensions.Skip(random.Next(dimensions.Length)).Select(dimension => random.Next(2) == 0 ? 1 : dimension)];
        OnnxGraphBuilder graph = new();
        (string left, _) = Counted(graph, dimensions);
        (string right, float[] values) = Counted(graph, other);
        OnnxConstant sum = OnnxFolded.Value(graph, graph.Node("Add", [left, right]))!;
        Assert.Equal(new Shape(dimensions), sum.Shape);
        Assert.Equal(sum.Floats, OnnxFolded.Value(graph, graph.Node("Add", [right, left]))!.Floats);
        string none = graph.Node("Sub", [left, left]);
        OnnxConstant repeated = OnnxFolded.Value(graph, graph.Node("Expand", [right, graph.Node("Shape", [left])]))!;
        Assert.Equal(repeated.Floats, OnnxFolded.Value(graph, graph.Node("Add", [none, right]))!.Floats);
        Assert.Equal(values.Distinct().Order(), repeated.Floats.Distinct().Order());
    });

    /// <summary>What Python's slices take, index by index.</summary>
    private static IEnumerable<long> Walk(int size, long start, long end, long step)
    {
        Int128 from = start < 0 ? (Int128)start + size : start;
        Int128 to = end < 0 ? (Int128)end + size : end;
        from = step > 0 ? Int128.Max(from, 0) : Int128.Min(Int128.Max(from, -1), size - 1);
        to = step > 0 ? Int128.Min(to, size) : Int128.Max(to, -1);
        for (Int128 index = from; step > 0 ? index < to : index > to; index += step)
        {
            yield return (long)index;
        }
    }

    private static (string Name, float[] Values) Counted(OnnxGraphBuilder graph, int[] dimensions)
    {
        Shape shape = new(dimensions);
        float[] values = [.. Enumerable.Range(0, shape.Size).Select(i => (float)i)];
        return (graph.Floats(shape, values), values);
    }
}
