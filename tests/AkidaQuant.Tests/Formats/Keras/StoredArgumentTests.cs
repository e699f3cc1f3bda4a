using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>How arguments are written: as they were where they still hold, else as they are now.</summary>
public sealed class StoredArgumentTests
{
    [Theory]
    [InlineData(0.0, 0L, true)]
    [InlineData(6.0, 6L, true)]
    [InlineData(6.0, 5L, false)]
    [InlineData("same", "same", true)]
    [InlineData("same", "valid", false)]
    [InlineData(true, true, true)]
    [InlineData(true, 1L, false)]
    [InlineData(null, null, true)]
    [InlineData(null, 0L, false)]
    [InlineData((double)0.1f, 0.1, true)]
    [InlineData(0.1, (double)0.1f, false)]
    public void Numbers_mean_the_same_in_other_types(object? value, object? stored, bool expected) =>
        Assert.Equal(expected, StoredValues.AreSame(value, stored));

    [Fact]
    public void One_number_may_stand_for_a_list()
    {
        Assert.True(StoredValues.AreSame(new object?[] { 2L, 2L }, 2L));
        Assert.True(StoredValues.AreSame(0.5, new object?[] { 0.5 }));
        Assert.False(StoredValues.AreSame(new object?[] { 2L, 1L }, 2L));
        Assert.False(StoredValues.AreSame(new object?[] { 2L, 1L }, new object?[] { 2L, 2L }));
    }

    [Fact]
    public void Arguments_that_changed_are_written_as_they_are_now()
    {
        Layer read = LayerClasses.Read(
            "ReLU",
            Arguments(
                "relu",
                ("name", "old"),
                ("trainable", false),
                ("dtype", "float32"),
                ("max_value", 6L),
                ("threshold", 0L),
                ("unknown", 1L))
        )!;
        Assert.Equal(
            """{"name": "relu", "trainable": false, "dtype": "float32", "max_value": 6, "negative_slope": 0.0, "threshold": 0}""",
            Config(read));
        Assert.Equal(
            """{"name": "relu", "trainable": false, "dtype": "float32", "max_value": 4.0, "negative_slope": 0.0, "threshold": 0}""",
            Config((ReLU)read with { MaxValue = 4 }));
    }

    [Fact]
    public void Layers_that_no_file_gave_are_written_with_the_defaults_of_Keras() =>
        Assert.Equal(
            """{"name": "bn", "trainable": true, "dtype": "float32", "axis": [3], "momentum": 0.99, "epsilon": 0.001, "center": true, "scale": true, "beta_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}, "gamma_initializer": {"module": "keras.initializers", "class_name": "Ones", "config": {}, "registered_name": null}, "moving_mean_initializer": {"module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": null}, "moving_variance_initializer": {"module": "keras.initializers", "class_name": "Ones", "config": {}, "registered_name": null}, "beta_regularizer": null, "gamma_regularizer": null, "beta_constraint": null, "gamma_constraint": null}""",
            Config(new BatchNormalization { Name = "bn", Axis = 3 }));

    [Fact]
    public void The_class_of_a_sum_is_the_one_it_was_read_from()
    {
        Assert.Equal("Add", new Add { Name = "a" }.StoredClass);
        Assert.Equal("Custom>Add", new Add { Name = "a", Average = true }.StoredClass);
        Assert.Equal("Custom>Add", LayerClasses.Read("Custom>Add", Arguments("a", ("average", false)))!.StoredClass);
    }

    [Fact]
    public void Every_class_of_the_reference_names_its_module() =>
        Assert.All(LayerClasses.Names, name =>
            Assert.Matches(
                name.Contains('>', StringComparison.Ordinal)
                    ? "^quantizeml\\.layers\\.[a-z_.]+$"
                    : "^(keras\\.layers|tf_keras\\.src\\.layers\\.core\\.tf_op_layer)$",
                LayerClasses.ModuleOf(name)));

    [Fact]
    public void Class_names_in_snake_case_are_those_of_Keras() =>
        Assert.Equal(
            [
                "conv2d",
                "max_pooling2d",
                "re_lu",
                "p_re_lu",
                "leaky_re_lu",
                "elu",
                "global_average_pooling2d",
                "gru_cell",
                "private__hidden",
                "ab12_cd",
                "a1b",
                "quantized_max_pool2d",
                "conv2d_transpose",
            ],
            new[]
            {
                "Conv2D",
                "MaxPooling2D",
                "ReLU",
                "PReLU",
                "LeakyReLU",
                "ELU",
                "GlobalAveragePooling2D",
                "GRUCell",
                "_Hidden",
                "AB12Cd",
                "A1B",
                "QuantizedMaxPool2D",
                "Conv2DTranspose",
            }.Select(KerasNames.ToSnakeCase));

    private static LayerArguments Arguments(string name, params (string Key, object? Value)[] values) =>
        new(name, values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));

    /// <summary>The configuration of a layer within a model.</summary>
    private static string Config(Layer layer)
    {
        Model model = Model.Create(
            "m",
            isSequential: true,
            [new Node(new InputLayer { Name = "in", Shape = new Shape(2) }, []), new Node(layer, ["in"])],
            [layer.Name]);
        string json = KerasConfigWriter.ToHdf5Json(model);
        const string Start = "\"config\": ";
        return json[(json.LastIndexOf($"{Start}{{\"name\": \"{layer.Name}\"", StringComparison.Ordinal) + Start.Length)..^"}]}}".Length];
    }
}
