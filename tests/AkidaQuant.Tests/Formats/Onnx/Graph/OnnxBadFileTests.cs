using AkidaQuant.Formats.Onnx;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Content that is not that of an ONNX file, or of one that says too little.</summary>
public sealed class OnnxBadFileTests : TemporaryFolder
{
    private const long MemoryLimit = 16L << 20;

    private static readonly string[] NoModel = ["ModelFileDamaged", "NotAnOnnxModel", "OnnxOperatorSet"];

    [Theory]
    [InlineData("")]
    [InlineData("ir_version: 8 graph { node { op_type: \"Relu\" } }")]
    [InlineData("import torch\nprint('hello')\n")]
    [InlineData("{\"class_name\": \"Sequential\"}")]
    [InlineData("\uFEFFversion https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n")]
    public void Text_is_no_model(string text)
    {
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read(Write("text.onnx", text)));
        Assert.Contains(error.Id, NoModel);
        Assert.Contains("text.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_formats_are_no_models()
    {
        foreach (string file in new[] { "keras/dense_float/float.h5", "keras/dense_float/float.keras", "onnx/digits_resnet/inputs.npz" })
        {
            Assert.Contains(
                IdOf(() => OnnxReader.Read("other.onnx", File.ReadAllBytes(Repository.PathOf($"tests/vectors/{file}")))),
                NoModel);
        }
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing() => Assert.Equal("FileNotFound", IdOf(() => OnnxReader.Read(PathOf("missing.onnx"))));

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_no_model()
    {
        byte[] whole = Small().ToBytes();
        Assert.NotNull(OnnxReader.Read("whole.onnx", whole));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Contains(IdOf(() => OnnxReader.Read("cut.onnx", whole[..length])), NoModel);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // a graph of 2 GB
    [InlineData(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })] // of 2^63 bytes
    [InlineData(new byte[] { 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })] // a length that does not end
    [InlineData(new byte[] { 0x3A, 0x07, 0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00 })] // a tensor longer than its graph
    [InlineData(new byte[] { 0x3A, 0x09, 0x2A, 0x07, 0x4A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00 })] // data longer than their tensor
    [InlineData(new byte[] { 0x3A, 0x09, 0x2A, 0x07, 0x22, 0xFC, 0xFF, 0xFF, 0xFF, 0x07, 0x00 })] // 2 GB of packed floats
    [InlineData(new byte[] { 0x3B })] // a group that does not end
    [InlineData(new byte[] { 0x00 })]
    public void Lengths_that_lie_are_damage(byte[] content)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("ModelFileDamaged", IdOf(() => OnnxReader.Read("lies.onnx", content)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryLimit);
    }

    [Fact]
    public void Graphs_that_nest_without_end_are_damage()
    {
        ByteString graph = new GraphProto { Name = "inner" }.ToByteString();
        for (int depth = 0; depth < 2000; depth++)
        {
            // A graph in an attribute of a node of a graph.
            graph = Field(1, Field(5, Field(6, graph)));
        }

        Assert.Equal("ModelFileDamaged", IdOf(() => OnnxReader.Read("deep.onnx", Field(7, graph).ToByteArray())));
    }

    [Theory]
    [InlineData(new long[0])]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { -1 })]
    [InlineData(new long[] { 1000 })]
    [InlineData(new[] { long.MinValue })]
    [InlineData(new long[] { 13, 17 })]
    public void A_missing_or_unknown_operator_set_is_an_error(long[] versions)
    {
        OnnxGraphBuilder graph = Small();
        graph.Model.OpsetImport.Clear();
        graph.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        graph.Model.OpsetImport.AddRange(versions.Select(version => new OperatorSetIdProto { Version = version }));
        Assert.Equal("OnnxOperatorSet", IdOf(() => OnnxReader.Read("opset.onnx", graph.ToBytes())));
    }

    [Fact]
    public void A_graph_without_nodes_is_no_model()
    {
        OnnxGraphBuilder graph = Small();
        graph.Graph.Node.Clear();
        Assert.Equal("NotAnOnnxModel", IdOf(() => OnnxReader.Read("empty.onnx", graph.ToBytes())));
    }

    [Fact]
    public void Sparse_weights_are_refused()
    {
        OnnxGraphBuilder graph = Small();
        graph.Graph.SparseInitializer.Add(new SparseTensorProto { Values = new TensorProto { Name = "sparse" } });
        Assert.Equal(2, OnnxReader.Read("unused.onnx", graph.ToBytes()).Nodes.Count);
        graph.Graph.Node[0].Input[1] = "sparse";
        Assert.Equal("OnnxSparseTensor", IdOf(() => OnnxReader.Read("sparse.onnx", graph.ToBytes())));
    }

    private static OnnxGraphBuilder Small()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 3, 3));
        return graph.Output(graph.Node("Conv", [x, graph.Floats(new Shape(1, 2, 1, 1), [1, 2])]));
    }

    private static ByteString Field(int number, ByteString content)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(content);
        }

        return ByteString.CopyFrom(stream.ToArray());
    }
}
