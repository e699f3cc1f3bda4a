using AkidaQuant.Layers;
using PureHDF;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>The forms in which the versions of Keras have arguments: numbers, types, booleans, classes.</summary>
public sealed class KerasFormTests
{
    private const string Alpha = "\"alpha\": ";

    [Theory]
    [InlineData("0.25")]
    [InlineData("""{"type": "ndarray", "value": 0.25}""")]
    [InlineData("""{"type": "ndarray", "value": [[0.25]]}""")]
    [InlineData("""{"module": "numpy", "class_name": "__numpy__", "config": {"value": [0.25], "dtype": "float32"}}""")]
    [InlineData("""{"class_name": "__tensor__", "config": {"value": 0.25, "dtype": "float32"}}""")]
    public void Numbers_may_be_arrays(string number)
    {
        Model model = StoredNetwork.Read(StoredNetwork.Sequential([3], ("LeakyReLU", Alpha + number)));
        Assert.Equal([-0.5f, 0, 3], StoredNetwork.Run(model, -2, 0, 3));
    }

    [Theory]
    [InlineData("""{"class_name": "__tuple__", "items": [3, 1]}""")]
    [InlineData("""{"class_name": "TensorShape", "items": [3, 1]}""")]
    [InlineData("""{"type": "ndarray", "value": [3, 1]}""")]
    [InlineData("""{"class_name": "__numpy__", "config": {"value": [{"type": "ndarray", "value": 3}, 1], "dtype": "int64"}}""")]
    public void Lists_may_be_arrays_and_tuples(string shape) => Assert.Equal(
        new Shape(3, 1), Assert.IsType<Reshape>(Layer("Reshape", $"\"target_shape\": {shape}", [3])).TargetShape);

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("true", true)]
    [InlineData("1.0", true)]
    public void One_and_zero_are_true_and_false(string text, bool expected) =>
        Assert.Equal(
            expected,
            Assert.IsType<GlobalAveragePooling2D>(Layer("GlobalAveragePooling2D", $"\"keepdims\": {text}", [2, 2, 3])).KeepDims);

    [Theory]
    [InlineData("\"mixed_float16\"", "float32")]
    [InlineData("""{"class_name": "Policy", "config": {"name": "mixed_bfloat16"}}""", "float32")]
    [InlineData("""{"class_name": "PolicyV1", "config": {"name": "mixed_float16", "loss_scale": null}}""", "float32")]
    [InlineData(
        """{"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}, "registered_name": null}""",
        "float32")]
    [InlineData(
        """{"class_name": "DTypePolicyMap", "config": {"default_policy": "mixed_float16", "policy_map": {}}}""",
        "float32")]
    [InlineData(
        """{"class_name": "DTypePolicyMap", "config": {"default_policy": {"class_name": "DTypePolicy", "config": {"name": "float32"}}}}""",
        "float32")]
    [InlineData("""{"class_name": "DTypePolicy", "config": {"name": "float16"}}""", "float16")]
    [InlineData("\"float64\"", "float64")]
    public void Policies_name_the_type_of_variables(string policy, string expected)
    {
        Model model = StoredNetwork.Read(
            StoredNetwork.Sequential([2], ("Dense", $"\"units\": 1, \"use_bias\": 0, \"dtype\": {policy}"))
                .Replace("\"dtype\": \"float32\"", $"\"dtype\": {policy}", StringComparison.Ordinal),
            StoredNetwork.Weights(("l0", [StoredNetwork.Array([2, 1], 2, 3)])));
        Assert.Equal(expected, model["l0"].Layer.StoredArguments["dtype"]);
        Assert.Equal([5], StoredNetwork.Run(model, 1, 1));
    }

    [Fact]
    public void A_first_layer_of_mixed_types_makes_an_input_of_floats()
    {
        Model model = StoredNetwork.Read(
            """{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "ReLU", "config": {"name": "r", "batch_input_shape": [null, 2], "dtype": {"class_name": "Policy", "config": {"name": "mixed_float16"}}}}]}}""");
        Assert.Null(model.Input.Type);
        Assert.Equal([0, 1], StoredNetwork.Run(model, -1, 1));
    }

    [Theory]
    [InlineData("""{"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}}""")]
    [InlineData("""{"class_name": "QuantizedDTypePolicy", "config": {"name": "int8_from_float32"}}""")]
    public void Layers_that_Keras_quantized_are_named(string policy)
    {
        QuantException error = Assert.Throws<QuantException>(() => Layer("Dense", $"\"units\": 1, \"dtype\": {policy}", [2]));
        Assert.Equal(("KerasQuantized", "l0"), (error.Id, error.Target));
        Assert.Contains("int8_from_float32", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("theano", 4 + 20 + 300 + 1000)]
    [InlineData("tensorflow", 1 + 30 + 200 + 4000)]
    [InlineData(null, 1 + 30 + 200 + 4000)]
    public void Kernels_of_Theano_are_turned(string? backend, float expected)
    {
        string json = StoredNetwork.Sequential(
            [2, 2, 1],
            ("Conv2D", "\"filters\": 1, \"kernel_size\": [2, 2], \"use_bias\": false"),
            ("Dense", "\"units\": 1, \"use_bias\": false"));
        Model model = StoredNetwork.Read(
            json,
            StoredNetwork.Weights(("l0", [StoredNetwork.Array([2, 2, 1, 1], 1, 3, 2, 4)]), ("l1", [StoredNetwork.Array([1, 1], 1)])),
            backend: backend);
        Assert.Equal([expected], StoredNetwork.Run(model, 1, 10, 100, 1000));
    }

    [Theory]
    [InlineData("\"trainable\": false, ", true)]
    [InlineData("\"trainable\": 0, ", true)]
    [InlineData("\"trainable\": true, ", false)]
    [InlineData("", false)]
    public void Frozen_layers_have_no_trainable_parameters(string trainable, bool isFrozen)
    {
        Model model = StoredNetwork.Read(
            StoredNetwork.Sequential([2], ("Dense", $"{trainable}\"units\": 3"), ("BatchNormalization", string.Empty)),
            StoredNetwork.Weights(
                ("l0", [StoredNetwork.Array([2, 3], new float[6]), StoredNetwork.Array([3], new float[3])]),
                ("l1", [.. Enumerable.Range(0, 4).Select(_ => StoredNetwork.Array([3], 1, 1, 1))])));
        ModelSummary summary = new(model);
        Assert.Equal((21, isFrozen ? 6 : 15), (summary.ParameterCount, summary.TrainableCount));
        Assert.Equal(isFrozen, model["l0"].Layer.IsFrozen);
    }

    [Fact]
    public void Layers_of_Keras_1_are_those_of_Keras_2()
    {
        H5Dataset[] kernel = [StoredNetwork.Array([1, 1, 1, 2], 1, -1), StoredNetwork.Array([2], 0, 3)];
        Model model = StoredNetwork.Read(
            """
            {"class_name": "Sequential", "config": [
              {"class_name": "Convolution2D", "config": {"name": "c", "batch_input_shape": [null, 2, 2, 1], "input_dtype": "float32",
                "nb_filter": 2, "nb_row": 1, "nb_col": 1, "border_mode": "valid", "subsample": [1, 1], "dim_ordering": "tf",
                "activation": "relu", "bias": true}},
              {"class_name": "BatchNormalization", "config": {"name": "b", "mode": 0, "axis": -1, "epsilon": 0, "momentum": 0.99}},
              {"class_name": "MaxPooling2D", "config": {"name": "m", "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid",
                "dim_ordering": "tf"}},
              {"class_name": "Dropout", "config": {"name": "p", "p": 0.5}},
              {"class_name": "Flatten", "config": {"name": "f"}},
              {"class_name": "Dense", "config": {"name": "d", "output_dim": 1, "activation": "linear", "bias": 0, "input_dim": 2}}]}
            """,
            StoredNetwork.Weights(
                ("c", kernel),
                ("b", [.. new float[] { 2, 1, 0, 1 }.Select(value => StoredNetwork.Array([2], value, value))]),
                ("d", [StoredNetwork.Array([2, 1], 10, 1)])));
        Assert.Equal(["c_input", "c", "b", "m", "p", "f", "d"], model.Nodes.Select(node => node.Name));
        Assert.Equal(0.5, Assert.IsType<Dropout>(model["p"].Layer).Rate);

        // The largest value is 4, the largest of 3 - x is 2; both times 2 and 1 more.
        Assert.Equal([(10 * 9) + 5], StoredNetwork.Run(model, 1, 2, 3, 4));
    }

    [Fact]
    public void Merges_of_Keras_1_are_classes_of_Keras_2()
    {
        string json = StoredNetwork.Functional(
            "c",
            StoredNetwork.Input(2),
            StoredNetwork.Layer("ReLU", "r", string.Empty, "in"),
            StoredNetwork.Layer("Merge", "s", "\"mode\": \"sum\", \"mode_type\": \"raw\"", "in", "r"),
            StoredNetwork.Layer("Merge", "c", "\"mode\": \"concat\", \"concat_axis\": -1", "s", "r"));
        Assert.Equal([-1, 4, 0, 2], StoredNetwork.Run(StoredNetwork.Read(json), -1, 2));
    }

    [Theory]
    [InlineData("Convolution2D", "\"nb_filter\": 2, \"nb_row\": 1, \"nb_col\": 1, \"dim_ordering\": \"th\"")]
    [InlineData("Merge", "\"mode\": \"cos\"")]
    [InlineData("Convolution1D", "\"nb_filter\": 2, \"filter_length\": 1")]
    [InlineData("BatchNormalization", "\"mode\": 2")]
    public void What_Keras_1_stores_otherwise_says_how_to_bring_it_up(string className, string config)
    {
        QuantException error = Assert.Throws<QuantException>(() => Layer(className, config, [2, 2, 1]));
        Assert.Equal(("Keras1NotSupported", "l0"), (error.Id, error.Target));
        Assert.Contains("Keras 2", error.Message, StringComparison.Ordinal);
    }

    private static Layer Layer(string className, string config, int[] shape) =>
        StoredNetwork.Read(StoredNetwork.Sequential(shape, (className, config)))["l0"].Layer;
}
