using AkidaQuant.Formats;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Formats.Keras;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Text;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Descriptions;

/// <summary>Models that go through a description and the weights beside it.</summary>
public sealed class DescriptionRoundTripTests : TemporaryFolder
{
    private static readonly Func<int, Model>[] Streams =
        [StreamingNetworks.Frames, seed => StreamingNetworks.Sequences(seed), StreamingNetworks.Anomaly];

    public static TheoryData<string, string> StoredModels
    {
        get
        {
            TheoryData<string, string> data = [];
            string root = Repository.PathOf("tests/vectors");
            foreach (string folder in new[] { "keras", "keras3", "rewrites" })
            {
                foreach (string path in Directory.EnumerateFiles(Path.Combine(root, folder), "*.*", SearchOption.AllDirectories).Order())
                {
                    if (Path.GetExtension(path) is ".h5" or ".keras")
                    {
                        data.Add(Path.GetRelativePath(root, path), path.Length % 2 == 0 ? ".yaml" : ".json");
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(StoredModels))]
    public void Models_of_files_read_back_as_they_were_written(string file, string extension)
    {
        Model model = ModelReader.Read(Path.Combine(Repository.PathOf("tests/vectors"), file));
        Model read = Through(model, extension);
        AssertSame(model, read);
        if (model.InputShape.IsKnown)
        {
            Assert.Equal(new ModelSummary(model).ToString(), new ModelSummary(read).ToString());
        }
    }

    [Theory]
    [InlineData(".yaml")]
    [InlineData(".json")]
    public void Random_networks_read_back_and_quantize_to_the_same_integers(string extension) =>
        RandomNetwork.Any.Sample(
            network =>
            {
                Model read = Through(network.Model, extension);
                ModelComparison.AssertSame(network.Model, read);
                Model quantized = Quantize(network, network.Model);
                ModelComparison.AssertSame(quantized, Quantize(network, read));
                ModelComparison.AssertSame(quantized, Through(quantized, extension));
            },
            iter: RandomNetwork.Count,
            threads: 1);

    [Fact]
    public void Streaming_networks_read_back() =>
        StreamingNetworks.Seeds.Sample(
            seed =>
            {
                foreach (Func<int, Model> make in Streams)
                {
                    Model model = make(seed);
                    ModelComparison.AssertSame(model, Through(model, ".yaml"));
                    Model quantized = StreamingNetworks.Quantized(model, seed);
                    ModelComparison.AssertSame(quantized, Through(quantized, ".yaml"));
                }
            },
            iter: 10,
            threads: 1);

    /// <summary>
    /// Layers say the shapes of their arrays without having them, so that new weights can be made; here against those of trained ones.
    /// </summary>
    [Theory]
    [MemberData(nameof(StoredModels))]
    public void Shapes_of_weights_follow_from_the_input(string file, string extension)
    {
        Assert.NotEmpty(extension);
        Model model = ModelReader.Read(Path.Combine(Repository.PathOf("tests/vectors"), file));
        if (!model.InputShape.IsKnown)
        {
            return;
        }

        foreach (Node node in model.Nodes.Where(node => node.Layer is not InputLayer))
        {
            Layer bare = LayerClasses.Read(node.Layer.StoredClass, new LayerArguments(node.Name, Arguments(node.Layer)))!;
            Shape[] inputs = [.. node.Inputs.Select(input => model.Plan[input].Prepared.Output.Shape)];
            Assert.Equal(
                node.Layer.Variables.Select(variable => (variable.Name, variable.Value.Shape)),
                bare.Variables.Select(variable => variable.Name).Zip(bare.WeightShapes(inputs).Select(weight => weight.Shape)));
        }
    }

    [Fact]
    public void What_goes_without_saying_is_left_out()
    {
        Model model = ModelReader.Read(Repository.PathOf("tests/vectors/keras/tutorial_1_params/float.h5"));
        string path = PathOf("net.yaml");
        ModelWriter.Write(model, path);
        Assert.Equal(
            """
            name: model
            input_shape: [28, 28, 3]
            input_type: uint8
            layers:
              - Rescaling: { scale: 0.00392156862745098, name: rescale }
              - Conv2D: { filters: 16, kernel_size: 3, name: input_conv }
              - DepthwiseConv2D: { kernel_size: 3, name: dw_conv }
              - Conv2D: { filters: 32, kernel_size: 1, name: pw_conv }
              - ReLU: { name: relu }
              - Dense: { units: 10, name: dense }

            """.ReplaceLineEndings("\n"),
            File.ReadAllText(path));
        Assert.False(File.Exists(PathOf("net.npz")));
    }

    private static Model Quantize(RandomNetwork network, Model model) => Quantizer.Quantize(model, new QuantizeOptions
    {
        Parameters = network.Parameters,
        Samples = model.Input.Type is { } type
            ? RandomSamples.Create(model.InputShape, 10, type, network.Seed)
            : RandomSamples.CreateFloats(model.InputShape, 10, network.Seed, -1, 1),
        BatchSize = 5,
    });

    private static Dictionary<string, object?> Arguments(Layer layer)
    {
        Dictionary<string, object?> arguments = layer.Arguments.ToDictionary();
        if (layer is TFOpLambda operation)
        {
            arguments["call"] = operation.Call;
        }

        return arguments;
    }

    private static void AssertSame(Model expected, Model actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.IsSequential, actual.IsSequential);
        Assert.Equal(expected.Outputs, actual.Outputs);
        Assert.Equal(expected.Nodes.Select(node => (node.Name, string.Join(' ', node.Inputs), node.Layer.GetType())), actual.Nodes.Select(
            node => (node.Name, string.Join(' ', node.Inputs), node.Layer.GetType())));
        foreach ((Node left, Node right) in expected.Nodes.Zip(actual.Nodes))
        {
            Assert.Equal(
                PythonJson.ToLine(left.Layer.Arguments.ToDictionary()), PythonJson.ToLine(right.Layer.Arguments.ToDictionary()));
            Assert.Equal(
                left.Layer.Variables.SelectMany(variable => variable.Value.Values),
                right.Layer.Variables.SelectMany(variable => variable.Value.Values));
        }
    }

    private Model Through(Model model, string extension)
    {
        string path = PathOf($"network{extension}");
        ModelWriter.Write(model, path, weights: true);
        return ModelReader.Read(path);
    }
}
