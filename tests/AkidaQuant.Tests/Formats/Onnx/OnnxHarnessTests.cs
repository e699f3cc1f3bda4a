using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>What the other tests of ONNX files stand on.</summary>
public sealed class OnnxHarnessTests
{
    private static readonly Shape Sample = new(3, 4, 5);

    [Fact]
    public void The_oracle_gives_images_channels_first_and_they_are_compared_channels_last()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Relu", [graph.Input(Sample)]));
        OnnxComparison.AssertSame(graph, Sample);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_fixed_batch_is_run_as_often_as_samples_need(int? batch)
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Relu", [graph.Input(Sample, batch: batch)]));
        OnnxComparison.AssertSame(graph, Sample, count: 4);
        using OnnxOracle oracle = OnnxOracle.Open(graph.ToBytes());
        Assert.Equal(Sample.Prepend(4), oracle.Run(new float[4 * Sample.Size]).Shape);
    }

    [Fact]
    public void A_difference_is_found()
    {
        Assert.Equal(0, OnnxComparison.LargestDifference([1, float.NaN, 0], [1, float.NaN, 0]));
        Assert.Equal(0.25f, OnnxComparison.LargestDifference([-4, 1], [-4, 2]));
        Assert.Equal(float.PositiveInfinity, OnnxComparison.LargestDifference([float.NaN, 1], [0, 1]));
        Assert.Equal(float.PositiveInfinity, OnnxComparison.LargestDifference([0, 1], [float.NaN, 1]));
        Assert.Equal(float.PositiveInfinity, OnnxComparison.LargestDifference([0, 1], [0]));
        Assert.Equal(float.PositiveInfinity, OnnxComparison.LargestDifference([float.PositiveInfinity, 1], [float.MaxValue, 1]));
        Assert.Equal(
            [1, 3, 5, 2, 4, 6],
            OnnxComparison.AsOurs(new OracleOutput(new Shape(1, 3, 1, 2), [1, 2, 3, 4, 5, 6]), new Shape(1, 2, 3)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(10, 0)]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    [InlineData(11, 1)]
    [InlineData(16, 0)]
    [InlineData(16, 1)]
    [InlineData(6, 1)]
    [InlineData(3, 1)]
    [InlineData(7, 0)]
    [InlineData(12, 1)]
    public void Stored_tensors_are_written_as_they_are_read(int type, int storage)
    {
        var element = (OnnxElementType)type;
        float[] values = [0, 1, 2.5f, 64];
        Array written = element.IsFloat() ? values : Array.ConvertAll(values, value => (long)value);
        OnnxGraphBuilder graph = new();
        graph.Input(Sample);
        string stored = graph.Stored(OnnxTensors.Make("w", new Shape(2, 2), written, element, (TensorStorage)storage));
        graph.Output(graph.Node("Relu", ["image"]));
        OnnxConstant read = new OnnxGraph(OnnxFile.Parse("w.onnx", graph.ToBytes())).Constant(stored)!;
        Assert.Equal(new Shape(2, 2), read.Shape);
        Assert.Equal(element.IsFloat() ? values : [0, 1, 2, 64], read.Floats);
    }

    [Fact]
    public void Functions_and_attributes_of_all_kinds_run_in_the_oracle()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(Sample);
        graph.Function("local:Twice", ["a"], ["b"], [], OnnxGraphBuilder.MakeNode("Add", ["a", "a"], ["b"]));
        string scaled = graph.Node(
            "Mul",
            [
                graph.Node("local:Twice", [x]),
                graph.Constant(OnnxTensors.Make(string.Empty, new Shape(), new float[] { 3 }, OnnxElementType.Float)),
            ]);
        string padded = graph.Node(
            "MaxPool",
            [scaled],
            ("kernel_shape", new long[] { 1, 1 }),
            ("auto_pad", "VALID"),
            ("ceil_mode", false),
            ("strides", null));
        graph.Output(graph.Node("LeakyRelu", [padded], ("alpha", 0.5f)));
        using OnnxOracle oracle = OnnxOracle.Open(graph.ToBytes());
        float[] samples = OnnxComparison.Random(new Random(1), Sample.Size);
        Assert.Equal(
            Array.ConvertAll(samples, value => 6 * value * (value < 0 ? 0.5f : 1)),
            oracle.Run(samples).Values,
            (expected, actual) => MathF.Abs(expected - actual) < 1e-6f);
        Assert.Contains("LeakyRelu", graph.ToString(), StringComparison.Ordinal);
    }
}
