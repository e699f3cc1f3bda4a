using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>TensorFlow functions in networks: how they are read and run, and what they become (transforms.md 4.2).</summary>
public sealed class OperatorTests
{
    private static readonly object Tensor = Operators.Tensor;

    [Theory]
    [InlineData("math.add", false, new float[] { 3, 0, 5 })]
    [InlineData("__operators__.add", true, new float[] { 3, 0, 5 })]
    [InlineData("math.subtract", false, new float[] { -1, -4, 1 })]
    [InlineData("math.subtract", true, new float[] { 1, 4, -1 })]
    [InlineData("math.multiply", false, new float[] { 2, -4, 6 })]
    [InlineData("__operators__.multiply", true, new float[] { 2, -4, 6 })]
    [InlineData("math.truediv", false, new float[] { 0.5f, -1, 1.5f })]
    [InlineData("math.divide", true, new float[] { 2, -1, 2f / 3 })]
    public void Arithmetic_with_a_number_on_either_side(string function, bool constantFirst, float[] expected)
    {
        TFOpLambda call = constantFirst
            ? Operators.CallOn(2.0, "op", function, ("y", Tensor))
            : Operators.Call("op", function, ("y", 2L), ("name", null));
        Model model = new Graph(3).Add(call).Build();
        Assert.Equal(expected, Outputs.Of(model, [1, -2, 3])[0]);
        Assert.Same(model, Outputs.Rewrite<ReplaceOperators>(model));
    }

    [Fact]
    public void Arithmetic_with_one_number_a_channel_and_with_an_axis_of_the_batch()
    {
        List<object?> row = [1.0, 2L, -1.0];
        List<object?> image = [new List<object?> { new List<object?> { row } }];
        Model one = new Graph(1, 2, 3).Add(Operators.Call("op", "math.multiply", ("y", row))).Build();
        Model other = new Graph(1, 2, 3).Add(Operators.Call("op", "math.multiply", ("y", image))).Build();
        Assert.Equal([1, 4, -3, 4, 10, -6], Outputs.Of(one, [1, 2, 3, 4, 5, 6])[0]);
        Assert.Equal([1, 4, -3, 4, 10, -6], Outputs.Of(other, [1, 2, 3, 4, 5, 6])[0]);
    }

    [Theory]
    [InlineData("nn.relu", nameof(ReLU))]
    [InlineData("nn.relu6", nameof(ReLU))]
    [InlineData("nn.silu", "Activation")]
    [InlineData("nn.gelu", "Activation")]
    [InlineData("nn.leaky_relu", "Activation")]
    [InlineData("nn.tanh", nameof(TFOpLambda))]
    [InlineData("math.sigmoid", nameof(TFOpLambda))]
    [InlineData("nn.softmax", nameof(TFOpLambda))]
    [InlineData("nn.log_softmax", nameof(TFOpLambda))]
    public void Functions_of_one_tensor(string function, string expected)
    {
        Model model = new Graph(5, 3).Add(new Rescaling { Name = "s", Scale = [5] }).Add(Operators.Call("op", function)).Build();
        Model rewritten = Outputs.Rewrite<ReplaceOperators>(model);
        Assert.Equal(expected, rewritten["op"].Layer.ClassName);
        Assert.Equal(function == "nn.relu6" ? 6f : null, (rewritten["op"].Layer as ReLU)?.MaxValue);
    }

    /// <summary>Arguments that change nothing make the reference decline; those that do would be lost.</summary>
    [Theory]
    [InlineData("nn.gelu", "approximate", false, "gelu 0.2")]
    [InlineData("nn.gelu", "approximate", true, null)]
    [InlineData("nn.silu", "beta", 1.0, "swish 0.2")]
    [InlineData("nn.silu", "beta", 2.0, null)]
    [InlineData("nn.leaky_relu", "alpha", 0.5, "leaky_relu 0.5")]
    [InlineData("nn.leaky_relu", "alpha", null, "leaky_relu 0.2")]
    public void Functions_with_an_argument(string function, string name, object? value, string? expected)
    {
        Model model = new Graph(5, 3).Add(Operators.Call("op", function, (name, value))).Build();
        if (expected is null)
        {
            Assert.Equal("OperatorNotSupported", Assert.Throws<QuantException>(() => model.Plan).Id);
            return;
        }

        TableActivation activation = Assert.IsType<TableActivation>(Outputs.Rewrite<ReplaceOperators>(model)["op"].Layer);
        Assert.Equal(expected, FormattableString.Invariant($"{activation.Function} {activation.Alpha}"));
    }

    /// <summary>The reference counts the batch among the axes of a sample, and declines.</summary>
    [Theory]
    [InlineData(new[] { 0, 2, 1, 3 }, "(3, 4, 2)")]
    [InlineData(new[] { 0, 3, 1, 2 }, "(2, 4, 3)")]
    [InlineData(new[] { 1, 0, 2, 3 }, null)]
    [InlineData(new[] { 0, 1, 1, 3 }, null)]
    [InlineData(new[] { 0, 2, 1 }, null)]
    public void A_transposition_leaves_the_batch_where_it_is(int[] order, string? expected)
    {
        List<object?> axes = [.. order.Select(axis => (object?)(long)axis)];
        Model model = new Graph(4, 3, 2).Add(Operators.Call("op", "transpose", ("perm", axes), ("name", "transpose"))).Build();
        if (expected is null)
        {
            Assert.Equal("OperatorNotSupported", Assert.Throws<QuantException>(() => model.Plan).Id);
            return;
        }

        Model rewritten = Outputs.Rewrite<ReplaceOperators>(model);
        Assert.IsType<Permute>(rewritten["transpose"].Layer);
        Assert.Equal(expected, rewritten.Plan.Output.Shape.ToString());
    }

    [Theory]
    [InlineData("math.add", nameof(Add))]
    [InlineData("__operators__.add", nameof(Add))]
    [InlineData("math.multiply", nameof(Multiply))]
    [InlineData("math.subtract", nameof(TFOpLambda))]
    public void Functions_of_two_tensors_and_a_name(string function, string expected)
    {
        Model model = new Graph(4, 4, 2).Conv("a", 1, 2, 2).Conv("b", 1, 2, 2, ["in"])
            .Add(Operators.Call("op", function, ("y", Tensor), ("name", "plus")), "a", "b").ReLU("r").Build();
        string name = expected == nameof(TFOpLambda) ? "op" : "plus";
        Assert.Equal(
            $"in:InputLayer() a:Conv2D(in) b:Conv2D(in) {name}:{expected}(a,b) r:ReLU({name})",
            Outputs.Listing(Outputs.Rewrite<ReplaceOperators>(model)));
    }

    [Fact]
    public void A_name_in_use_is_not_taken()
    {
        Model model = new Graph(4, 2)
            .Add(Operators.Call("a", "nn.relu", ("name", "same")))
            .Add(Operators.Call("b", "nn.relu", ("name", "same")))
            .Build();
        Model rewritten = Outputs.Rewrite<ReplaceOperators>(model);
        Assert.Equal("same same_1", Outputs.Names(rewritten));
        Assert.Equal(["same_1"], rewritten.Outputs);
    }

    [Fact]
    public void A_sum_that_repeats_an_axis_stays()
    {
        List<string> log = [];
        Model model = new Graph(4, 4, 2)
            .GlobalAverage("gap", keepDims: true)
            .Add(Operators.Call("op", "math.add", ("y", Tensor)), "in", "gap")
            .Build();
        Assert.Same(model, Outputs.Rewrite<ReplaceOperators>(model, log));
        Assert.Single(log);
    }

    [Fact]
    public void Defect_2_a_fused_activation_of_either_operand_stays_its_own() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.OneOf("math.add", "math.multiply"))
            .Sample(
                (first, second, given, function) =>
                {
                    Graph graph = new Graph(4, 4, 2)
                        .Conv("a", 1, 2, 2, with: layer => layer with { Activation = first ? "relu" : "linear" })
                        .Conv("b", 1, 2, 2, ["in"], layer => layer with { Activation = second ? "tanh" : "linear" })
                        .Add(Operators.Call("op", function, ("y", Tensor)), "a", "b");
                    Model rewritten = Outputs.Sanitize(given ? graph.Build("op", "b") : graph.Build());
                    Assert.Equal([first ? "a_activ" : "a", second ? "b_activ" : "b"], rewritten["op"].Inputs);
                });

    /// <summary>The first number stands for the batch: the reference takes it for an axis of samples.</summary>
    [Theory]
    [InlineData(new[] { -1, 8, 4 }, "(8, 4)")]
    [InlineData(new[] { -1, 32 }, "(32,)")]
    [InlineData(new[] { -1, 2, 2, 8 }, "(2, 2, 8)")]
    [InlineData(new[] { 1, 8, 4 }, "(8, 4)")]
    [InlineData(new[] { 8, 4 }, "(8, 4)")]
    [InlineData(new[] { 8, -1 }, "(8, 4)")]
    public void Defect_7_a_shape_keeps_its_rank(int[] shape, string expected)
    {
        Model model = new Graph(4, 4, 2)
            .Add(Operators.Call("op", "reshape", ("shape", shape.Select(size => (object?)(long)size).ToList())))
            .Build();
        Model rewritten = Outputs.Rewrite<ReplaceOperators>(model);
        Assert.IsType<Reshape>(rewritten["op"].Layer);
        Assert.Equal(expected, rewritten.Plan.Output.Shape.ToString());
        Assert.Equal(expected, model.Plan.Output.Shape.ToString());
    }

    [Theory]
    [InlineData(new[] { -1, 4 })]
    [InlineData(new[] { 7, 5 })]
    [InlineData(new[] { -1, -1, 0 })]
    public void Defect_7_a_shape_that_changes_the_batch_is_refused(int[] shape)
    {
        Model model = new Graph(4, 4, 2)
            .Add(Operators.Call("op", "reshape", ("shape", shape.Select(size => (object?)(long)size).ToList())))
            .Build();
        QuantException error = Assert.Throws<QuantException>(() => model.Plan);
        Assert.Equal(("OperatorNotSupported", "op"), (error.Id, error.Target));
    }

    [Theory]
    [InlineData("concat")]
    [InlineData("nn.relu", "alpha")]
    [InlineData("math.add")]
    [InlineData("nn.relu6", "y")]
    public void Other_functions_and_arguments_are_refused_by_name(string function, params string[] arguments)
    {
        QuantException error = Assert.Throws<QuantException>(() =>
            Operators.Call("op", function, [.. arguments.Select(name => (name, Tensor))]));
        Assert.Equal(("OperatorNotSupported", "op"), (error.Id, error.Target));
        Assert.Contains($"tf.{function}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_that_is_no_number_is_refused()
    {
        foreach (
            object? constant in new object?[]
            {
                "three",
                true,
                null,
                new List<object?>
                {
                    1.0,
                    new List<object?> { 2.0 },
                },
                new List<object?>(),
            })
        {
            Assert.Equal(
                "OperatorNotSupported",
                Assert.Throws<QuantException>(() => new Graph(3).Add(Operators.Call("op", "math.add", ("y", constant))).Build().Plan).Id);
        }
    }

    [Theory]
    [InlineData("[[\"in\", 0, 0, {\"y\": 3.0, \"name\": null}]]", "in", "*, y=3, name=")]
    [InlineData("[[\"in\", 0, 0, {\"y\": [\"a\", 0, 0]}]]", "in a", "*, y*")]
    [InlineData("[[\"_CONSTANT_VALUE\", -1, 2.5, {\"y\": [\"a\", 0, 0]}]]", "a", "=2.5, y*")]
    [InlineData("[[\"in\", 0, 0, {\"y\": [1, 2, 3]}]]", "in", "*, y=1 2 3")]
    public void Calls_are_read_from_files(string nodes, string inputs, string expected)
    {
        KerasModelConfig config = KerasConfigReader.Read("file.h5", Json(nodes));
        KerasLayerConfig layer = config.Layers[^1];
        Assert.Equal(inputs.Split(' '), layer.Inputs);
        TFOpLambda call = Assert.IsType<TFOpLambda>(LayerClasses.Read(layer.ClassName, layer.Arguments));
        Assert.Equal(
            expected,
            string.Join(", ", call.Call.Select(argument => argument.Name + (argument.IsTensor ? "*" : "=" + Text(argument.Value)))));

        static string Text(object? value) =>
            FormattableString.Invariant($"{(value is IReadOnlyList<object?> list ? string.Join(" ", list) : value)}");
    }

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Calls_are_written_and_read_back(string extension)
    {
        Model model = new Graph(4, 4, 2)
            .Add(Operators.Call("add", "__operators__.add", ("y", 3L), ("name", null)))
            .Add(Operators.CallOn(new List<object?> { 1.5, -2.0 }, "first", "math.subtract", ("y", Tensor)))
            .Add(Operators.Call("both", "math.multiply", ("y", Tensor), ("name", "product")), "first", "add")
            .Add(Operators.Call("turn", "transpose", ("perm", new List<object?> { 0L, 2L, 1L, 3L })))
            .Add(Operators.Call("flat", "reshape", ("shape", new List<object?> { -1L, 32L }))).Build();
        Outputs.AssertReadBack(model, extension);
    }

    /// <summary>What the reference's file holds is what is written.</summary>
    [Fact]
    public void Calls_are_written_as_the_reference_does()
    {
        string json = KerasConfigWriter.ToHdf5Json(ModelReader.Read(Repository.PathOf("tests/vectors/rewrites/hard_silu/before.h5")));
        Assert.Contains("\"inbound_nodes\": [[\"c0\", 0, 0, {\"y\": 3.0, \"name\": null}]]", json, StringComparison.Ordinal);
        Assert.Contains("\"inbound_nodes\": [[\"c0\", 0, 0, {\"y\": [\"re_lu\", 0, 0], \"name\": null}]]", json, StringComparison.Ordinal);
        Assert.Contains(
            "{\"class_name\": \"TFOpLambda\", \"config\": {\"name\": \"tf.math.multiply\", \"trainable\": true, \"dtype\": \"float32\", \"function\": \"math.multiply\"}",
            json,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "ModelConfigInvalid")]
    [InlineData("[[]]", "ModelConfigInvalid")]
    [InlineData("[[7, 0, 0, {}]]", "ModelConfigInvalid")]
    [InlineData("[[[\"in\", 0, 0, {}], 7]]", "ModelConfigInvalid")]
    [InlineData("[[\"in\", 0, 1, {\"y\": 1}]]", "SharedLayer")]
    [InlineData("[[\"in\", 0, 0, {\"y\": 1}], [\"a\", 0, 0, {\"y\": 1}]]", "SharedLayer")]
    public void Damaged_calls_are_refused(string nodes, string expected) =>
        Assert.Equal(expected, Assert.Throws<QuantException>(() => KerasConfigReader.Read("file.h5", Json(nodes))).Id);

    private static string Json(string nodes) => """
        {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, 3]}, "name": "in", "inbound_nodes": []},
        {"class_name": "ReLU", "config": {"name": "a"}, "name": "a", "inbound_nodes": [[["in", 0, 0, {}]]]},
        {"class_name": "TFOpLambda", "config": {"name": "op", "function": "math.add"}, "name": "op", "inbound_nodes":
        """ + nodes + "}], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"op\", 0, 0]]}}";
}
