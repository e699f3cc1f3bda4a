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
