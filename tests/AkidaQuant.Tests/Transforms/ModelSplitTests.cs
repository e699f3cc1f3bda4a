using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Vectors;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Two models of one: the second on what the first gives is the whole.</summary>
public sealed class ModelSplitTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_second_part_of_a_network_on_the_outputs_of_the_first_is_the_whole()
    {
        int splits = 0;
        RandomNetwork.Any.Sample(
            network =>
            {
                SampleSet samples = Samples(network.Model, network.Seed);
                Model quantized = Quantizer.Quantize(network.Model, new QuantizeOptions
                {
                    Parameters = network.Parameters,
                    Samples = samples,
                    BatchSize = 3,
                });
                foreach (Model model in new[] { network.Model, quantized })
                {
                    if (model.IsStateful || !model.InputShape.IsKnown)
                    {
                        continue;
                    }

                    float[] expected = Of(model, samples);
                    foreach (string place in ModelCut.Places(model))
                    {
                        if (Split(model, place) is var (first, second))
                        {
                            Assert.Equal(expected, Of(second, Hand(first, second, samples)));
                            Interlocked.Increment(ref splits);
                        }
                    }
                }
            },
            iter: 40);
        Assert.True(splits > 100, $"{splits} splits");
    }

    [Fact]
    public void Floats_cross_between_the_parts_of_a_float_network()
    {
        Model model = new Graph(4, 4, 2).Conv("conv", 3, 2, 3).ReLU("relu").GlobalAverage("gap").Dense("fc", 3, 5).BuildSequential();
        (Model first, Model second) = ModelSplit.After(model, "relu");
        Assert.Equal(("sequential_1", "sequential_2"), (first.Name, second.Name));
        Assert.Equal(["in", "conv", "relu"], first.Nodes.Select(node => node.Name));
        Assert.Equal(["relu", "gap", "fc"], second.Nodes.Select(node => node.Name));
        Assert.Equal(first.Plan.Output.Shape, second.InputShape);
        Assert.True(first.IsSequential && second.IsSequential);
        SampleSet samples = Samples(model, 3);
        Assert.Equal(Of(model, samples), Of(second, Hand(first, second, samples)));
        Outputs.AssertReadBack(second, ".h5");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Integers_cross_as_the_floats_that_they_stand_for(bool perTensor)
    {
        Model model = new Graph(6, 6, 2).Conv("conv", 3, 2, 3).ReLU("relu").Conv("next", 3, 3, 2).ReLU("last").Build();
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Parameters = new QuantizationParams { InputType = IntegerType.Int8, PerTensorActivations = perTensor, ActivationBits = 4 },
            Samples = Samples(model, 1),
            BatchSize = 4,
        });
        (Model first, Model second) = ModelSplit.After(quantized, "relu");
        Assert.IsType<Dequantizer>(first.Nodes[^1].Layer);
        InputQuantizer quantizer = Assert.IsType<InputQuantizer>(second.Nodes[1].Layer);
        Assert.Equal((5, true, !perTensor), (quantizer.Bitwidth, quantizer.Signed, quantizer.PerAxis));
        Assert.Equal("relu", second.Input.Name);
        SampleSet samples = Samples(model, 2);
        SampleSet between = Hand(first, second, samples);
        Assert.Equal(Of(quantized, samples), Of(second, between));

        // Floats in between are the integers times a step, so that none is lost.
        QuantizedSpec wanted = (QuantizedSpec)quantized.Plan["relu"].Prepared.Output;
        Assert.Equal(wanted.FracBits.Span.ToArray(), ((QuantizedSpec)second.Plan[quantizer.Name].Prepared.Output).FracBits.Span.ToArray());
    }

    [Fact]
    public void Splits_that_do_not_work_say_which_do()
    {
        Model model = VectorCase.Open("residual_add").ReadModel("float.h5");
        Model quantized = VectorCase.Open("residual_add").ReadModel("quantized.h5");
        Assert.Equal("SplitLayerUnknown", Assert.Throws<QuantException>(() => ModelSplit.After(model, "none")).Id);
        Assert.Equal("SplitNothingLeft", Assert.Throws<QuantException>(() => ModelSplit.After(model, model.Input.Name)).Id);
        Assert.Equal("SplitNothingLeft", Assert.Throws<QuantException>(() => ModelSplit.After(model, model.Outputs[0])).Id);
        string inner = model.Nodes
            .First(node => ModelCut.Behind(model, node.Name) is { IsClean: false, Front.Count: > 1, Back.Count: > 0 }).Name;
        QuantException several = Assert.Throws<QuantException>(() => ModelSplit.After(model, inner));
        Assert.Equal("SplitSeveralTensors", several.Id);
        Assert.Contains($"'{inner}'", several.Message, StringComparison.Ordinal);
        string place = several.Message.Split("Split after one of these: ")[1].Split(',')[0].TrimEnd('.');
        Assert.Equal(2, new[] { ModelSplit.After(model, place).First, ModelSplit.After(model, place).Second }.Length);
        string sums = quantized.Nodes.First(node => quantized.Plan[node.Name].Prepared.Output is QuantizedSpec { Scales: not null }
            && node.Layer is QuantizedLayer && ModelCut.Behind(quantized, node.Name).IsClean).Name;
        QuantException wide = Assert.Throws<QuantException>(() => ModelSplit.After(quantized, sums));
        Assert.Equal("SplitIntegersWide", wide.Id);
        string other = wide.Message.Split("Split after one of these: ")[1].Split(',')[0].TrimEnd('.');
        Assert.NotNull(ModelSplit.After(quantized, other).Second);
        Assert.Equal(
            "SplitShapeUnknown",
            Assert.Throws<QuantException>(() => ModelSplit.After(new Graph(Shape.Unknown, 2).ReLU("a").ReLU("b").Build(), "a")).Id);
    }

    private static (Model First, Model Second)? Split(Model model, string place)
    {
        try
        {
            return ModelSplit.After(model, place);
        }
        catch (QuantException error) when (error.Id == "SplitIntegersWide")
        {
            return null;
        }
    }

    private static SampleSet Samples(Model model, uint seed) => model.Input.Type is { } type
        ? RandomSamples.Create(model.InputShape, 9, type, seed)
        : RandomSamples.CreateFloats(model.InputShape, 9, seed, -1, 1);

    private static SampleSet Hand(Model first, Model second, SampleSet samples) =>
        SampleSet.FromArray(Of(first, samples), second.InputShape);

    private static float[] Of(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples, cancellation: Cancellation).SelectMany(batch => batch.Values)];
}
