using AkidaQuant.Layers;
using AkidaQuant.Tests.Quantization;

namespace AkidaQuant.Tests.Models;

/// <summary>What the plans of models share that were made from one another.</summary>
public sealed class ModelPlanTests
{
    private static readonly Model Chain = Small.Chain(
        Small.Input(null, 6, 6, 3), Small.Convolution("a", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("b", 4, 2));

    [Fact]
    public void Layers_that_stay_are_not_prepared_again()
    {
        _ = Chain.Plan;
        Model changed = Chain.WithLayers(layer => layer is Conv2D { Name: "b" } last ? last.ScaleOutputs([2f, 3f]) : layer);
        Assert.Same(Chain.Plan["a"].Prepared, changed.Plan["a"].Prepared);
        Assert.Same(Chain.Plan["relu"].Prepared, changed.Plan["relu"].Prepared);
        Assert.NotSame(Chain.Plan["b"].Prepared, changed.Plan["b"].Prepared);
        SampleSet samples = Small.Samples(Chain.InputShape);
        float[] outputs = Small.Outputs(Chain, samples);
        Model fresh = Small.Chain([.. changed.GraphLayers]);
        Assert.Equal(Small.Outputs(fresh, samples), Small.Outputs(changed, samples));
        Assert.NotEqual(outputs, Small.Outputs(changed, samples));
    }

    [Fact]
    public void Other_inputs_are_prepared_for()
    {
        _ = Chain.Plan;
        Model larger = Chain.WithInputShape(new Shape(8, 8, 3));
        Assert.NotSame(Chain.Plan["a"].Prepared, larger.Plan["a"].Prepared);
        Assert.Equal(new Shape(8, 8, 2), larger.Plan["b"].Prepared.Output.Shape);
    }

    [Fact]
    public void A_model_that_remembers_its_source_keeps_its_plan() => Assert.Same(Chain.Plan, Chain.WithFloatSource(Chain).Plan);
}
