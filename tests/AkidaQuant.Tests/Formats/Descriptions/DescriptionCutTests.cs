using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Tests.Formats.Descriptions;

/// <summary>Networks that are written down, up to layers that are asked for.</summary>
public sealed class DescriptionCutTests : TemporaryFolder
{
    private const string Network = """
        input_shape: 4
        seed: 1
        layers:
          - Dense: { units: 3 }
          - ReLU
          - Dense: { units: 2, inputs: dense }
          - NoSuchLayer: { inputs: [re_lu, dense_1] }
          - Dense: { units: many }
        """;

    [Fact]
    public void Nothing_behind_the_cut_is_read()
    {
        string path = Write("net.yaml", Network);
        Assert.Equal("UnknownLayerClass", Assert.Throws<QuantException>(() => ModelReader.Read(path)).Id);
        Model model = Read(path, "dense_1");
        Assert.Equal(["input_1", "dense", "dense_1"], model.Nodes.Select(node => node.Name));
        Assert.Equal(["dense_1"], model.Outputs);
        Assert.Equal(["dense_1", "re_lu"], Read(path, "dense_1", "re_lu").Outputs);
    }

    /// <summary>Layers that are left out count for the names of the others, and their weights are no others.</summary>
    [Fact]
    public void Layers_keep_their_weights()
    {
        const string Shared = "input_shape: 4\nlayers: [{ Dense: { units: 3, name: a } }, { Dense: { units: 2, name: b } }]\n";
        Model whole = ModelReader.Read(Write("seed.yaml", $"{Shared}seed: 3"));
        NetworkWriter.Write(whole, PathOf("kept.yaml"), weights: true);
        Model part = Read(PathOf("kept.yaml"), "a");
        Assert.Equal(whole["a"].Layer.Variables[0].Value.Values, part["a"].Layer.Variables[0].Value.Values);
    }

    [Fact]
    public void Unknown_names_are_refused_with_those_that_are_there()
    {
        QuantException error = Assert.Throws<QuantException>(() => Read(Write("net.yaml", Network), "dense_9"));
        Assert.Equal(("OutputUnknown", QuantErrorKind.InvalidArgument), (error.Id, error.Kind));
        Assert.Contains(
            "has no layer 'dense_9' for -Output. Did you mean 'dense_1'? Its layers are dense, re_lu, dense_1, no_such_layer, dense_2.",
            error.Message,
            StringComparison.Ordinal);
    }

    private static Model Read(string path, params string[] outputs) => ModelReader.Read(path, new ModelReadOptions { Output = outputs });
}
