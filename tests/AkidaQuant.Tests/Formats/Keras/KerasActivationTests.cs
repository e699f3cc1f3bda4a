using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Activations in all spellings of Keras.</summary>
public sealed class KerasActivationTests
{
    public static TheoryData<string> Names => [.. ActivationFunction.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_is_read(string name) => Assert.Equal(name, FunctionOf($"\"{name}\"", "2.15.0"));

    [Theory]
    [InlineData("\"keras.activations>relu\"", "relu")]
    [InlineData("\"Custom>mish\"", "mish")]
    [InlineData("\"package>swish\"", "swish")]
    [InlineData("\"tf.nn.relu6\"", "relu6")]
    [InlineData("\"hard_swish\"", "hard_silu")]
    [InlineData("\"softmax_v2\"", "softmax")]
    [InlineData("\"celu\"", "elu")]
    [InlineData("null", "linear")]
    [InlineData("""{"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}""", "relu")]
    [InlineData("""{"module": "keras.activations", "class_name": "function", "config": "selu", "registered_name": "selu"}""", "selu")]
    [InlineData("""{"class_name": "function", "config": "Custom>gelu"}""", "gelu")]
    [InlineData("""{"class_name": "Activation", "config": {"name": "a", "activation": "tanh"}}""", "tanh")]
    public void Functions_have_several_spellings(string value, string expected) => Assert.Equal(expected, FunctionOf(value, "2.15.0"));

    [Theory]
    [InlineData("2.15.0", "hard_sigmoid", 0.7f)]
    [InlineData(null, "hard_sigmoid", 0.7f)]
    [InlineData("3.4.1", ActivationFunction.HardSigmoidOfSixths, 2f / 3)]
    public void The_hard_sigmoid_is_that_of_the_version_of_the_file(string? version, string expected, float ofOne)
    {
        Assert.Equal(expected, FunctionOf("\"hard_sigmoid\"", version));
        Model model = StoredNetwork.Read(StoredNetwork.Sequential([1], ("Activation", "\"activation\": \"hard_sigmoid\"")), null, version);
        Assert.Equal(ofOne, StoredNetwork.Run(model, 1)[0], 1e-6f);
    }

    [Theory]
    [InlineData("""{"class_name": "LeakyReLU", "config": {"name": "x", "alpha": 0.5}}""")]
    [InlineData(
        """{"module": "keras.layers", "class_name": "LeakyReLU", "config": {"name": "x", "negative_slope": 0.5}, "registered_name": null}""")]
    [InlineData("""{"class_name": "Activation", "config": {"activation": {"class_name": "LeakyReLU", "config": {"alpha": 0.5}}}}""")]
    [InlineData("""{"class_name": "ReLU", "config": {"negative_slope": {"class_name": "__numpy__", "config": {"value": 0.5}}}}""")]
    public void Layers_may_be_activations(string value)
    {
        Model alone = StoredNetwork.Read(StoredNetwork.Sequential([2], ("Activation", $"\"activation\": {value}")));
        Assert.Equal(["in", "l0"], alone.Nodes.Select(node => node.Name));
        Assert.Equal([-1, 3], StoredNetwork.Run(alone, -2, 3));

        Model fused = StoredNetwork.Read(
            StoredNetwork.Sequential(
                [1], ("Dense", $"\"units\": 2, \"use_bias\": false, \"activation\": {value}"), ("ReLU", "\"max_value\": 4")),
            StoredNetwork.Weights(("l0", [StoredNetwork.Array([1, 2], 1, -1)])));
        Assert.True(fused.IsSequential);
        Assert.Equal(["in", "l0", "l0_activ", "l1"], fused.Nodes.Select(node => node.Name));
        Assert.Equal(ActivationFunction.Linear, Assert.IsType<Dense>(fused["l0"].Layer).Activation);
        Assert.Equal([4, 0], StoredNetwork.Run(fused, 8));
    }

    [Fact]
    public void The_name_of_a_layer_class_is_that_layer_with_its_defaults() =>
        Assert.Equal([-0.6f, 2], StoredNetwork.Run(
            StoredNetwork.Read(StoredNetwork.Sequential([2], ("Activation", "\"activation\": \"LeakyReLU\""))), -2, 2));

    [Fact]
    public void Weights_go_where_they_belong_though_a_branch_becomes_longer()
    {
        const string Leaky =
            "\"units\": 1, \"use_bias\": false, \"activation\": {\"class_name\": \"LeakyReLU\", \"config\": {\"alpha\": 0.5}}";
        const string Plain = "\"units\": 1, \"use_bias\": false";
        string json = StoredNetwork.Functional(
            "s",
            StoredNetwork.Input(1),
            StoredNetwork.Layer("Dense", "a", Plain, "in"),
            StoredNetwork.Layer("Dense", "b", Leaky, "in"),
            StoredNetwork.Layer("Concatenate", "s", "\"axis\": -1", "a", "b"));
        Model model = StoredNetwork.Read(
            json, StoredNetwork.Weights(("a", [StoredNetwork.Array([1, 1], 2)]), ("b", [StoredNetwork.Array([1, 1], -4)])));
        Assert.Equal([2, -2], StoredNetwork.Run(model, 1));
        Assert.Equal(["a", "b_activ"], model["s"].Inputs);
    }

    [Fact]
    public void A_function_that_is_not_known_is_told_with_those_that_are()
    {
        QuantException error = Assert.Throws<QuantException>(() => FunctionOf("\"Custom>snake\"", null));
        Assert.Equal(("LayerArgumentInvalid", "l0"), (error.Id, error.Target));
        Assert.Contains("'Custom>snake'", error.Message, StringComparison.Ordinal);
        Assert.Contains("mish", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_is_told_as_what_it_is() => Assert.Contains(
        "<lambda>",
        Assert.Throws<QuantException>(
            () => FunctionOf("""{"class_name": "__lambda__", "config": {"value": {"code": "4wAA"}}}""", null)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("PReLU")]
    [InlineData("Swirl")]
    public void Activations_with_weights_and_unknown_ones_are_named(string className)
    {
        QuantException error = Assert.Throws<QuantException>(() => StoredNetwork.Read(StoredNetwork.Sequential(
            [2], ("Dense", $"\"units\": 1, \"activation\": {{\"class_name\": \"{className}\", \"config\": {{}}}}"))));
        Assert.Equal(("ActivationNotSupported", "l0"), (error.Id, error.Target));
        Assert.Contains($"'{className}'", error.Message, StringComparison.Ordinal);
    }

    private static string FunctionOf(string value, string? version) =>
        Assert.IsType<Activation>(StoredNetwork.Read(
            StoredNetwork.Sequential([4], ("Activation", $"\"activation\": {value}")), null, version)["l0"].Layer).Function;
}
