using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Formats.Onnx;
using AkidaQuant.Tests.Quantization;

namespace AkidaQuant.Tests.Formats;

/// <summary>What reading a model says, and that it stops when told to.</summary>
public sealed class ModelReadTests : TemporaryFolder
{
    private const int Wide = 512;
    private const int Deep = 24;

    // Of the 24 MB of weights of which the test makes a model; a quarter of them is far more than what is under way.
    private const long MostBytesAfter = 6L << 20;

    [Theory]
    [InlineData("large.h5")]
    [InlineData("large.keras")]
    [InlineData("large.onnx")]
    public void Reading_stops_when_told_to(string name)
    {
        string path = WriteLarge(name);
        using CancellationTokenSource stop = new();
        int messages = 0;
        long before = 0;
        ModelReadOptions options = new()
        {
            Cancellation = stop.Token,
            Verbose = _ =>
            {
                messages++;
                stop.Cancel();
                before = GC.GetAllocatedBytesForCurrentThread();
            },
        };
        Assert.Throws<OperationCanceledException>(() => ModelReader.Read(path, options));
        long after = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1, messages);
        Assert.True(after < MostBytesAfter, $"{after} bytes were read after it was told to stop.");
    }

    [Theory]
    [InlineData("large.h5")]
    [InlineData("large.keras")]
    [InlineData("large.onnx")]
    public void Reading_that_was_stopped_before_does_not_begin(string name)
    {
        string path = WriteLarge(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<OperationCanceledException>(
            () => ModelReader.Read(path, new ModelReadOptions { Cancellation = new CancellationToken(canceled: true) }));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < new FileInfo(path).Length + MostBytesAfter);
    }

    [Theory]
    [InlineData("large.h5")]
    [InlineData("large.keras")]
    [InlineData("large.onnx")]
    public void Arrays_take_no_more_than_is_allowed(string name)
    {
        string path = WriteLarge(name);
        const long Arrays = Deep * Wide * Wide * sizeof(float);

        // Biases, and the texts that name layers, take far less than this.
        const long Besides = 1 << 20;
        Assert.Equal(Deep + 1, ModelReader.Read(path, new ModelReadOptions { MaxSize = Arrays + Besides }).Nodes.Count);
        QuantException error = Assert.Throws<QuantException>(
            () => ModelReader.Read(path, new ModelReadOptions { MaxSize = Arrays - 1 }));
        Assert.Equal("ModelTooLarge", error.Id);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains($"at most {Arrays - 1} are taken", error.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxSize 1GB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void New_weights_take_no_more_than_is_allowed()
    {
        string path = Write("new.yaml", "{ input_shape: [10], seed: 1, layers: [{ Dense: { units: 10, use_bias: false } }] }");
        Assert.Equal(2, ModelReader.Read(path, new ModelReadOptions { MaxSize = 400 }).Nodes.Count);
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(path, new ModelReadOptions { MaxSize = 399 }));
        Assert.Equal("NetworkTooLarge", error.Id);
        Assert.Contains("Import-QuantModel -MaxSize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_weights_of_a_network_of_any_input_take_no_more_than_is_allowed()
    {
        const string Network = "input_shape: [null, null, 3], layers: [{ Conv2D: { filters: 2, kernel_size: 1, use_bias: false } }]";
        string bare = Write("bare.yaml", $"{{ {Network} }}");
        NetworkWriter.Write(
            ModelReader.Read(bare, new ModelReadOptions { InputShape = new Shape(4, 4, 3) }), PathOf("whole.yaml"), weights: true);
        string path = Write("open.yaml", $"{{ {Network}, weights: whole.npz }}");
        Assert.Equal(2, ModelReader.Read(path, new ModelReadOptions { MaxSize = 24 }).Nodes.Count);
        Assert.Equal("NetworkTooLarge", IdOf(() => ModelReader.Read(path, new ModelReadOptions { MaxSize = 23 })));
    }

    [Fact]
    public void A_Keras_file_says_what_it_holds_and_what_became_of_it()
    {
        Model model = Small.Chain(Small.Input(null, 4, 4, 2), Small.Convolution("conv", 2, 3), new ReLU { Name = "relu" });
        string path = PathOf("small.h5");
        ModelWriter.Write(model, path);
        string message = Assert.Single(Said(path));
        Assert.Contains("HDF5", message, StringComparison.Ordinal);
        Assert.Contains("'small' with 3 layers, 1 of them with weights, for inputs (4, 4, 2)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ONNX_file_says_what_became_of_each_node()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2, 4, 4));
        x = graph.Node("Conv", [x, graph.Floats(new Shape(3, 2, 1, 1), [1, 2, 3, 4, 5, 6])]);
        x = graph.Node("Identity", [x]);
        x = graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]);
        x = graph.Node("Reshape", [x, graph.Node("Concat", [graph.Vector(-1), graph.Vector(48)], ("axis", 0))]);
        string path = PathOf("small.onnx");
        File.WriteAllBytes(path, graph.Output(x).ToBytes());
        string[] said = Said(path);
        Assert.Contains("operators of version", said[0], StringComparison.Ordinal);
        Assert.Single(said, message => message.Contains("(Conv) became '", StringComparison.Ordinal));
        Assert.Single(said, message => message.EndsWith("(Identity) needs no layer.", StringComparison.Ordinal));
        Assert.Single(said, message => message.Contains("are swish, spelled out, and became", StringComparison.Ordinal));
        Assert.EndsWith("were computed beforehand: 1 Concat.", said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_tensors_of_other_types_are_said()
    {
        OnnxGraphBuilder graph = new();
        string x = graph.Input(new Shape(2));
        x = graph.Node("Gemm", [x, graph.Floats(new Shape(2, 2), new float[4], OnnxElementType.Float16)]);
        string path = PathOf("half.onnx");
        File.WriteAllBytes(path, graph.Output(x).ToBytes());
        Assert.StartsWith("1 stored tensors of float16 became float32", Said(path)[1], StringComparison.Ordinal);
    }

    private static string[] Said(string path)
    {
        List<string> said = [];
        ModelReader.Read(path, new ModelReadOptions { Verbose = said.Add });
        return [.. said];
    }

    private string WriteLarge(string name)
    {
        string path = PathOf(name);
        if (name.EndsWith(".onnx", StringComparison.Ordinal))
        {
            OnnxGraphBuilder graph = new();
            string x = graph.Input(new Shape(Wide));
            for (int i = 0; i < Deep; i++)
            {
                x = graph.Node("Gemm", [x, graph.Floats(new Shape(Wide, Wide), new float[Wide * Wide])]);
            }

            File.WriteAllBytes(path, graph.Output(x).ToBytes());
            return path;
        }

        NdArray<float> kernel = NdArray<float>.Filled(new Shape(Wide, Wide), 0.5f);
        ModelWriter.Write(
            Small.Chain(
            [
                Small.Input(null, Wide),
                .. Enumerable.Range(0, Deep).Select(i => new Dense
                {
                    Name = $"dense_{i}", Units = Wide, Kernel = kernel, Bias = NdArray<float>.Filled(new Shape(Wide), 0f),
                }),
            ]),
            path);
        return path;
    }
}
