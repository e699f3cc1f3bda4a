using System.Collections;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Descriptions;

namespace AkidaQuant.Tests.Formats.Descriptions;

/// <summary>What is wrong with a description is said, with the layer, the key and the nearest right one.</summary>
public sealed class NetworkErrorTests : TemporaryFolder
{
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
}
