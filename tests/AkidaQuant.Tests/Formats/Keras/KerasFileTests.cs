using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using PureHDF;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Files that tf_keras does not write itself: other types, split lists, graphs that are refused.</summary>
public sealed class KerasFileTests : IDisposable
{
    private const string Input =
        """{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "dtype": "float32", "name": "in"}, "name": "in", "inbound_nodes": []}""";
    private const string Inputs = "\"input_layers\": [[\"in\", 0, 0]]";

    private readonly List<string> _said = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public static TheoryData<Array> Kernels() => new()
    {
        new[] { 1f, 2, 3, 4, 5, 6 },
        new[] { 1.0, 2, 3, 4, 5, 6 },
        new[] { (Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6 },
        new sbyte[] { 1, 2, 3, 4, 5, 6 },
        new byte[] { 1, 2, 3, 4, 5, 6 },
        new short[] { 1, 2, 3, 4, 5, 6 },
        new ushort[] { 1, 2, 3, 4, 5, 6 },
        new[] { 1, 2, 3, 4, 5, 6 },
        new[] { 1u, 2u, 3u, 4u, 5u, 6u },
        new[] { 1L, 2, 3, 4, 5, 6 },
        new[] { 1ul, 2ul, 3ul, 4ul, 5ul, 6ul },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Weights_of_every_type_become_singles(Array kernel)
    {
        Model model = Read(Functional(Input, Dense("d", "in")), Weights(("d", ["kernel:0"], [Typed(kernel)])));
        Assert.Equal([1f, 2, 3, 4, 5, 6], model["d"].Layer.Variables[0].Value.Values);
        Assert.Equal(new Shape(2, 3), model["d"].Layer.Variables[0].Value.Shape);
        Type type = kernel.GetType();
        Assert.Equal(type == typeof(float[]) ? 1 : 2, _said.Count);
        Assert.Equal(type == typeof(Half[]), Says("1 weight array of float16 became float32"));
        Assert.Equal(type == typeof(ushort[]), Says("1 weight array of uint16 became float32"));
    }

    [Fact]
    public void Lists_of_names_may_be_split_and_names_may_have_slashes()
    {
        H5Group weights = Weights(("a/d", ["a/d/kernel:0"], [Kernel()]));
        weights.Attributes.Remove("layer_names");
        weights.Attributes["layer_names0"] = new[] { "in" };
        weights.Attributes["layer_names1"] = new[] { "a/d" };
        Model model = Read(Functional(Input, Dense("a/d", "in")), weights);
        Assert.Equal([1f, 2, 3, 4, 5, 6], model["a/d"].Layer.Variables[0].Value.Values);
    }

    [Fact]
    public void A_name_among_many_need_not_be_ASCII()
    {
        Model model = ModelReader.Read(Repository.PathOf("tests/vectors/formats/unicode_names.h5"));
        Assert.Equal(13, model.Nodes.Count);
        float[] outputs = Inference.RunAll(
            model,
            SampleSet.FromArray(new float[] { 1, -2 }, new Shape(2)),
            cancellation: TestContext.Current.CancellationToken).Single().Values;
        Assert.Equal(0.54811835f, outputs[0], 1e-6f);
        Assert.Equal(-2.2480667f, outputs[1], 1e-6f);
    }

    [Fact]
    public void Weights_go_by_order_not_by_name()
    {
        Model model = Read(
            Functional(Input, Dense("first", "in"), Dense("second", "first", inputs: 3)),
            Weights(("zz", ["kernel:0"], [Kernel()]), ("aa", ["k:0"], [new H5Dataset(new float[9], fileDims: [3, 3])])));
        Assert.Equal(new Shape(2, 3), model["first"].Layer.Variables[0].Value.Shape);
        Assert.Equal(new Shape(3, 3), model["second"].Layer.Variables[0].Value.Shape);
    }

    [Fact]
    public void A_sequential_model_without_an_input_layer_gets_one()
    {
        const string Layers =
            """{"class_name": "Dense", "config": {"name": "d", "batch_input_shape": [null, 2], "dtype": "float32", "units": 3, "use_bias": false, "alpha": NaN}}""";
        Model model = Read(
            $$$"""{"class_name": "Sequential", "config": {"name": "s", "layers": [{{{Layers}}}]}}""",
            Weights(("d", ["kernel:0"], [Kernel()])));
        Assert.True(model.IsSequential);
        Assert.Equal(["d_input", "d"], model.Nodes.Select(node => node.Name));
        Assert.Equal(new Shape(2), model.InputShape);
    }

    [Fact]
    public void Connections_of_three_items_and_of_Keras_3_read()
    {
        const string Third =
            """{"class_name": "Dense", "config": {"name": "e", "units": 3, "use_bias": false}, "name": "e", "inbound_nodes": [{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["d", 0, 0]}}], "kwargs": {}}]}""";
        string json = Functional(Input, Dense("d", "in").Replace(", {}]", "]", StringComparison.Ordinal), Third);
        Model model = Read(json, Weights(("d", ["k"], [Kernel()]), ("e", ["k"], [new H5Dataset(new float[9], fileDims: [3, 3])])));
        Assert.Equal(["in", "d", "e"], model.Nodes.Select(node => node.Name));
        Assert.Equal(["d"], model["e"].Inputs);
    }

    [Fact]
    public void Shared_layers_are_refused() =>
        Refused(
            "SharedLayer",
            "'d'",
            Functional(
                Input,
                Dense("d", "in").Replace("\"inbound_nodes\": [", "\"inbound_nodes\": [[[\"in\", 0, 0, {}]], ", StringComparison.Ordinal)));

    [Fact]
    public void Uses_of_shared_layers_are_refused() =>
        Refused(
            "SharedLayer",
            "'d'",
            Functional(Input, Dense("d", "in"), Dense("e", "d").Replace("\"d\", 0, 0", "\"d\", 1, 0", StringComparison.Ordinal)));

    [Fact]
    public void Several_inputs_are_refused() =>
        Refused(
            "SeveralInputs",
            "in, in2",
            Functional(Input, Dense("d", "in"))
                .Replace(Inputs, "\"input_layers\": [[\"in\", 0, 0], [\"in2\", 0, 0]]", StringComparison.Ordinal));

    [Theory]
    [InlineData("[[\"e\", 0, 0], [\"d\", 0, 0]]")]
    [InlineData("[[\"e\", 0, 0], [\"d\", 0, 0], [\"e\", 0, 0]]")]
    public void Several_outputs_are_all_given_once(string outputs)
    {
        string json = Functional(Input, Dense("d", "in"), Dense("e", "d", inputs: 3))
            .Replace("[[\"e\", 0, 0]]", outputs, StringComparison.Ordinal);
        H5Dataset diagonal = new(new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 2 }, fileDims: [3, 3]);
        Model model = Read(json, Weights(("d", ["k"], [Kernel()]), ("e", ["k"], [diagonal])));
        Assert.Equal(["e", "d"], model.Outputs);
        SampleSet ones = SampleSet.FromArray(new float[] { 1, 1 }, new Shape(2));
        Assert.Equal(
            [5, 7, 18, 5, 7, 9], Inference.RunAll(model, ones, cancellation: TestContext.Current.CancellationToken).Single().Values);
    }

    [Fact]
    public void Unknown_classes_are_named_with_float_ones_that_are_known()
    {
        QuantException error = Refused("UnknownLayerClass", "'Conv2Ds'", Functional(Input, Dense("d", "in", className: "Conv2Ds")));
        Assert.Contains("'d'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Conv2D,", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Quantize", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-Output", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LSTM", "BufferTempConv")]
    [InlineData("Bidirectional", "StatefulRecurrent")]
    [InlineData("package>GRU", "memory")]
    [InlineData("MultiHeadAttention", "multiplies parts of its input")]
    [InlineData("Embedding", "before the network")]
    [InlineData("TimeDistributed", "one step")]
    [InlineData("Lambda", "code of Python")]
    [InlineData("Masking", "samples of the whole length")]
    public void Layers_that_no_processor_has_are_named_with_what_there_is_instead(string className, string instead)
    {
        string json = Functional(Input, Dense("d", "in"), Dense("e", "d", className: className));
        QuantException error = Refused("UnknownLayerClass", $"'{className}'", json);
        Assert.Contains(instead, error.Message, StringComparison.Ordinal);
        Assert.Contains(" -Output 'd' imports", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_float_classes_have_no_others() =>
        Assert.All(LayerClasses.FloatNames, name => Assert.DoesNotContain("uantize", name, StringComparison.Ordinal));

    [Fact]
    public void Operators_without_a_counterpart_are_refused() =>
        Refused(
            "OperatorNotSupported",
            "tf.math.lgamma",
            Functional(
                Input,
                """{"class_name": "TFOpLambda", "config": {"name": "d", "function": "math.lgamma"}, "name": "d", "inbound_nodes": [["in", 0, 0, {"name": null}]]}"""));

    [Theory]
    [InlineData("{", "ModelFileDamaged")]
    [InlineData("[]", "ModelConfigInvalid")]
    [InlineData("{\"class_name\": \"Wrapper\", \"config\": {}}", "ModelClassUnknown")]
    [InlineData("{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}", "ModelConfigInvalid")]
    [InlineData(
        "{\"class_name\": \"Sequential\", \"config\": [{\"class_name\": \"Flatten\", \"config\": {\"name\": \"f\"}}]}",
        "InputShapeMissing"
    )]
    public void Descriptions_that_make_no_sense_are_refused(string json, string id) => Refused(id, "net.h5", json);

    [Fact]
    public void Layers_without_weights_and_weights_without_layers_are_counted()
    {
        string json = Functional(Input, Dense("d", "in"));
        Assert.Equal("WeightCountMismatch", IdOf(() => Read(json, Weights())));
        Assert.Equal("WeightCountMismatch", IdOf(() => Read(json, Weights(("d", ["k", "l"], [Kernel(), Kernel()])))));
        Assert.Equal("WeightCountMismatch", IdOf(() => Read(json, Weights(("d", ["k"], [Kernel()]), ("e", ["k"], [Kernel()])))));
        Assert.Equal("WeightShapeMismatch", IdOf(() => Read(json, Weights(("d", ["k"], [new H5Dataset(new float[2], fileDims: [2, 1])])))));
    }

    [Fact]
    public void Hdf5_files_that_hold_no_model_are_told_apart()
    {
        Assert.Equal("NotAKerasModel", Assert.Throws<QuantException>(() => Read(null, new H5Group())).Id);
        QuantException weightsOnly = Assert.Throws<QuantException>(() => Read(null, Weights(("d", ["k"], [Kernel()]))));
        Assert.Equal("NotAKerasModel", weightsOnly.Id);
        Assert.Contains("these are weights without a network", weightsOnly.Message, StringComparison.Ordinal);
        H5Group layer = new() { ["vars"] = new H5Group { ["0"] = Kernel() } };
        string weights3 = Path.Combine(_folder, "net.weights.h5");
        new H5File { ["layers"] = new H5Group { ["dense"] = layer } }.Write(weights3);
        Assert.Contains(
            "these are weights without a network",
            Assert.Throws<QuantException>(() => ModelReader.Read(weights3)).Message,
            StringComparison.Ordinal);
        string text = Path.Combine(_folder, "text.h5");
        File.WriteAllText(text, "no HDF5");
        Assert.Equal("ModelFileDamaged", IdOf(() => ModelReader.Read(text)));
    }

    private static string IdOf(Action action) => Assert.Throws<QuantException>(action).Id;

    private static string Dense(string name, string from, int inputs = 2, string className = "Dense") =>
        $$$"""{"class_name": "{{{className}}}", "config": {"name": "{{{name}}}", "units": 3, "use_bias": false, "inputs": {{{inputs}}}}, "name": "{{{name}}}", "inbound_nodes": [[["{{{from}}}", 0, 0, {}]]]}""";

    private static string Functional(params string[] layers)
    {
        int at = layers[^1].LastIndexOf("\"name\": \"", StringComparison.Ordinal) + 9;
        string last = layers[^1][at..layers[^1].IndexOf('"', at)];
        return $$$"""{"class_name": "Functional", "config": {"name": "m", "layers": [{{{string.Join(", ", layers)}}}], {{{Inputs}}}, "output_layers": [["{{{last}}}", 0, 0]]}}""";
    }

    private static H5Dataset Kernel() => new(new[] { 1f, 2, 3, 4, 5, 6 }, fileDims: [2, 3]);

    private static H5Dataset Typed(Array values) => new(values, fileDims: [2, 3]);

    /// <summary>The group of weights; a name with slashes becomes nested groups.</summary>
    private static H5Group Weights(params (string Layer, string[] Names, H5Dataset[] Values)[] layers)
    {
        H5Group root = new() { ["in"] = new H5Group { Attributes = { ["weight_names"] = Array.Empty<double>() } } };
        root.Attributes["layer_names"] = new[] { "in" }.Concat(layers.Select(layer => layer.Layer)).ToArray();
        foreach ((string layer, string[] names, H5Dataset[] values) in layers)
        {
            H5Group group = Nested(root, layer);
            group.Attributes["weight_names"] = names;
            for (int i = 0; i < names.Length; i++)
            {
                string[] parts = names[i].Split('/');
                Nested(group, string.Join('/', parts[..^1]))[parts[^1]] = values[i];
            }
        }

        return root;
    }

    private static H5Group Nested(H5Group group, string path)
    {
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!group.TryGetValue(name, out object? child))
            {
                group[name] = child = new H5Group();
            }

            group = (H5Group)child;
        }

        return group;
    }

    private bool Says(string start) => _said.Exists(message => message.StartsWith(start, StringComparison.Ordinal));

    private Model Read(string? json, H5Group weights)
    {
        H5File file = new() { ["model_weights"] = weights };
        if (json is not null)
        {
            file.Attributes["model_config"] = json;
        }

        string path = Path.Combine(_folder, "net.h5");
        file.Write(path);
        return ModelReader.Read(path, new ModelReadOptions { Verbose = _said.Add });
    }

    private QuantException Refused(string id, string expected, string json)
    {
        QuantException error = Assert.Throws<QuantException>(() => Read(json, Weights(("d", ["kernel:0"], [Kernel()]))));
        Assert.Equal(id, error.Id);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        return error;
    }
}
