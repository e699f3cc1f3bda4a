using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Models within models, in the two formats, and what is refused.</summary>
public sealed class NestedModelTests : IDisposable
{
    private const string Input =
        """{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []}""";

    private readonly List<string> _said = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_layers_of_a_model_take_its_place()
    {
        string inner = Functional("m", Input, Normalization("bn", "in"), Dense("d", "bn"));
        Model model = Hdf5(
            Functional("outer", Input, Call(inner, "m", "in"), Dense("d", "m"), Dense("e", "d")),
            ("m", ["bn/gamma", "d/kernel", "bn/mean", "bn/variance"], [Vector(1), Kernel(2), Vector(3), Vector(4)]),
            ("d", ["d/kernel"], [Kernel(5)]),
            ("e", ["e/kernel"], [Kernel(6)]));
        Assert.Equal(["in", "bn", "m_d", "d", "e"], model.Nodes.Select(node => node.Name));
        Assert.Equal(["m_d"], model["d"].Inputs);
        Assert.Equal(["in"], model["bn"].Inputs);
        Assert.Equal(["e"], model.Outputs);
        Assert.False(model.IsSequential);
        Assert.Contains("The model 'm' within the model was replaced by its 2 layers, because Akida networks are flat.", _said);
    }

    [Fact]
    public void Trainable_arrays_of_a_nested_model_come_first_in_HDF5_files()
    {
        string inner = Functional("m", Input, Normalization("bn", "in"), Dense("d", "bn"));
        Model model = Hdf5(
            Functional("outer", Input, Call(inner, "m", "in")),
            ("m", ["gamma", "kernel", "mean", "variance"], [Vector(1), Kernel(2), Vector(3), Vector(4)]));
        Assert.Equal([1f, 3f, 4f], model["bn"].Layer.Variables.Select(variable => variable.Value.Values[0]));
        Assert.Equal(2f, model["d"].Layer.Variables[0].Value.Values[0]);
    }

    [Fact]
    public void Arrays_of_a_frozen_layer_come_behind_the_trainable_ones()
    {
        string frozen = Dense("d", "in")
            .Replace("\"name\": \"d\", \"units\"", "\"name\": \"d\", \"trainable\": false, \"units\"", StringComparison.Ordinal);
        string inner = Functional("m", Input, frozen, Dense("e", "d"));
        Model model = Hdf5(Functional("outer", Input, Call(inner, "m", "in")), ("m", ["e", "d"], [Kernel(1), Kernel(2)]));
        Assert.Equal(1f, model["e"].Layer.Variables[0].Value.Values[0]);
        Assert.Equal(2f, model["d"].Layer.Variables[0].Value.Values[0]);
    }

    [Theory]
    [InlineData("none", 8)]
    [InlineData("m", 4)]
    [InlineData("outer", 0)]
    public void Models_that_are_frozen_freeze_their_layers(string frozen, int trainable)
    {
        string json = Functional("outer", Input, Call(Functional("m", Input, Dense("d", "in")), "m", "in"), Dense("e", "m"))
            .Replace(
                $"\"config\": {{\"name\": \"{frozen}\"",
                $"\"config\": {{\"trainable\": false, \"name\": \"{frozen}\"",
                StringComparison.Ordinal);
        Model model = Hdf5(json, ("m", ["d"], [Kernel(1)]), ("e", ["e"], [Kernel(2)]));
        ModelSummary summary = new(model);
        Assert.Equal((8, trainable), (summary.ParameterCount, summary.TrainableCount));
    }

    [Fact]
    public void Sequential_models_in_a_sequential_model_become_one()
    {
        string inner = $$$"""{"class_name": "Sequential", "config": {"name": "m", "layers": [{{{Plain("d")}}}, {{{Plain("e")}}}]}}""";
        Model model = Hdf5(
            $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{Plain("f").Replace("\"units\"", "\"batch_input_shape\": [null, 2], \"units\"", StringComparison.Ordinal)}}}, {{{inner}}}]}}""",
            ("f", ["f"], [Kernel(1)]), ("m", ["d", "e"], [Kernel(2), Kernel(3)]));
        Assert.True(model.IsSequential);
        Assert.Equal(["f_input", "f", "d", "e"], model.Nodes.Select(node => node.Name));
        Assert.Equal([1f, 2f, 3f], model.GraphLayers.SelectMany(layer => layer.Variables).Select(variable => variable.Value.Values[0]));
    }

    [Fact]
    public void Archives_count_classes_within_each_model()
    {
        string inner = Functional("m", Input, Dense("x", "in"), Dense("y", "x"));
        string json = Functional(
            "outer",
            Input,
            Dense("a", "in"),
            Call(inner, "m", "a"),
            Call(inner.Replace("\"m\"", "\"n\"", StringComparison.Ordinal), "n", "m"),
            Dense("b", "n"));
        Model model = Archive(
            json,
            ("layers/dense/vars/0", Kernel(1)),
            ("layers/functional/layers/dense/vars/0", Kernel(2)),
            ("layers/functional/layers/dense_1/vars/0", Kernel(3)),
            ("layers/functional_1/layers/dense/vars/0", Kernel(4)),
            ("layers/functional_1/layers/dense_1/vars/0", Kernel(5)),
            ("layers/dense_1/vars/0", Kernel(6)));
        Assert.Equal(["in", "a", "x", "y", "n_x", "n_y", "b"], model.Nodes.Select(node => node.Name));
        Assert.Equal(
            [1f, 2f, 3f, 4f, 5f, 6f],
            model.GraphLayers.SelectMany(layer => layer.Variables).Select(variable => variable.Value.Values[0]));
    }

    [Fact]
    public void A_nested_model_computes_as_its_layers_would()
    {
        string inner = Functional("m", Input, Dense("x", "in"), Dense("y", "x"));
        Model nested = Archive(
            Functional("outer", Input, Call(inner, "m", "in")),
            ("layers/functional/layers/dense/vars/0", Kernel(2)), ("layers/functional/layers/dense_1/vars/0", Kernel(3)));
        SampleSet samples = new NpyArray(new Shape(1, 2), new[] { 1f, 1f }).ToSamples("test");
        Assert.Equal([24f, 24f], Inference.Run(nested, samples, cancellation: TestContext.Current.CancellationToken).Single().Values);
    }

    [Fact]
    public void The_only_call_of_a_nested_model_may_be_number_1()
    {
        string inner = Functional("m", Input, Dense("x", "in"));
        Model model = Archive(
            Functional(
                "outer",
                Input,
                Call(inner, "m", "in"),
                Dense("d", "m").Replace("\"m\", 0, 0", "\"m\", 1, 0", StringComparison.Ordinal)),
            ("layers/functional/layers/dense/vars/0", Kernel(1)),
            ("layers/dense/vars/0", Kernel(2)));
        Assert.Equal(["x"], model["d"].Inputs);
    }

    [Fact]
    public void A_nested_model_that_is_used_twice_is_refused()
    {
        string inner = Call(Functional("m", Input, Dense("x", "in")), "m", "in");
        Refused(
            "SharedLayer",
            "'m'",
            Functional(
                "outer",
                Input,
                inner.Replace(
                    "\"name\": \"m\", \"inbound_nodes\": [",
                    "\"name\": \"m\", \"inbound_nodes\": [[[\"in\", 0, 0, {}]], ",
                    StringComparison.Ordinal)));
    }

    [Fact]
    public void A_nested_model_of_several_outputs_is_refused()
    {
        string inner = Functional("m", Input, Dense("x", "in"))
            .Replace("[[\"x\", 0, 0]]", "[[\"x\", 0, 0], [\"in\", 0, 0]]", StringComparison.Ordinal);
        Refused("SeveralOutputs", "'m'", Functional("outer", Input, Call(inner, "m", "in")));
    }

    [Fact]
    public void A_nested_model_of_several_inputs_is_refused()
    {
        string inner = Functional("m", Input, Dense("x", "in"))
            .Replace("[[\"in\", 0, 0]]", "[[\"in\", 0, 0], [\"x\", 0, 0]]", StringComparison.Ordinal);
        Refused("SeveralInputs", "'m'", Functional("outer", Input, Call(inner, "m", "in")));
    }

    [Fact]
    public void A_nested_model_that_makes_integers_of_its_input_is_refused()
    {
        string inner = Functional("m", Input.Replace("float32", "uint8", StringComparison.Ordinal), Dense("x", "in"));
        Refused(
            "NestedModel",
            "uint8",
            Functional("outer", Input, Dense("a", "in"), Call(inner, "m", "a")),
            ("layers/dense/vars/0", Kernel(1)), ("layers/functional/layers/dense/vars/0", Kernel(1)));
    }

    private void Refused(string id, string expected, string json, params (string Path, NdArray<float> Value)[] weights)
    {
        QuantException error = Assert.Throws<QuantException>(() => Archive(json, weights));
        Assert.Equal(id, error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private Model Hdf5(string json, params (string Layer, string[] Names, NdArray<float>[] Values)[] weights)
    {
        Hdf5Group root = new();
        root.Attributes.Add(new Hdf5Text("model_config", json));
        Hdf5Group all = root.Group("model_weights");
        all.Attributes.AddRange(Hdf5Names.List("layer_names", [.. weights.Select(entry => entry.Layer)]));
        foreach ((string layer, string[] names, NdArray<float>[] values) in weights)
        {
            Hdf5Group group = all.Group(layer);
            group.Attributes.AddRange(Hdf5Names.List("weight_names", names));
            foreach ((string name, NdArray<float> value) in names.Zip(values))
            {
                group.Add(name, value);
            }
        }

        string path = Path.Combine(_folder, "net.h5");
        using (FileStream stream = File.Create(path))
        {
            Hdf5Writer.Write(root, stream);
        }

        return ModelReader.Read(path, new ModelReadOptions { Verbose = _said.Add });
    }

    private Model Archive(string json, params (string Path, NdArray<float> Value)[] weights)
    {
        string path = Path.Combine(_folder, "net.keras");
        File.WriteAllBytes(path, ArchiveFile.Make(json, weights));
        return ModelReader.Read(path);
    }

    private static string Plain(string name) =>
        $$$"""{"class_name": "Dense", "config": {"name": "{{{name}}}", "units": 2, "use_bias": false}}""";

    private static string Dense(string name, string from) =>
        $$$"""{"class_name": "Dense", "config": {"name": "{{{name}}}", "units": 2, "use_bias": false}, "name": "{{{name}}}", "inbound_nodes": [[["{{{from}}}", 0, 0, {}]]]}""";

    private static string Normalization(string name, string from) =>
        $$$"""{"class_name": "BatchNormalization", "config": {"name": "{{{name}}}", "axis": [1], "center": false}, "name": "{{{name}}}", "inbound_nodes": [[["{{{from}}}", 0, 0, {}]]]}""";

    private static string Call(string model, string name, string from) =>
        $$$"""{{{model[..^1]}}}, "name": "{{{name}}}", "inbound_nodes": [[["{{{from}}}", 0, 0, {}]]]}""";

    private static string Functional(string name, params string[] layers)
    {
        const string Key = "\"name\": \"";
        int at = layers[^1].LastIndexOf(Key, StringComparison.Ordinal) + Key.Length;
        string last = layers[^1][at..layers[^1].IndexOf('"', at)];
        return $$$"""{"class_name": "Functional", "config": {"name": "{{{name}}}", "layers": [{{{string.Join(", ", layers)}}}], "input_layers": [["in", 0, 0]], "output_layers": [["{{{last}}}", 0, 0]]}}""";
    }

    private static NdArray<float> Kernel(float value) => NdArray<float>.Filled(new Shape(2, 2), value);

    private static NdArray<float> Vector(float value) => NdArray<float>.Filled(new Shape(2), value);
}
