using AkidaQuant.Akida;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Tests.Akida;

public sealed class ClampAnalysisTests
{
    [Fact]
    public void Clamped_samples_are_counted_over_a_run_and_outputs_stay()
    {
        AkidaModel model = Model(signed: false);
        float[] values = [.. Enumerable.Repeat(0.25f, 1998), -0.25f, 2f];
        (ClampAnalysis analysis, float[] outputs) = Run(model, values);
        Assert.Equal((2L, 2000L), (analysis.Clamped, analysis.Values));
        Assert.Equal(
            "2 of 2000 values of the samples (0.1 %) are outside of the range that 'model' was calibrated for, and were clamped to it. "
                + "Scale the samples as those of the calibration were, or quantize again with samples of the whole range.",
            analysis.Warning);
        Assert.Equal([64f, 0f, 255f], outputs[1997..]);
    }

    [Fact]
    public void Fewer_than_one_in_a_thousand_are_a_number_without_a_warning()
    {
        (ClampAnalysis analysis, _) = Run(Model(signed: false), [.. Enumerable.Repeat(0.25f, 1999), 2f, 0.5f]);
        Assert.Equal((1L, 2001L), (analysis.Clamped, analysis.Values));
        Assert.Null(analysis.Warning);
    }

    /// <summary>A greatest value that is a power of two is calibrated to one step above the integers (numerics.md 6.1).</summary>
    [Fact]
    public void What_calibration_saw_is_not_clamped()
    {
        (ClampAnalysis analysis, float[] outputs) = Run(Model(signed: true), [-0.5f, 0.5f, 0.49f, -0.501f, 0.501f]);
        Assert.Equal(0, analysis.Clamped);
        Assert.Equal([-128f, 127f, 125f, -128f, 127f], outputs);
        Assert.Null(analysis.Warning);
    }

    [Fact]
    public void Integers_are_refused_or_taken_and_never_clamped()
    {
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputData { Name = "input", InputShape = new Shape(1, 1, 1), InputBits = 8, InputSigned = true },
            Dense("input"));
        (ClampAnalysis analysis, _) = Run(model, [-128f, 127f]);
        Assert.Equal((0L, 2L), (analysis.Clamped, analysis.Values));
    }

    private static (ClampAnalysis Analysis, float[] Outputs) Run(AkidaModel model, float[] values)
    {
        ClampAnalysis analysis = new(model);
        EmulationOptions options = new() { Observers = [analysis] };
        SampleSet samples = SampleSet.FromArray(values, new Shape(1, 1, 1));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        float[] outputs = [.. Emulator.Run(model, samples, options, cancellation).SelectMany(batch => batch.Values)];
        Assert.Equal(Emulator.Run(model, samples, cancellation: cancellation).SelectMany(batch => batch.Values), outputs);
        return (analysis, outputs);
    }

    private static AkidaModel Model(bool signed) => Emulation.Model(
        AkidaVersion.V2,
        new AkidaQuantizer
        {
            Name = "quantizer",
            InputShape = new Shape(1, 1, 1),
            OutputSigned = signed,
            Variables = Emulation.Variables(("scales", new[] { 256f })),
        },
        Dense("quantizer"));

    private static AkidaDense1D Dense(string inbound) => new()
    {
        Name = "dense",
        Inbounds = [inbound],
        Units = 1,
        OutputBits = 32,
        Variables = Emulation.Variables(("weights", Emulation.Weights([1, 1], 1))),
    };
}
