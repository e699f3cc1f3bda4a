using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Tests.Akida;

public sealed class SparsityTests
{
    private readonly AkidaModel _model = Emulation.Model(
        AkidaVersion.V2,
        new AkidaInputData { Name = "input", InputShape = new Shape(1, 1, 2), InputBits = 8, InputSigned = true },
        new AkidaDense1D
        {
            Name = "hidden",
            Inbounds = ["input"],
            Units = 4,
            Activation = ActivationType.ReLU,
            Variables = Emulation.Variables(("weights", Emulation.Weights([2, 4], 1, -1, 1, 0, 0, 0, -1, 0))),
        },
        new AkidaDequantizer { Name = "floats", Inbounds = ["hidden"] });

    [Fact]
    public void Counts_zeros_of_computing_layers_over_all_samples()
    {
        SparsityAnalysis analysis = new(_model);
        Observe(analysis, 1, 0);
        Observe(analysis, -1, 0);

        LayerSparsity hidden = Assert.Single(analysis.Results);
        Assert.Equal(("hidden", 5, 8), (hidden.Name, hidden.Zeros, hidden.Values));
        Assert.Equal(0.625, hidden.Sparsity);
    }

    [Fact]
    public void Counts_named_layers_only()
    {
        SparsityAnalysis analysis = new(_model, ["input", "floats"]);
        Observe(analysis, 1, 0);
        Assert.Equal([(1, 2), (2, 4)], analysis.Results.Select(result => (result.Zeros, result.Values)));
    }

    private void Observe(SparsityAnalysis analysis, params int[] sample)
    {
        PlanRunner runner = Emulation.Run(_model, sample);
        runner.Run(1, analysis.Observe, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Unknown_names_are_refused() =>
        Assert.Equal("AkidaLayerNotFound", Assert.Throws<QuantException>(() => new SparsityAnalysis(_model, ["nothing"])).Id);
}
