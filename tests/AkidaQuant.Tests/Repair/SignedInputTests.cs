using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Unsigned samples that no first layer takes (convert.md 3.1): they lose half their range as they are loaded.</summary>
public sealed class SignedInputTests
{
    [Theory]
    [InlineData(IntegerType.UInt8, Padding.Same, true)]
    [InlineData(IntegerType.UInt8, Padding.Same, false)]
    [InlineData(IntegerType.UInt8, Padding.Valid, true)]
    [InlineData(IntegerType.UInt8, Padding.Valid, false)]
    public void Images_of_other_channels_convert(IntegerType type, Padding padding, bool isRescaled)
    {
        Graph graph = new(6, 7, 4);
        graph = isRescaled ? graph.Add(new Rescaling { Name = "rescale", Scale = [1 / 64.0], Offset = [-0.5] }) : graph;
        Model model = Typed(
            graph.Conv("a", 3, 4, 5, with: own => own with { Window = Graph.Window(3, padding: padding) }).ReLU("relu")
                .Conv("b", 1, 5, 3).Build(),
            type);
        Model repaired = RepairCase.Check(model);
        Assert.Equal(IntegerType.Int8, repaired.Input.Type);
        Assert.Equal(type, repaired.Input.SampleType);
        Assert.Equal("(6, 7, 4), uint8 less 128", repaired.Input.Form!.ToString());
    }

    [Fact]
    public void Rows_of_bytes_convert()
    {
        Model model = Typed(new Graph(12).Dense("a", 12, 8).ReLU("relu").Dense("b", 8, 3).Build(), IntegerType.UInt8);
        Model repaired = RepairCase.Check(model, ["AkidaInputUnsigned"]);
        Assert.Equal(model.GraphLayers.Count(layer => layer is Dense), repaired.GraphLayers.Count(layer => layer is Dense));
    }

    [Fact]
    public void Branches_from_bytes_of_other_channels_convert()
    {
        Model model = Typed(
            new Graph(6, 6, 2)
                .Conv("a", 3, 2, 4, ["in"], own => own with { Window = Graph.Window(3, padding: Padding.Same) })
                .Conv("b", 1, 2, 4, ["in"])
                .Sum("sum", "a", "b").ReLU("relu")
                .Build(),
            IntegerType.UInt8);
        RepairCase.Check(model);
    }

    [Fact]
    public void Callers_go_on_giving_their_samples_of_any_type()
    {
        Model model = Typed(new Graph(5, 4, 2).Conv("a", 3, 2, 4).ReLU("relu").Build(), IntegerType.UInt8);
        Model repaired = RepairCase.Check(model);
        SampleSet bytes = RepairCase.Samples(model);
        float[] floats = [.. Enumerable.Range(0, bytes.Count).SelectMany(bytes.Values)];
        SampleSet[] same =
        [
            bytes,
            SampleSet.FromArray(floats, model.InputShape),
            SampleSet.FromArray(Array.ConvertAll(floats, value => (int)value), model.InputShape),
        ];
        float[][] outputs = [.. same.Select(samples => Inference.Run(repaired, samples).SelectMany(batch => batch.Values).ToArray())];
        Assert.All(outputs, values => Assert.Equal(outputs[0], values));
        SampleSet random = RandomSamples.Create(repaired, 4, 1);
        Assert.Equal("uint8", random.DType);
        QuantException error = Assert.Throws<QuantException>(() =>
            _ = Inference.Run(repaired, SampleSet.FromArray(Array.ConvertAll(floats, _ => 300), model.InputShape)).Count());
        Assert.Equal("SampleTypeMismatch", error.Id);
        Assert.Contains("holds 300, but the model 'model' takes uint8 values", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A Rescaling is over the samples that callers give, not over those that lost half their range.</summary>
    [Fact]
    public void A_rescaling_in_front_is_that_of_the_samples()
    {
        Model model = Typed(new Graph(5, 4, 2).Conv("a", 3, 2, 4).ReLU("relu").Build(), IntegerType.UInt8);
        Model repaired = RepairCase.Check(model);
        SampleSet bytes = RepairCase.Samples(model);
        foreach ((double[] scale, double[] offset) in ((double[], double[])[])[([0.5], [3]), ([0.25, 2], [0]), ([1], [-4, 5])])
        {
            Model expected = RescalingInsertion.Insert(model, scale, offset);
            RepairCase.AssertSameFloats(expected, RescalingInsertion.Insert(repaired, scale, offset), bytes, RepairCase.Rounding);
        }
    }

    [Fact]
    public void Without_samples_random_ones_are_those_of_callers()
    {
        Model model = Typed(new Graph(5, 4, 2).Conv("a", 3, 2, 4).ReLU("relu").Build(), IntegerType.UInt8);
        Assert.True(Quantizer.Quantize(RepairCase.Check(model), new QuantizeOptions { Seed = 1 }).IsQuantized);
    }

    private static Model Typed(Model model, IntegerType type) =>
        model.WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer);
}
