using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Quantization;

public sealed class RangeFitTests
{
    private static readonly QuantizationParams Signed = new() { InputType = IntegerType.Int8 };

    [Fact]
    public void Scaled_channels_compute_the_same_to_the_bit()
    {
        Model model = ShapedNetworks.MnasNet(1, 1e-4f, 6f);
        (FittedRanges fit, _) = Fit(model);
        Assert.NotEmpty(fit.Changes);
        SampleSet samples = OutputDistance.Uniform(model.InputShape, OutputDistance.TestSeed, 8);
        Assert.Equal(Small.Outputs(model, samples), Small.Outputs(fit.Floating, samples));
    }

    /// <summary>Inputs and output of an Add can be scaled together only.</summary>
    [Fact]
    public void Ranges_far_below_1_fill_their_bits_also_where_no_kernel_follows()
    {
        Model model = ShapedNetworks.MnasNet(2, 1e-3f);
        (FittedRanges fit, Model structure) = Fit(model);
        Assert.Contains(structure.GraphLayers, layer => layer is QuantizedAdd);
        foreach (string layer in fit.Ranges.Layers)
        {
            Assert.True(fit.Ranges[layer].Values.Min() >= 0.5f, layer);
        }
    }

    [Fact]
    public void Nothing_changes_where_ranges_fit()
    {
        Model model = Small.Chain(
            Small.Input(null, 6, 6, 3), Small.Convolution("one", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("two", 4, 4));
        (FittedRanges fit, _) = Fit(model, new QuantizationParams { PerTensorActivations = true });
        Assert.Empty(fit.Changes);
        Assert.Same(model.NodeOf("one").Layer, fit.Floating.NodeOf("one").Layer);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2f)]
    public void Channels_of_different_ranges_are_not_shifted_by_a_Flatten(float? bound)
    {
        Model model = Flattened(bound, 1f, 0.02f, 3f, 0.3f);
        SampleSet samples = Small.Samples(model.InputShape, 32);
        Model quantized = Quantize(model, samples);
        NdArray<int>? shifts = quantized.Plan["flat"].Prepared.Recorded.Integers("input_shift");
        Assert.True(shifts is null || shifts.Values.All(shift => shift == 0));
        Assert.InRange(OutputDistance.Relative(model, quantized, samples), 0, 0.03);
        double before = OutputDistance.Relative(model, Quantize(OutputDistance.AsKeras(model), samples), samples);
        Assert.True(before > 0.1, $"The plain scheme is no worse: {before}.");
    }

    /// <summary>Two branches that are added go into one Flatten, and a channel feeds a convolution besides.</summary>
    [Fact]
    public void Channels_that_are_tied_are_not_shifted_either()
    {
        Model chain = Flattened(null, 1f, 0.02f, 3f, 0.3f);
        Model model = Model.Create(
            "tied",
            isSequential: false,
            [
                .. chain.Nodes.Where(node => node.Name is not ("flat" or "dense")),
                new Node(Small.Convolution("beside", 4, 4), ["relu"]),
                new Node(new Add { Name = "sum" }, ["relu", "beside"]),
                new Node(new Flatten { Name = "flat" }, ["sum"]),
                new Node(Small.Dense("dense", 64, 5), ["flat"]),
            ],
            ["dense"]);
        SampleSet samples = Small.Samples(model.InputShape, 32);
        Model quantized = Quantize(model, samples);
        NdArray<int>? shifts = quantized.Plan["flat"].Prepared.Recorded.Integers("input_shift");
        Assert.True(shifts is null || shifts.Values.All(shift => shift == 0));
        Assert.InRange(OutputDistance.Relative(model, quantized, samples), 0, 0.05);
    }

    [Fact]
    public void A_channel_that_never_fires_gets_the_widest_range_of_its_layer()
    {
        Model model = Small.Chain(
            Small.Input(null, 6, 6, 3), Small.Convolution("one", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("two", 4, 4));
        model = model.WithLayers(layer => layer is Conv2D { Name: "one" } dead
            ? dead with { Bias = NdArray<float>.Vector([-1000f, 0f, 0f, 0f]) }
            : layer);
        (FittedRanges fit, _) = Fit(model);
        float[] ranges = fit.Ranges["relu"].Values;
        Assert.Equal(ranges.Max(), ranges[0]);
        Assert.Contains(fit.Changes, change => change is { Layer: "relu", What: "range_max", Before: "0" });
    }

    /// <summary>A layer that gives nothing but zeros says nothing of how fine what it is added to should be.</summary>
    [Fact]
    public void A_dead_branch_scales_nothing()
    {
        Model model = Model.Create(
            "dead",
            isSequential: false,
            [
                new Node(Small.Input(null, 6, 6, 3), []),
                new Node(Small.Convolution("one", 3, 4), ["input"]),
                new Node(Zeros(Small.Convolution("dead", 3, 4)), ["input"]),
                new Node(new Add { Name = "sum" }, ["one", "dead"]),
                new Node(Small.Convolution("two", 4, 4), ["sum"]),
            ],
            ["two"]);
        (FittedRanges fit, _) = Fit(model, Signed);
        Assert.DoesNotContain(fit.Changes, change => change.What == "channels");
    }

    private static Conv2D Zeros(Conv2D layer) => layer with { Kernel = layer.Kernel.Map(_ => 0f), Bias = layer.Bias.Map(_ => 0f) };

    /// <summary>A convolution with filters of these magnitudes, a rectifier, a Flatten and a dense layer.</summary>
    private static Model Flattened(float? bound, params float[] magnitudes)
    {
        Conv2D convolution = Small.Convolution("conv", 1, magnitudes.Length);
        return OutputDistance.From(
            Small.Chain(
                Small.Input(null, 4, 4, 1),
                convolution.ScaleOutputs(magnitudes) with { Bias = convolution.Bias.Map(_ => 0f) },
                new ReLU { Name = "relu", MaxValue = bound },
                new Flatten { Name = "flat" },
                Small.Dense("dense", 16 * magnitudes.Length, 5).DivideInputs(
                    ScalarOrVector<float>.Vector([.. Enumerable.Repeat(magnitudes, 16).SelectMany(values => values)]))),
            isOnnx: true);
    }

    private static Model Quantize(Model model, SampleSet samples) =>
        Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, BatchSize = samples.Count, Parameters = Signed });

    private static (FittedRanges Fit, Model Structure) Fit(Model model, QuantizationParams? parameters = null)
    {
        QuantizeOptions options = new() { Parameters = parameters };
        Model quantized = QuantizedStructure.Build(model, options);
        Model structure = BiasFreeForm.Of(quantized);
        SampleSet samples = OutputDistance.Uniform(model.InputShape, OutputDistance.CalibrationSeed, 8);
        return (RangeFit.Apply(model, quantized, structure, Calibration.Run(model, structure, samples, options)), structure);
    }
}
