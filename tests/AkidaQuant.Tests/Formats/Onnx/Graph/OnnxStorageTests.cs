using AkidaQuant.Formats;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>The same network from every storage and type of weights.</summary>
public sealed class OnnxStorageTests : TemporaryFolder
{
    private static readonly Shape Sample = new(2, 5, 4);

    private static readonly Shape Kernel = new(3, 2, 3, 3);

    public static TheoryData<int, int> Storages
    {
        get
        {
            TheoryData<int, int> data = [];
            foreach (
                OnnxElementType type in new[]
                {
                    OnnxElementType.Float,
                    OnnxElementType.Float16,
                    OnnxElementType.BFloat16,
                    OnnxElementType.Double,
                    OnnxElementType.Int8,
                    OnnxElementType.Int64,
                })
            {
                foreach (TensorStorage storage in Enum.GetValues<TensorStorage>())
                {
                    data.Add((int)type, (int)storage);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Storages))]
    public void Weights_that_the_network_casts_are_those_that_ONNX_Runtime_casts(int type, int storage)
    {
        var element = (OnnxElementType)type;
        OnnxGraphBuilder graph = new();
        string stored = graph.Stored(OnnxTensors.Make("w", Kernel, Weights(element), element, (TensorStorage)storage));
        graph.Output(graph.Node("Conv", [graph.Input(Sample), graph.Node("Cast", [stored], ("to", (int)OnnxElementType.Float))]));
        OnnxComparison.AssertSame(graph, Sample);
    }

    [Fact]
    public void A_network_of_doubles_is_one_of_floats_here()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(7), OnnxElementType.Double);
        float[] weights = OnnxComparison.Random(new Random(2), 21);
        string y = graph.Node(
            "Gemm",
            [
                x,
                graph.Floats(new Shape(7, 3), weights, OnnxElementType.Double),
                graph.Floats(new Shape(3), [1, -1, 0.5f], OnnxElementType.Double),
            ]);
        graph.Output(graph.Node("Relu", [y]), OnnxElementType.Double);
        OnnxComparison.AssertSame(graph, new Shape(7));
    }

    /// <summary>The form in which exporters store networks of more than 2 GB, and the current one all of them.</summary>
    [Fact]
    public void A_network_whose_weights_lie_beside_it_gives_what_ONNX_Runtime_gives()
    {
        float[] kernel = OnnxComparison.Random(new Random(3), Kernel.Size);
        float[] dense = OnnxComparison.Random(new Random(4), 4 * 18);
        Write(
            "network.onnx.data",
            [.. OnnxTensors.Bytes(kernel, OnnxElementType.Float), .. new byte[40], .. OnnxTensors.Bytes(dense, OnnxElementType.Float)]);
        OnnxGraphBuilder graph = new();
        string w = graph.Stored(OnnxTensors.External("w", Kernel, OnnxElementType.Float, "network.onnx.data", 0, kernel.Length * 4));
        string x = graph.Node("Flatten", [graph.Node("Conv", [graph.Input(Sample), w])]);
        string d = graph.Stored(
            OnnxTensors.External(
                "d",
                new Shape(4, 18),
                OnnxElementType.Float,
                "network.onnx.data",
                (kernel.Length * 4) + 40,
                dense.Length * 4));
        graph.Output(graph.Node("Gemm", [x, d], ("transB", 1)));
        string path = Write("network.onnx", graph.ToBytes());
        float[] samples = OnnxComparison.Random(new Random(5), 3 * Sample.Size);
        using OnnxOracle oracle = OnnxOracle.Open(path);
        float difference = OnnxComparison.LargestDifference(
            oracle.Run(samples).Values,
            OnnxComparison.Outputs(ModelReader.Read(path), samples, Sample));
        Assert.InRange(difference, 0, OnnxComparison.Tolerance);
    }

    private static Array Weights(OnnxElementType type)
    {
        float[] values = OnnxComparison.Random(new Random(1), Kernel.Size);
        return type.IsFloat() ? values : Array.ConvertAll(values, value => (long)(value * 100));
    }
}
