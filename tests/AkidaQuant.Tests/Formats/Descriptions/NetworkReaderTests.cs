using System.Collections;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Descriptions;

/// <summary>Networks that are written down.</summary>
public sealed class NetworkReaderTests : TemporaryFolder
{
    private const string Branches = """
        name: digits
        input_shape: [8, 8, 3]
        input_type: uint8
        seed: 1
        layers:
          - Rescaling: { scale: 0.00392156862745098, name: rescale }
          - Conv2D: { filters: 4, kernel_size: 3, padding: same }
          - ReLU
          - Conv2D: { filters: 4, kernel_size: [3, 3], padding: same, use_bias: false, inputs: conv2d }
          - Add: { inputs: [re_lu, conv2d_1], name: sum }
          - ReLU: { max_value: 6 }
          - Flatten:
          - Dense: { units: 10, activation: softmax }
        """;

    [Fact]
    public void Layers_follow_each_other_or_name_their_inputs()
    {
        Model model = ModelReader.Read(Write("net.yaml", Branches));
        Assert.Equal(("digits", false), (model.Name, model.IsSequential));
        Assert.Equal((new Shape(8, 8, 3), IntegerType.UInt8, "input_1"), (model.InputShape, model.Input.Type, model.Input.Name));
        Assert.Equal(
            [
                "rescale(input_1)",
                "conv2d(rescale)",
                "re_lu(conv2d)",
                "conv2d_1(conv2d)",
                "sum(re_lu conv2d_1)",
                "re_lu_1(sum)",
                "flatten(re_lu_1)",
                "dense(flatten)",
            ],
            model.Nodes.Skip(1).Select(node => $"{node.Name}({string.Join(' ', node.Inputs)})"));
        Assert.Equal(["dense"], model.Outputs);
        Assert.Equal(6f, ((ReLU)model["re_lu_1"].Layer).MaxValue);
        Assert.Equal(new Shape(10), model.Plan.Output.Shape);
    }

    [Fact]
    public void Json_and_dictionaries_say_the_same_as_yaml()
    {
        Model expected = ModelReader.Read(Write("net.yaml", Branches));
        Hashtable network = new()
        {
            ["name"] = "digits",
            ["input_shape"] = new[] { 8, 8, 3 },
            ["input_type"] = "uint8",
            ["seed"] = 1u,
            ["layers"] = new object[]
            {
                new Hashtable { ["Rescaling"] = new Hashtable { ["scale"] = 1.0 / 255, ["name"] = "rescale" } },
                new Hashtable { ["Conv2D"] = new Hashtable { ["filters"] = (byte)4, ["kernel_size"] = 3m, ["padding"] = "same" } },
                "ReLU",
                new Hashtable
                {
                    ["Conv2D"] = new Hashtable
                    {
                        ["filters"] = 4f,
                        ["kernel_size"] = new[] { 3, 3 },
                        ["padding"] = "same",
                        ["use_bias"] = false,
                        ["inputs"] = "conv2d",
                    },
                },
                new Hashtable { ["Add"] = new Hashtable { ["inputs"] = new[] { "re_lu", "conv2d_1" }, ["name"] = "sum" } },
                new Hashtable { ["ReLU"] = new Hashtable { ["max_value"] = 6L } },
                new Hashtable { ["Flatten"] = null },
                new Hashtable { ["Dense"] = new Hashtable { ["units"] = 10, ["activation"] = "softmax" } },
            },
        };
        Keras.ModelComparison.AssertSame(expected, NetworkReader.Read(network));
        ModelWriter.Write(expected, PathOf("net.json"), weights: true);
        Keras.ModelComparison.AssertSame(expected, ModelReader.Read(PathOf("net.json")));
    }

    [Theory]
    [InlineData("uint8", IntegerType.UInt8)]
    [InlineData("int16", IntegerType.Int16)]
    [InlineData("float32", null)]
    [InlineData("float", null)]
    [InlineData(null, null)]
    public void The_input_has_a_type_or_takes_floats(string? type, IntegerType? expected) =>
        Assert.Equal(expected, Read(("input_type", type)).Input.Type);

    [Fact]
    public void A_sequential_network_hides_its_input()
    {
        Model model = Read(("sequential", true));
        Assert.Equal((true, "sequential", "dense_input"), (model.IsSequential, model.Name, model.Input.Name));
    }

    [Fact]
    public void The_input_can_be_a_layer()
    {
        Model model = Parse("layers: [InputLayer: { batch_input_shape: [null, 4], dtype: int8, name: x }, Dense: { units: 2 }]");
        Assert.Equal(("x", new Shape(4), IntegerType.Int8), (model.Input.Name, model.InputShape, model.Input.Type));
    }

    [Fact]
    public void The_output_can_be_a_layer_that_is_not_the_last()
    {
        Model model = Parse("""
            input_shape: 4
            layers:
              - Add: { inputs: [a, b], name: sum }
              - Dense: { units: 2, name: a, inputs: input_1 }
              - Dense: { units: 2, name: b, inputs: input_1 }
            outputs: [sum]
            """);
        Assert.Equal(["sum"], model.Outputs);
        Assert.Equal(["input_1", "a", "b", "sum"], model.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Weights_depend_on_the_seed_and_the_layer_alone()
    {
        Model model = Read(("seed", 7));
        float[] kernel = Kernel(model);
        Assert.Equal(kernel, Kernel(Read(("seed", 7))));
        Assert.NotEqual(kernel, Kernel(Read(("seed", 8))));
        Assert.Equal(kernel, Kernel(Read(options: new NetworkOptions { Seed = 7 })));
        Assert.NotEqual(Kernel(Read()), Kernel(Read()));

        // Another layer in front, of the same sizes, changes nothing.
        Assert.Equal(
            kernel,
            Kernel(Parse("{ input_shape: [4], seed: 7, layers: [Dense: { units: 4, name: front }, Dense: { units: 2, name: dense }] }")));

        static float[] Kernel(Model model) => ((Dense)model["dense"].Layer).Kernel.Values;
    }

    [Fact]
    public void Weights_can_come_from_a_file_beside()
    {
        float[] kernel = [1, 2, 3, 4, 5, 6, 7, 8];
        NpzWriter.Write(
            [
                new("dense/kernel", new NpyArray(new Shape(4, 2), kernel)),
                new("dense/bias:0", new NpyArray(new Shape(2), new[] { 9.0, 10.0 })),
            ],
            PathOf("weights.npz"));
        Model model = ModelReader.Read(Write("net.yaml", "{ input_shape: [4], weights: weights.npz, layers: [Dense: { units: 2 }] }"));
        Assert.Equal(kernel, ((Dense)model["dense"].Layer).Kernel.Values);
        Assert.Equal([9f, 10f], ((Dense)model["dense"].Layer).Bias.Values);

        // A seed that is asked for makes new ones.
        Assert.NotEqual(
            kernel, ((Dense)NetworkReader.Read(PathOf("net.yaml"), new NetworkOptions { Seed = 1 })["dense"].Layer).Kernel.Values);
    }

    [Theory]
    [InlineData("layers: [Dense: { units: 2 }]", true)]
    [InlineData("layers: [Dense: { units: 2 }], seed: 1", false)]
    [InlineData("layers: [Dense: { units: 2 }], weights: weights.npz", false)]
    [InlineData("layers: [ReLU]", false)]
    public void New_weights_that_nobody_asked_for_are_said(string network, bool isSaid)
    {
        NpzWriter.Write(
            [
                new("dense/kernel", new NpyArray(new Shape(4, 2), new float[8])),
                new("dense/bias", new NpyArray(new Shape(2), new float[2])),
            ],
            PathOf("weights.npz"));
        List<string> said = [];
        ModelReader.Read(Write("net.yaml", $"{{ input_shape: [4], {network} }}"), new ModelReadOptions { Warning = said.Add });
        Assert.Equal(isSaid, said.Any(text => text.Contains("net.yaml", StringComparison.Ordinal)));
        Assert.Equal(isSaid ? 1 : 0, said.Count);
    }

    [Fact]
    public void A_file_of_weights_and_a_seed_contradict_each_other() => Assert.Equal(
        "WeightsAmbiguous",
        IdOf(() => Read(options: new NetworkOptions { Weights = PathOf("weights.npz"), Seed = 1 })));

    [Fact]
    public void Weights_of_another_description_are_not_replaced()
    {
        ModelWriter.Write(Read(), PathOf("net.yaml"), weights: true);
        QuantException error = Assert.Throws<QuantException>(() => ModelWriter.RequireOwnWeights(PathOf("net.json")));
        Assert.Equal("WeightsTaken", error.Id);
        Assert.Contains("net.yaml", error.Message, StringComparison.Ordinal);
        foreach (string free in new[] { "net.yaml", "net.h5", "other.json" })
        {
            ModelWriter.RequireOwnWeights(PathOf(free));
        }

        Write("net.yaml", "{ input_shape: 4, weights: other.npz, layers: [Dense: { units: 2 }] }");
        ModelWriter.RequireOwnWeights(PathOf("net.json"));
    }

    [Theory]
    [InlineData("dense/kernal", "WeightsMissing", "has no array 'dense/kernel'. Did you mean 'dense/kernal'?")]
    [InlineData("dense/kernel", "WeightShapeMismatch", "the shape (2, 4), but it must have (4, 2)")]
    [InlineData(null, "WeightsUnknown", "'other', which no layer takes")]
    public void Weights_that_do_not_belong_to_the_network_are_refused(string? name, string id, string message)
    {
        List<KeyValuePair<string, NpyArray>> arrays = [new("dense/bias", new NpyArray(new Shape(2), new float[2]))];
        arrays.Add(new(name ?? "other", new NpyArray(name is null ? new Shape(1) : new Shape(2, 4), new float[name is null ? 1 : 8])));
        if (name is null)
        {
            arrays.Add(new("dense/kernel", new NpyArray(new Shape(4, 2), new float[8])));
        }

        NpzWriter.Write(arrays, PathOf("weights.npz"));
        QuantException error = Assert.Throws<QuantException>(() => Read(options: new NetworkOptions { Weights = PathOf("weights.npz") }));
        Assert.Equal(id, error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_are_open_are_given_or_refused()
    {
        Write("net.yaml", """
            input_shape: [null, null, 3]
            seed: 1
            layers:
              - Conv2D: { filters: 2, kernel_size: 3 }
              - GlobalAveragePooling2D
            """);
        Model model = ModelReader.Read(PathOf("net.yaml"), new Shape(8, 9, 3));
        Assert.Equal(new Shape(8, 9, 3), model.InputShape);
        Assert.Equal("InputShapeMissing", IdOf(() => ModelReader.Read(PathOf("net.yaml"))));
        Assert.Equal("InputShapeMismatch", IdOf(() => ModelReader.Read(PathOf("net.yaml"), new Shape(8, 9, 1))));

        // Weights that are there leave them open.
        ModelWriter.Write(model.WithInputShape(new Shape(Shape.Unknown, Shape.Unknown, 3)), PathOf("open.yaml"), weights: true);
        Assert.Equal(new Shape(Shape.Unknown, Shape.Unknown, 3), ModelReader.Read(PathOf("open.yaml")).InputShape);
    }

    [Theory]
    [InlineData(
        "Conv2D: { filters: 4, kernal_size: 3 }",
        "LayerArgumentUnknown",
        "Layer 1 'Conv2D': it has no argument 'kernal_size'. Did you mean 'kernel_size'?")]
    [InlineData(
        "Conv2d: { filters: 4, kernel_size: 3 }",
        "UnknownLayerClass",
        "Layer 1 'Conv2d': there is no layer of this class. Did you mean 'Conv2D'?")]
    [InlineData(
        "Conv2D: { filters: 4, kernel_size: 3, padding: sames }",
        "LayerArgumentInvalid",
        "Layer 1 'Conv2D': 'padding' must be 'valid' or 'same', but it is 'sames'. Did you mean 'same'?")]
    [InlineData(
        "Conv2D: { filters: 4, kernel_size: 3, activation: rellu }",
        "LayerArgumentInvalid",
        "but it is 'rellu'. Did you mean 'relu'?")]
    [InlineData(
        "Conv2D: { kernel_size: 3 }",
        "LayerArgumentMissing",
        "Layer 1 'Conv2D': the argument 'filters' is missing. It must be an integer.")]
    [InlineData(
        "Conv2D: { filters: many, kernel_size: 3 }",
        "LayerArgumentInvalid",
        "Layer 1 'Conv2D': 'filters' must be an integer, but it is 'many'.")]
    [InlineData("Conv2D: { filters: -4, kernel_size: 3 }", "LayerArgumentInvalid", "Give it positive sizes.")]
    [InlineData(
        "Conv2D: { filters: 4, kernel_size: 3, kernel_initializer: he_norml }",
        "LayerArgumentInvalid",
        "Layer 1 'Conv2D': 'kernel_initializer' is 'he_norml', which is no initializer. Did you mean 'he_normal'?")]
    [InlineData(
        "Conv2D: { filters: 4, kernel_size: 3, kernel_initializer: { random_normal: { stdev: 1 } } }",
        "LayerArgumentInvalid",
        "gives random_normal the setting 'stdev', which it does not have. Did you mean 'stddev'?")]
    [InlineData(
        "Conv2D: { filters: 4, kernel_size: 3, inputs: inputs_1 }",
        "LayerInputUnknown",
        "its 'inputs' name 'inputs_1', which is none of the layers. Did you mean 'input_1'?")]
    [InlineData("Conv2D: { filters: 4, kernel_size: 9 }", "LayerInputMismatch", "Layer 1 'Conv2D': Layer 'conv2d' (Conv2D): ")]
    [InlineData("Conv2D: [4, 3]", "LayerEntryInvalid", "its arguments must be a dictionary, but they are [4, 3]")]
    [InlineData("{ class: Conv2D, filters: 4 }", "LayerEntryInvalid", "it must have one key, its class, but it has 2: class, filters.")]
    [InlineData("17", "LayerEntryInvalid", "Layer 1: it is 17.")]
    [InlineData("Add: { inputs: [input_1] }", "LayerInputCount", "2 inputs, but has 1. Name the layers that it takes in its 'inputs'.")]
    [InlineData("Concatenate: { inputs: [input_1] }", "LayerInputCount", "it takes 2 inputs or more, but has 1.")]
    [InlineData("ReLU: { inputs: [input_1, input_1] }", "LayerInputCount", "it takes one input, but has 2.")]
    [InlineData("{}", "LayerEntryInvalid", "it must have one key, its class, but it has none.")]
    [InlineData("QuantizedReLU: { quant_config: { bitwith: 8 } }", "ConfigKeyUnknown", "Layer 1 'QuantizedReLU'")]
    [InlineData("TFOpLambda: { function: math.add }", "LayerArgumentMissing", "'call' is missing")]
    public void An_error_names_the_layer_and_the_key(string layer, string id, string message)
    {
        QuantException error = Assert.Throws<QuantException>(() => Parse($"{{ input_shape: [8, 8, 3], layers: [{layer}] }}"));
        Assert.Equal(id, error.Id);
        Assert.Contains(PathOf("net.yaml"), error.Message, StringComparison.Ordinal);
        string withoutPath = error.Message.Replace($" in '{PathOf("net.yaml")}'", string.Empty, StringComparison.Ordinal);
        Assert.Contains(message, withoutPath, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 2000);
    }

    [Theory]
    [InlineData("{ input_shape: [4] }", "has no 'layers'")]
    [InlineData("{ layers: [ReLU] }", "has no 'input_shape'")]
    [InlineData("{ input_shap: [4], layers: [ReLU] }", "has the key 'input_shap', which networks do not have. Did you mean 'input_shape'?")]
    [InlineData("{ input_shape: [0], layers: [ReLU] }", "has an 'input_shape' that must be")]
    [InlineData("{ input_shape: [4], input_type: unit8, layers: [ReLU] }", "Did you mean 'uint8'?")]
    [InlineData("{ input_shape: [4], seed: -1, layers: [ReLU] }", "has a 'seed' that must be an integer from 0 on, but it is -1.")]
    [InlineData("{ input_shape: [100000, 100000], layers: [ReLU] }", "have more than 2147483647 values")]
    [InlineData(
        "{ input_shape: [4], layers: [ReLU], outputs: [re_luu] }",
        "gives the output of 're_luu', which is none of its layers. Did you mean 're_lu'?")]
    [InlineData("{ input_shape: [4], layers: [ReLU, ReLU], outputs: [re_lu, re_lu_1] }", "has several outputs")]
    [InlineData("[ReLU]", "must be a dictionary with 'input_shape' and 'layers'")]
    [InlineData("{ class_name: Sequential, config: {} }", "model.to_json()")]
    public void An_error_names_what_is_wrong_with_the_network(string network, string message)
    {
        QuantException error = Assert.Throws<QuantException>(() => Parse(network));
        Assert.Equal("NetworkInvalid", error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "{ input_shape: [4], layers: [ReLU, { ReLU: { inputs: input_1 } }] }",
        "LayerUnused",
        "nothing takes the output of 're_lu'")]
    [InlineData("{ input_shape: [4], layers: [{ ReLU: { name: a } }, { ReLU: { name: a } }] }", "LayerNameTaken", "Layer 2 'ReLU'")]
    [InlineData(
        "{ input_shape: [4], layers: [{ ReLU: { name: a, inputs: b } }, { ReLU: { name: b, inputs: a } }] }",
        "ModelGraphInvalid",
        "takes its own output")]
    [InlineData("{ input_shape: [4], sequential: true, layers: [{ ReLU: { inputs: input_1 } }] }", "LayerEntryInvalid", "sequential")]
    [InlineData(
        "{ input_shape: [4], layers: [ReLU, { InputLayer: { batch_input_shape: [null, 4] } }] }",
        "LayerEntryInvalid",
        "'input_shape'")]
    [InlineData("{ input_shape: [40000], layers: [{ Dense: { units: 40000 } }] }", "NetworkTooLarge", "more than 536870912 weights")]
    [InlineData("{ input_shape: [4], layers: [{ Dense: { units: 2147483647 } }] }", "NetworkTooLarge", "more than 536870912 weights")]
    [InlineData(
        "{ input_shape: [4000, 4000, 100], layers: [{ ZeroPadding2D: { padding: 4000 } }] }",
        "NetworkTooLarge",
        "2147483647 values")]
    public void A_graph_that_does_not_hold_together_is_refused(string network, string id, string message)
    {
        QuantException error = Assert.Throws<QuantException>(() => Parse(network));
        Assert.Equal(id, error.Id);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.yaml", "a: [")]
    [InlineData("net.yaml", "a: &a [*a]")]
    [InlineData("net.json", "{ 'a': 1 }")]
    public void A_file_that_is_damaged_is_named(string name, string content)
    {
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(Write(name, content)));
        Assert.Equal("NetworkFileInvalid", error.Id);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("net.yaml", "input_shape: 4\nlayers: [Dense: { units: 2, units: 3 }]")]
    [InlineData("net.json", """{"input_shape": 4, "layers": [{"Dense": {"units": 2, "units": 3}}]}""")]
    public void A_key_that_is_given_twice_is_refused_by_name(string name, string content)
    {
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(Write(name, content)));
        Assert.Equal("NetworkFileInvalid", error.Id);
        Assert.Contains("the key 'units' is given twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_aliases_does_not_become_a_huge_network()
    {
        IEnumerable<string> lines = Enumerable
            .Range(1, 30)
            .Select(level => $"  a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]");
        Assert.Equal("NetworkFileInvalid", IdOf(() => Parse($"layers:\n  a0: &a0 [ReLU]\n{string.Join('\n', lines)}")));
    }

    [Theory]
    [InlineData("{ Conv2D: { filters: 1, kernel_size: 9, name: # } }")]
    [InlineData("{ Conv2D: { filters: #, kernel_size: 1 } }")]
    [InlineData("{ Conv2D: { filters: 1, kernel_size: 1, #: 1 } }")]
    [InlineData("{ Conv2D: { filters: 1, kernel_size: 1, inputs: # } }")]
    [InlineData("{ Conv2D: { filters: 1, kernel_size: 1, kernel_initializer: # } }")]
    [InlineData("{ Dense: { units: 2147483647, name: # } }")]
    [InlineData("#")]
    public void Errors_stay_readable_however_long_a_name_is(string layer)
    {
        string network = $"{{ input_shape: [8, 8, 3], layers: [{layer.Replace("#", new string('x', 5000), StringComparison.Ordinal)}] }}";
        Assert.InRange(Assert.Throws<QuantException>(() => Parse(network)).Message.Length, 1, 2000);
    }

    [Fact]
    public void A_dictionary_that_holds_itself_is_refused()
    {
        Hashtable network = [];
        network["layers"] = network;
        Assert.Equal("NetworkInvalid", IdOf(() => NetworkReader.Read(network)));
    }

    private Model Parse(string yaml) => ModelReader.Read(Write("net.yaml", yaml));

    private static Model Read(params IEnumerable<(string Key, object? Value)> keys) => Read(null, keys);

    private static Model Read(NetworkOptions? options, params IEnumerable<(string Key, object? Value)> keys)
    {
        OrderedDictionary<string, object?> network = new()
        {
            ["input_shape"] = 4,
            ["layers"] = new object[] { new Hashtable { ["Dense"] = new Hashtable { ["units"] = 2 } } },
        };
        foreach ((string key, object? value) in keys)
        {
            network[key] = value;
        }

        return NetworkReader.Read(network, options: options);
    }
}
