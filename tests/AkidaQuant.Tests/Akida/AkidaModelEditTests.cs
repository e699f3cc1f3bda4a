using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Akida;

/// <summary>akida-model.md 1.2 and 3.1: models of layers, layers added and removed, variables set.</summary>
public sealed class AkidaModelEditTests
{
    [Fact]
    public void A_list_becomes_a_model_with_an_input_and_names()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Conv("conv"), Unnamed(), Unnamed()], new Shape(6, 6, 1));
        Assert.Equal(["input_data", "conv", "conv2d", "conv2d_1"], model.Layers.Select(layer => layer.Name));
        Assert.Equal(["", "input_data", "conv", "conv2d"], model.Layers.Select(layer => string.Join(' ', layer.Inbounds)));
        Assert.Equal((AkidaVersion.V2, "net"), (model.IpVersion, model.Name));
        AkidaInputData input = Assert.IsType<AkidaInputData>(model.Layers[0]);
        Assert.Equal((8, true), (input.InputBits, input.InputSigned));
    }

    [Fact]
    public void The_input_of_a_dense_layer_follows_from_its_weights()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Dense(3, 1)]);
        Assert.Equal(new Shape(1, 1, 3), model.InputShape);
        AkidaModel first = AkidaModelEdit.Create("net", [new AkidaDense1D
        {
            Name = "dense",
            Units = 1,
            Variables = Emulation.Variables(("weights", Emulation.Weights([5, 1], 1, 2, 3, 4, 5))),
        }]);
        Assert.Equal(new Shape(1, 1, 5), first.InputShape);
        AkidaInputData input = Assert.IsType<AkidaInputData>(model.Layers[0]);
        Assert.Equal((4, false, AkidaVersion.V1), (input.InputBits, input.InputSigned, model.IpVersion));
    }

    /// <summary>A layer that begins models says what it takes, and takes nothing else where it stands in the middle.</summary>
    [Fact]
    public void Inputs_in_the_middle_take_what_they_say()
    {
        AkidaInputData image = new() { Name = "in", InputShape = new Shape(6, 6, 1), InputBits = 8, InputSigned = false };
        AkidaVariables kernel = Emulation.Variables(("weights", Emulation.Weights([3, 3, 1, 2], [.. Enumerable.Range(0, 18)])));
        AkidaInputConv2D conv = new()
        {
            Name = "conv", Inbounds = ["in"], InputShape = image.InputShape, Filters = 2, KernelSize = 3, Variables = kernel,
        };
        Assert.Equal(new Shape(6, 6, 2), AkidaModelEdit.Create("net", [image, conv]).OutputShape);
        Middle("input_shape is (4, 4, 1)", image, conv with { InputShape = new Shape(4, 4, 1) });
        AkidaQuantizer quantizer = new() { Name = "q", InputShape = image.InputShape };
        Middle("floats of the shape (6, 6, 1), but its input is integers", image, quantizer);
        Middle("from 0 to 3, but its input is (6, 6, 1)", image, image with { Name = "again", InputBits = 2 });
        Middle("floats of (6, 6, 1)", image, new AkidaDequantizer { Name = "d" }, quantizer with { InputShape = new(1, 1, 7) });

        static void Middle(string part, params AkidaLayer[] layers) =>
            Refused("AkidaLayerInputMismatch", part, () => AkidaModelEdit.Create("net", layers));
    }

    [Fact]
    public void Layers_that_can_never_learn_are_refused()
    {
        AkidaFullyConnected layer = new() { Name = "fc", Units = 4, Learning = new AkidaLearning { NumWeights = 2, NumClasses = 2 } };
        Assert.Equal(2, AkidaModelEdit.Create("net", [layer], new Shape(1, 1, 8), 1).ClassCount);
        Shape shape = new(1, 1, 8);
        Refused("AkidaLearningUnits", "3 units", () => AkidaModelEdit.Create("net", [layer with { Units = 3 }], shape, 1));
        Refused("AkidaLearningWeightsBits", "is 2", () => AkidaModelEdit.Create("net", [layer with { WeightsBits = 2 }], shape, 1));
        Refused("AkidaLearningNumWeights", "1 inputs", () => AkidaModelEdit.Create("net", [layer], new Shape(1, 1, 1), 1));
    }

    [Fact]
    public void What_cannot_be_known_is_asked_for()
    {
        Refused("AkidaInputShapeMissing", "Give -InputShape, such as 28, 28, 1", () => AkidaModelEdit.Create("net", [Conv("conv")]));
        Refused("AkidaModelWithoutLayers", "would have no layer", () => AkidaModelEdit.Create("net", [], new Shape(1, 1, 1)));
        Refused(
            "AkidaInputGiven",
            "begin with 'in' (InputData), an input",
            () => AkidaModelEdit.Create("net", [Input(1, 1, 1)], new Shape(1, 1, 1)));
        Refused(
            "AkidaInboundCount",
            "2 layers feed it. Name them with -Inbound.",
            () => AkidaModelEdit.Create("net", [Input(1, 1, 1), new AkidaAdd { Name = "sum" }]));
        Refused(
            "AkidaLayerVersion",
            "exists in Akida 2.0 only",
            () => AkidaModelEdit.Create("net", [Dense(2, 1), Conv("conv")], new Shape(1, 1, 2)));
        Refused(
            "AkidaInputBits",
            "signed integers of 8 bits, and Akida 1.0 unsigned ones of 1, 2 or 4",
            () => AkidaModelEdit.Create("net", [Dense(2, 1)], inputBits: 8));
        Refused("AkidaInputBits", "of 3 bits", () => AkidaModelEdit.Create("net", [Dense(2, 1)], inputBits: 3));
        Refused(
            "AkidaVariableShape",
            "must have the shape (1, 1, 3, 1), but it has (1, 1, 2, 1)",
            () => AkidaModelEdit.Create("net", [Dense(2, 1)], new Shape(1, 1, 3)));
    }

    [Fact]
    public void A_layer_is_added_behind_the_last_or_those_that_are_named()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Input(6, 6, 1), Conv("a"), Conv("b")]);
        AkidaModel longer = AkidaModelEdit.Add(model, Conv("c"));
        Assert.Equal(["b"], longer.Layers[^1].Inbounds);
        AkidaModel sum = AkidaModelEdit.Add(longer, new AkidaAdd { Name = "sum" }, ["A", "c"]);
        Assert.Equal(["a", "c"], sum.Layers[^1].Inbounds);
        Assert.Equal(3, model.Layers.Count);
        Refused("LayerUnknown", "has no layer 'x'", () => AkidaModelEdit.Add(model, Conv("d"), ["x"]));
        Refused("AkidaLayerNameTwice", "'a'", () => AkidaModelEdit.Add(model, Conv("a")));
        Refused("AkidaLayerInputMismatch", "must have the same shape", () => AkidaModelEdit.Add(
            AkidaModelEdit.Add(model, Conv("wide", 2)), new AkidaAdd { Name = "sum" }, ["a", "wide"]));
    }

    [Fact]
    public void The_version_follows_from_the_first_layer_that_has_one()
    {
        AkidaModel input = AkidaModelEdit.Create("net", [new AkidaInputData { Name = "in", InputShape = new Shape(1, 1, 2) }]);
        Assert.Equal(AkidaVersion.V1, AkidaModelEdit.Add(input, Dense(2, 1)).IpVersion);
        Assert.Equal(AkidaVersion.V2, AkidaModelEdit.Add(input, new AkidaDense1D { Name = "dense", Units = 1 }).IpVersion);
    }

    [Fact]
    public void The_last_layer_is_removed_or_all_that_a_layer_does_not_need()
    {
        AkidaModel model = AkidaModelEdit.Create(
            "net",
            [
                Input(6, 6, 1),
                Conv("a"),
                Conv("side") with { Inbounds = ["a"] },
                Conv("b") with { Inbounds = ["a"] },
                new AkidaAdd { Name = "sum", Inbounds = ["side", "b"] },
                Conv("c"),
            ]);
        Assert.Equal("sum", AkidaModelEdit.RemoveLast(model).Layers[^1].Name);
        Assert.Equal(["in", "a", "b"], AkidaModelEdit.UpTo(model, "B").Layers.Select(layer => layer.Name));
        Assert.Equal(model.Layers.Select(layer => layer.Name), AkidaModelEdit.UpTo(model, "c").Layers.Select(layer => layer.Name));
        Refused("LayerUnknown", "has no layer 'x'", () => AkidaModelEdit.UpTo(model, "x"));
        Refused("AkidaLayerLast", "'in', its input", () => AkidaModelEdit.RemoveLast(AkidaModelEdit.UpTo(model, "in")));
    }

    [Fact]
    public void An_edit_after_a_run_gives_another_model_and_leaves_the_first()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Dense(2, 1)]);
        Assert.Equal([2 * 3], Potentials(model, 3, 0));
        AkidaModel changed = AkidaModelEdit.SetVariable(model, "dense", "weights", Emulation.Weights([1, 1, 2, 1], -3, 1));
        Assert.Equal([-3 * 3], Potentials(changed, 3, 0));
        AkidaModel numbers = AkidaModelEdit.SetNumbers(changed, "DENSE", "threshold", NdArray<double>.Scalar(5));
        Assert.Equal([(-3 * 3) - 5], Potentials(numbers, 3, 0));
        Assert.Equal([2 * 3], Potentials(model, 3, 0));
        Assert.Equal([2, 1], model["dense"].Variables.Find<sbyte>("weights")!.Values);
    }

    [Fact]
    public void Nobody_changes_a_model_through_what_he_passed_or_got()
    {
        NdArray<sbyte> weights = Emulation.Weights([1, 1, 2, 1], 2, 1);
        AkidaModel model = AkidaModelEdit.SetVariable(AkidaModelEdit.Create("net", [Dense(2, 1)]), "dense", "weights", weights);
        weights.Values[0] = 7;
        ((NdArray<sbyte>)model.Layers["dense"].Variables["weights"]!).Values[0] = 7;
        Assert.Equal([2 * 3], Potentials(model, 3, 0));
    }

    [Fact]
    public void A_variable_that_cannot_be_is_refused_when_it_is_set()
    {
        AkidaModel model = AkidaModelEdit.Create("net", [Dense(2, 1)]);
        Refused("LayerUnknown", "has no layer 'x'", () => AkidaModelEdit.SetNumbers(model, "x", "weights", NdArray<double>.Scalar(1)));
        Refused(
            "AkidaVariableUnknown",
            "no variable 'bias'",
            () => AkidaModelEdit.SetNumbers(model, "dense", "bias", NdArray<double>.Scalar(1)));
        Refused(
            "AkidaVariableRange",
            "must hold -8 to 7, but value 1 is 99",
            () => AkidaModelEdit.SetVariable(model, "dense", "weights", Emulation.Weights([1, 1, 2, 1], 1, 99)));
        Refused(
            "AkidaVariableShape",
            "must have the shape (1, 1, 2, 1), but it has (1, 1, 3, 1)",
            () => AkidaModelEdit.SetVariable(model, "dense", "weights", Emulation.Weights([1, 1, 3, 1], 1, 1, 1)));
        Refused(
            "AkidaVariableShape",
            "must have the shape (1, 1, 2, 1), but it has ()",
            () => AkidaModelEdit.SetNumbers(model, "dense", "weights", NdArray<double>.Scalar(1)));
        Refused(
            "AkidaVariableType",
            "but it is int32",
            () => AkidaModelEdit.SetVariable(model, "dense", "weights", NdArray<int>.Vector([1, 2])));
    }

    [Fact]
    public void Weights_can_be_set_one_after_the_other()
    {
        AkidaModel model = AkidaModelEdit.Create(
            "net",
            [
                new AkidaInputData { Name = "in", InputShape = new Shape(1, 1, 2) },
                new AkidaFullyConnected { Name = "a", Units = 2, WeightsBits = 4, ActBits = 4 },
                new AkidaFullyConnected { Name = "b", Units = 1, WeightsBits = 4, Activation = false },
            ]);
        AkidaLayerDetails details = model.LayerDetails[1];
        Assert.Equal(("(1, 1, 2)", "(1, 1, 2)"), (details.InputDims, details.OutputDims));
        Assert.Equal((4, 4, false), (details.InputBits, details.OutputBits, details.OutputSigned));
        Assert.Equal(("weights", 4L), (Assert.Single(details.Missing), details.Macs));
        Assert.Equal((6L, new Shape(1, 1, 1)), (model.Macs, model.OutputShape));
        Refused("AkidaVariableMissing", "'weights' is not set", () => _ = model.Plan);
        model = AkidaModelEdit.SetNumbers(model, "b", "weights", NdArray<double>.Vector([1, 2]));
        model = AkidaModelEdit.SetNumbers(model, "a", "weights", NdArray<double>.Vector([1, 2, 0, 1]));
        Assert.Empty(model.LayerDetails[1].Missing);
        Assert.Equal([3 + (2 * (6 + 1))], Potentials(model, 3, 1));
        Assert.Equal("a (FullyConnected): (1, 1, 2) to (1, 1, 2)", model.LayerDetails[1].ToString());
    }

    [Fact]
    public void What_is_prepared_serves_the_new_model()
    {
        AkidaModel model = AkidaConverter.Convert(VectorCase.Open("digits_lenet").ReadModel("quantized.h5"), AkidaVersion.V2);
        string last = model.Layers.Last(layer => layer is AkidaDense1D).Name;
        _ = model.Plan;
        AkidaModel changed = AkidaModelEdit.SetNumbers(model, last, "bias", NdArray<double>.Scalar(1));
        Assert.Same(model.Plan.Steps[1].Prepared, changed.Plan.Steps[1].Prepared);
        Assert.NotSame(model.Plan[last].Prepared, changed.Plan[last].Prepared);
    }

    [Fact]
    public void Form_and_channels_first_stay_and_the_tail_where_the_end_does()
    {
        AkidaModel inner = AkidaModelEdit.Create("net", [new AkidaQuantizer { Name = "q", InputShape = new Shape(1, 1, 2) }]);
        AkidaModel model = new("net", AkidaVersion.V2, [.. inner.Layers])
        {
            TakesChannelsFirst = true,
            Form = new SampleForm { Shape = new Shape(2), },
            Tail = [new AkidaTailPart(inner)],
        };
        AkidaModel set = AkidaModelEdit.SetNumbers(model, "q", "scales", NdArray<double>.Scalar(2));
        Assert.Equal((true, model.Form, 1), (set.TakesChannelsFirst, set.Form, set.Tail.Count));
        List<string> warnings = [];
        AkidaModel longer = AkidaModelEdit.Add(model, new AkidaDense1D { Name = "dense", Units = 1 }, warn: warnings.Add);
        Assert.Equal((true, model.Form, 0), (longer.TakesChannelsFirst, longer.Form, longer.Tail.Count));
        Assert.Contains("is left out of the new model", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static AkidaInputData Input(params int[] shape) =>
        new() { Name = "in", InputShape = new Shape(shape), InputBits = 8, InputSigned = true };

    private static AkidaConv2D Conv(string name, int filters = 1) => new() { Name = name, Filters = filters, KernelSize = 3 };

    private static AkidaConv2D Unnamed() => Conv(string.Empty);

    private static AkidaFullyConnected Dense(int inputs, int units) => new()
    {
        Name = "dense",
        Units = units,
        WeightsBits = 4,
        Activation = false,
        Variables = Emulation.Variables((
            "weights", Emulation.Weights([1, 1, inputs, units], [2, .. Enumerable.Repeat(1, (inputs * units) - 1)]))),
    };

    private static int[] Potentials(AkidaModel model, params byte[] sample) =>
        Emulator.RunPotentials(model, SampleSet.FromArray(sample, model.InputShape)).Single().Values;

    private static void Refused(string id, string part, Action edit)
    {
        QuantException error = Assert.Throws<QuantException>(edit);
        Assert.Equal(id, error.Id);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
