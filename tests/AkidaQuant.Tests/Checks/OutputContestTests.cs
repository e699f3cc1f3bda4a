using AkidaQuant.Checks;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Checks;

public sealed class OutputContestTests
{
    [Fact]
    public void Both_errors_are_those_of_each_model_by_itself_whether_the_float_outputs_were_kept_or_not()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet");
        Model given = vectors.ReadModel("float.h5");
        SampleSet samples = vectors.Samples("inputs.npz").Slice(0, 20);
        Model[] models = [.. ((int[])[4, 8]).Select(bits => Quantizer.Quantize(
            given, new QuantizeOptions { Samples = samples, Parameters = OutputDistance.OfBits(bits) }))];
        Model floating = models[0].FloatSource!;
        SampleSet few = samples.Select([0, 3, 7, 11, 19]);
        OutputError[] expected = Array.ConvertAll(
            models, model => OutputError.Measure(model, floating, few, 1, TestContext.Current.CancellationToken));
        Assert.NotEqual(expected[0], expected[1]);
        foreach (int threads in new[] { 1, 2, 7 })
        {
            KeptOutputs kept = KeptOutputs.For(floating, [0, 3, 7, 11, 19])!;
            Calibration.Run(floating, models[0], samples, new QuantizeOptions { Threads = threads }, kept);
            foreach (float[][]? values in new[] { null, kept.Values! })
            {
                Assert.Equal((expected[0], expected[1]), OutputContest.Run(
                    models[0], models[1], floating, few, values, threads, TestContext.Current.CancellationToken));
            }
        }
    }

    [Fact]
    public void Calibration_keeps_the_outputs_of_samples_as_they_pass_or_says_that_some_did_not()
    {
        Model floating = Small.Chain(Small.Input(null, 6, 6, 3), Small.Convolution("a", 3, 4), Small.Convolution("b", 4, 2));
        SampleSet samples = Small.Samples(floating.InputShape, 9);
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples, Parameters = OutputDistance.OfBits(8) });
        KeptOutputs kept = KeptOutputs.For(floating, [8, 2, 5])!;
        Calibration.Run(floating, quantized, samples, new QuantizeOptions { BatchSize = 2 }, kept);
        Assert.Equal(Small.Outputs(floating, samples.Select([8, 2, 5])), Assert.Single(kept.Values!));

        KeptOutputs missed = KeptOutputs.For(floating, [1, 8])!;
        Calibration.Run(floating, quantized, samples, new QuantizeOptions { BatchSize = 2, SampleCount = 4 }, missed);
        Assert.Null(missed.Values);
    }
}
