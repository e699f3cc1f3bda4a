using AkidaQuant.Akida.Layers;
using AkidaQuant.Akida.Learning;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Akida.Learning;

/// <summary>What cannot learn is refused with an error of its own.</summary>
public sealed class LearningErrorTests
{
    private static readonly AkidaLearning TwoOfTwo = new() { NumWeights = 2, NumClasses = 2 };
    private static readonly SampleSet Labelled = LearningModels.Samples(4, [0, 1], [0, 1], [2, 3]);

    [Fact]
    public void A_model_whose_last_layer_does_not_learn()
    {
        AssertError(
            "AkidaLearningLayerMissing", "no layer of it learns", () => EdgeLearning.Learn(LearningModels.Input(1, 1, 4), Labelled));
        AkidaModel model = LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]);
        AkidaModel longer = new(
            "hand", AkidaVersion.V1, [.. model.Layers, new AkidaFullyConnected { Name = "last", Inbounds = ["fc"], Units = 1 }]);
        AssertError("AkidaLearningLayerMissing", "'fc' is not its last layer", () => EdgeLearning.Neurons(longer));
        AssertError("AkidaLearningLayerMissing", "cannot learn", () => EdgeLearning.AddClasses(longer, 1));
    }

    [Fact]
    public void Inputs_of_more_than_one_bit_and_models_of_another_version()
    {
        AkidaInputData wide = new() { Name = "input", InputShape = new Shape(1, 1, 4), InputBits = 4 };
        AkidaModel model = new("hand", AkidaVersion.V1, [wide]);
        AssertError(
            "AkidaLearningInput", "'input' in front of it gives integers of 4 bits", () => EdgeLearning.AddLayer(model, "fc", 1, TwoOfTwo));
        AssertError("AkidaLearningInput", "1 bit", () => EdgeLearning.AdvisedWeights(model, Labelled));
        AkidaModel learning = LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]);
        AssertError(
            "AkidaLearningInput",
            "1 bit",
            () => EdgeLearning.Learn(new AkidaModel("hand", AkidaVersion.V1, [wide, learning.Layers[1]]), Labelled));
        AkidaModel other = new("hand", AkidaVersion.V2, [wide with { InputBits = 8, InputSigned = true }]);
        AssertError("AkidaLearningVersion", "Akida 2.0", () => EdgeLearning.AddLayer(other, "fc", 1, TwoOfTwo));
    }

    [Fact]
    public void Models_that_go_on_in_float()
    {
        AkidaModel model = LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]);
        AkidaModel tailed = new("hand", AkidaVersion.V1, model.Layers)
        {
            Tail = [new AkidaTailPart(new Graph(1, 1, 2).Add(new Softmax { Name = "s" }).Build())],
        };
        AssertError("AkidaLearningTail", "goes on in float", () => EdgeLearning.Learn(tailed, Labelled));
        AssertError("AkidaLearningTail", "goes on in float", () => EdgeLearning.AddLayer(tailed, "more", 1, TwoOfTwo));
    }

    [Fact]
    public void Labels_that_are_missing_or_outside_of_the_classes()
    {
        AkidaModel model = LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]);
        AssertError("AkidaLearningLabelsMissing", "have no labels", () => EdgeLearning.Learn(model, Labelled.WithLabels(null)));
        AssertError("AkidaLearningLabel", "Sample 1 of", () => EdgeLearning.Learn(model, Labelled.WithLabels([0, 2])));
        AssertError("AkidaLearningLabel", "label -1", () => EdgeLearning.Learn(model, Labelled.WithLabels([-1, 0])));
        AssertError("AkidaLearningWithoutClasses", "num_classes is 1", () => EdgeLearning.AddClasses(
            LearningModels.Connected(new AkidaLearning { NumWeights = 2 }, 4, [[0, 1], [2, 3]]), 1));
    }

    [Fact]
    public void Samples_that_the_model_does_not_take()
    {
        AkidaModel model = LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]);
        AssertError("SampleTypeMismatch", "2", () => EdgeLearning.Learn(
            model, SampleSet.FromArray((byte[])[0, 1, 2, 0], new Shape(1, 1, 4), [0])));
        AssertError("SampleShapeMismatch", "5", () => EdgeLearning.Learn(model, LearningModels.Samples(5, [0], [0])));
    }

    [Fact]
    public void Weights_that_are_not_binary_or_not_as_many_as_they_should_be()
    {
        AssertError(
            "AkidaLearningWeights", "neuron 1 has 1 weights of 1, but num_weights is 2", () => Learn(TwoOfTwo, [1, 0, 1, 0, 0, 1, 0, 0]));
        AssertError("AkidaVariableRange", "'weights'", () => Learn(TwoOfTwo, [1, -1, 1, 0, 0, 1, 0, 1]));
        AssertError("AkidaVariableRange", "'weights'", () => Learn(TwoOfTwo, [2, 0, 0, 0, 0, 1, 0, 1]));
        AssertError("AkidaVariableShape", "'weights'", () => Learn(TwoOfTwo, [1, 0, 1, 0, 0, 1]));
        AssertError("AkidaLearningNumWeights", "num_weights is 5, but it has 4 inputs", () => EdgeLearning.AddLayer(
            LearningModels.Input(1, 1, 4), "fc", 1, TwoOfTwo with { NumWeights = 5 }));
        var layer = (AkidaFullyConnected)LearningModels.Connected(TwoOfTwo, 4, [[0, 1], [2, 3]]).Layers[1];
        layer = layer with { WeightsBits = 2 };
        AssertError("AkidaLearningWeightsBits", "weights_bits is 2", () => EdgeLearning.Learn(
            new AkidaModel("hand", AkidaVersion.V1, [.. LearningModels.Input(1, 1, 4).Layers, layer]), Labelled));
    }

    [Fact]
    public void Units_and_state_that_do_not_fit()
    {
        AssertError("AkidaLearningUnits", "3 units cannot be shared out to 2 classes", () => EdgeLearning.Learn(
            LearningModels.With(TwoOfTwo, 4, 3, []), Labelled));

        int[][] connections = [[0, 1], [2, 3]];
        AssertError("AkidaVariableShape", "'threshold_learning'", () => EdgeLearning.Neurons(
            LearningModels.Connected(TwoOfTwo, 4, connections, thresholds: [1])));
        AssertError("AkidaVariableRange", "'threshold_learning'", () => EdgeLearning.Neurons(
            LearningModels.Connected(TwoOfTwo, 4, connections, thresholds: [1, -1])));
        foreach (float wrong in (float[])[-0.5f, 1.5f, float.NaN])
        {
            AssertError("AkidaVariableInvalid", "'plasticity'", () => EdgeLearning.Neurons(
                LearningModels.Connected(TwoOfTwo, 4, connections, plasticity: [1, wrong])));
        }

        AssertError("AkidaVariableInvalid", "up to initial_plasticity, 0.5", () => EdgeLearning.Neurons(
            LearningModels.Connected(TwoOfTwo with { InitialPlasticity = 0.5f }, 4, connections, plasticity: [0.5f, 0.75f])));

        AssertError("AkidaLearningSize", "2147483649 units", () => EdgeLearning.AddClasses(
            LearningModels.Connected(TwoOfTwo, 4, connections), int.MaxValue));
        AssertError("AkidaLearningSize", "4 inputs and 4000000000 units", () => EdgeLearning.AddLayer(
            LearningModels.Input(1, 1, 4), "fc", 2_000_000_000, TwoOfTwo));
    }

    [Fact]
    public void Parameters_outside_of_their_range()
    {
        AssertError("AkidaLearningInvalid", "num_weights must be 1 or more, but it is 0", () => TwoOfTwo with { NumWeights = 0 });
        AssertError("AkidaLearningInvalid", "num_classes", () => TwoOfTwo with { NumClasses = -1 });
        AssertError("AkidaLearningInvalid", "initial_plasticity must be from 0 to 1", () => TwoOfTwo with { InitialPlasticity = 1.5f });
        AssertError("AkidaLearningInvalid", "learning_competition", () => TwoOfTwo with { LearningCompetition = float.NaN });
        AssertError("AkidaLearningInvalid", "min_plasticity", () => TwoOfTwo with { MinPlasticity = -0.1f });
        AssertError("AkidaLearningInvalid", "plasticity_decay", () => TwoOfTwo with { PlasticityDecay = 2 });
    }

    private static AkidaModel Learn(AkidaLearning learning, sbyte[] weights)
    {
        AkidaVariables variables = [];
        variables.Add("weights", new NdArray<sbyte>(new Shape(1, 1, weights.Length / 2, 2), weights));
        return EdgeLearning.Learn(LearningModels.With(learning, 4, 2, variables), Labelled);
    }

    private static void AssertError(string id, string text, Func<object> work)
    {
        QuantException error = Assert.Throws<QuantException>(() => work());
        Assert.Equal(id, error.Id);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
