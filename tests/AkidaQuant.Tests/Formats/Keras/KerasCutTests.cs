using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Models of Keras up to layers that are asked for, in both formats; nothing behind them matters.</summary>
public sealed class KerasCutTests : IDisposable
{
    private const string In =
        """{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("net.h5")]
    [InlineData("net.keras")]
    public void Nothing_behind_the_cut_is_read(string file)
    {
        string second = In.Replace("\"in\"", "\"in2\"", StringComparison.Ordinal);
        string json = Functional(
            "\"in\", \"in2\"",
            "\"odd\", \"d\"",
            In,
            second,
            Dense("a", "in2"),
            Dense("b", "in"),
            Dense("c", "b"),
            Layer("Odd9", "odd", "[[[\"c\", 0, 0, {}], [\"a\", 0, 0, {}]]]"),
            Layer("Dense", "d", "[[[\"b\", 0, 0, {}]], [[\"odd\", 0, 0, {}]]]", """, "units": "many" """));
        Write(file, json, ("a", 1), ("b", 2), ("c", 3), ("odd", 4), ("d", 5));
        Assert.Throws<QuantException>(() => Read(file));
        Model model = Read(file, "c");
        Assert.Equal(["in", "b", "c"], model.Nodes.Select(node => node.Name));
        Assert.Equal(["c"], model.Outputs);
        Assert.Equal([2f, 3f], model.GraphLayers.Skip(1).Select(layer => layer.Variables[0].Value.Values[0]));
        Model other = Read(file, "a");
        Assert.Equal("in2", other.Input.Name);
        Assert.Equal(1f, other["a"].Layer.Variables[0].Value.Values[0]);
        Assert.Equal(["c", "b"], Read(file, "c", "b").Outputs);
    }

    /// <summary>Arguments that Keras has and no layer here: saving again changes nothing.</summary>
    [Fact]
    public void Words_that_no_layer_has_are_cut_off()
    {
        string json = Functional(
            "\"in\"",
            "\"d\"",
            In,
            Dense("b", "in"),
            Layer("Dense", "d", "[[[\"b\", 0, 0, {}]]]", """, "units": 2, "activation": "glu" """));
        Write("net.h5", json, ("b", 2), ("d", 5));
        QuantException error = Assert.Throws<QuantException>(() => Read("net.h5"));
        Assert.Contains("it is 'glu'", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" -Output 'b' imports the network up to there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["in", "b"], Read("net.h5", "b").Nodes.Select(node => node.Name));
    }

    [Theory]
    [InlineData("net.h5")]
    [InlineData("net.keras")]
    public void A_sequential_model_ends_early(string file)
    {
        string first = Plain("a").Replace("\"units\"", "\"batch_input_shape\": [null, 2], \"units\"", StringComparison.Ordinal);
        string json =
            $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{first}}}, {{{Plain("b")}}}, {"class_name": "Odd9", "config": {"name": "odd"}}, {{{Plain("c")}}}]}}""";
        Write(file, json, ("a", 1), ("b", 2), ("odd", 3), ("c", 4));
        QuantException error = Assert.Throws<QuantException>(() => Read(file));
        Assert.EndsWith(" -Output 'b' imports the network up to there.", error.Message, StringComparison.Ordinal);
        Model model = Read(file, "b");
        Assert.True(model.IsSequential);
        Assert.Equal(["a_input", "a", "b"], model.Nodes.Select(node => node.Name));
        Assert.Equal(2f, model["b"].Layer.Variables[0].Value.Values[0]);
        Assert.Equal(["a", "b"], Read(file, "a", "b").Outputs);
        Assert.False(Read(file, "a", "b").IsSequential);
    }

    /// <summary>Keras 3 counts classes of layers among all of them, and refers to tensors in its own form.</summary>
    [Fact]
    public void Files_of_Keras_3_are_cut_too()
    {
        string json = Functional(
            "\"in\"", "\"odd\"", In, Dense3("z", "in"), Dense3("a", "in"), Dense3("b", "a"), Layer("Odd9", "odd", Call3("b")));
        Write("net.keras", json, ("z", 1), ("a", 2), ("b", 3), ("odd", 4));
        Model model = Read("net.keras", "b");
        Assert.Equal([2f, 3f], model.GraphLayers.Skip(1).Select(layer => layer.Variables[0].Value.Values[0]));
    }

    [Fact]
    public void The_first_use_of_a_shared_layer_is_taken_where_the_others_are_behind()
    {
        string json = Functional(
            "\"in\"",
            "\"e\"",
            In,
            Layer("Dense", "d", "[[[\"in\", 0, 0, {}]], [[\"m\", 0, 0, {}]]]", ", \"units\": 2, \"use_bias\": false"),
            Dense("m", "d"),
            Layer("Dense", "e", "[[[\"d\", 1, 0, {}]]]", ", \"units\": 2, \"use_bias\": false"));
        Write("net.h5", json, ("d", 1), ("m", 2), ("e", 3));
        QuantException error = Assert.Throws<QuantException>(() => Read("net.h5"));
        Assert.Equal("SharedLayer", error.Id);
        Assert.EndsWith(" -Output 'd' imports the network up to there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["in", "d"], Read("net.h5", "d").Nodes.Select(node => node.Name));
        Assert.Equal(["in", "d", "m"], Read("net.h5", "m").Nodes.Select(node => node.Name));
        Assert.Equal("SharedLayer", Assert.Throws<QuantException>(() => Read("net.h5", "e")).Id);
    }

    [Theory]
    [InlineData("net.h5")]
    [InlineData("net.keras")]
    public void Layers_of_models_within_the_model_have_the_names_that_they_get(string file)
    {
        string inner = Functional("\"in\"", "\"y\"", In, Dense("d", "in"), Dense("x", "d"), Dense("y", "x"));
        string json = Functional(
            "\"in\"",
            "\"odd\"",
            In,
            Dense("e", "in"),
            $$$"""{{{inner[..^1]}}}, "name": "m", "inbound_nodes": [[["e", 0, 0, {}]]]}""",
            Dense("d", "m"),
            Layer("Odd9", "odd", "[[[\"d\", 0, 0, {}]]]"));
        Write(file, json, "m", ["d", "x", "y"], ("e", 1), ("m", 2), ("d", 3), ("odd", 4));
        Assert.Equal(["in", "e", "m_d", "x"], Read(file, "x").Nodes.Select(node => node.Name));
        Assert.Equal(["in", "e", "m_d"], Read(file, "m_d").Nodes.Select(node => node.Name));
        Assert.Equal(["y"], Read(file, "m").Outputs);
        Assert.Equal(["d", "e"], Read(file, "d", "e").Outputs);
        string whole = json.Replace("[[\"odd\", 0, 0]]", "[[\"d\", 0, 0], [\"m\", 0, 0]]", StringComparison.Ordinal)
            .Replace("Odd9", "ReLU", StringComparison.Ordinal);
        Write(file, whole, "m", ["d", "x", "y"], ("e", 1), ("m", 2), ("d", 3));
        Assert.Equal(["d", "y"], Read(file).Outputs);
    }

    [Theory]
    [InlineData("bb", "has no layer 'bb' for -Output. Did you mean 'b'? It gives b, and its layers are a, b.")]
    [InlineData("in", "'in' is its input")]
    public void Unknown_names_are_refused_with_those_that_are_there(string name, string expected)
    {
        Write("net.h5", Functional("\"in\"", "\"b\"", In, Dense("a", "in"), Dense("b", "a")), ("a", 1), ("b", 2));
        QuantException error = Assert.Throws<QuantException>(() => Read("net.h5", name));
        Assert.Equal(("OutputUnknown", QuantErrorKind.InvalidArgument), (error.Id, error.Kind));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the refusals advise is done.</summary>
    [Fact]
    public void Refusals_name_a_place_that_imports()
    {
        string second = In.Replace("\"in\"", "\"in2\"", StringComparison.Ordinal);
        string json = Functional(
            "\"in\", \"in2\"",
            "\"sum\"",
            In,
            second,
            Dense("a", "in"),
            Dense("b", "in2"),
            Layer("Add", "sum", "[[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]]"));
        Write("net.h5", json, ("a", 1), ("b", 2));
        QuantException error = Assert.Throws<QuantException>(() => Read("net.h5"));
        Assert.Equal("SeveralInputs", error.Id);
        Assert.EndsWith(" -Output 'b' imports the network up to there.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["in2", "b"], Read("net.h5", "b").Nodes.Select(node => node.Name));
        Write("net.h5", Functional("\"in\"", "\"odd\"", In, Layer("Odd9", "odd", "[[[\"in\", 0, 0, {}]]]")));
        Assert.DoesNotContain("-Output", Assert.Throws<QuantException>(() => Read("net.h5")).Message, StringComparison.Ordinal);
    }

    private Model Read(string file, params string[] outputs) => ModelReader.Read(
        Path.Combine(_folder, file), new ModelReadOptions { Output = outputs.Length == 0 ? null : outputs });

    private void Write(string file, string json, params (string Layer, float Value)[] weights) => Write(file, json, "", [], weights);

    /// <summary>A file in which each layer has one kernel of that value, and a model within it one for each of its layers.</summary>
    private void Write(string file, string json, string nested, string[] inner, params (string Layer, float Value)[] weights)
    {
        string path = Path.Combine(_folder, file);
        if (file.EndsWith(".keras", StringComparison.Ordinal))
        {
            int dense = 0;
            File.WriteAllBytes(path, ArchiveFile.Make(json, [.. weights.SelectMany(Entries)]));
            return;

            IEnumerable<(string, NdArray<float>)> Entries((string Layer, float Value) entry)
            {
                string group = entry.Layer == "odd" ? "odd9" : entry.Layer == nested ? "functional" : Counted("dense", dense++);
                return entry.Layer == nested
                    ? inner.Select((_, i) => ($"layers/{group}/layers/{Counted("dense", i)}/vars/0", Kernel(entry.Value)))
                    : [($"layers/{group}/vars/0", Kernel(entry.Value))];
            }
        }

        Hdf5Group root = new();
        root.Attributes.Add(new Hdf5Text("model_config", json));
        Hdf5Group all = root.Group("model_weights");
        all.Attributes.AddRange(Hdf5Names.List("layer_names", [.. weights.Select(entry => entry.Layer)]));
        foreach ((string layer, float value) in weights)
        {
            string[] names = layer == nested ? inner : [layer];
            Hdf5Group group = all.Group(layer);
            group.Attributes.AddRange(Hdf5Names.List("weight_names", names));
            foreach (string name in names)
            {
                group.Add(name, Kernel(value));
            }
        }

        using FileStream stream = File.Create(path);
        Hdf5Writer.Write(root, stream);
    }

    private static string Counted(string name, int count) => count == 0 ? name : $"{name}_{count}";

    private static string Plain(string name) =>
        $$$"""{"class_name": "Dense", "config": {"name": "{{{name}}}", "units": 2, "use_bias": false}}""";

    private static string Dense(string name, string from) =>
        Layer("Dense", name, $$$"""[[["{{{from}}}", 0, 0, {}]]]""", ", \"units\": 2, \"use_bias\": false");

    private static string Dense3(string name, string from) => Layer("Dense", name, Call3(from), ", \"units\": 2, \"use_bias\": false");

    private static string Call3(string from) =>
        $$$"""[{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["{{{from}}}", 0, 0]}}], "kwargs": {}}]""";

    private static string Layer(string className, string name, string calls, string arguments = "") =>
        $$$"""{"class_name": "{{{className}}}", "config": {"name": "{{{name}}}"{{{arguments}}}}, "name": "{{{name}}}", "inbound_nodes": {{{calls}}}}""";

    private static string Functional(string inputs, string outputs, params string[] layers) =>
        $$$"""{"class_name": "Functional", "config": {"name": "m", "layers": [{{{string.Join(", ", layers)}}}], "input_layers": [{{{Tensors(inputs)}}}], "output_layers": [{{{Tensors(outputs)}}}]}}""";

    private static string Tensors(string names) => string.Join(", ", names.Split(", ").Select(name => $"[{name}, 0, 0]"));

    private static NdArray<float> Kernel(float value) => NdArray<float>.Filled(new Shape(2, 2), value);
}
