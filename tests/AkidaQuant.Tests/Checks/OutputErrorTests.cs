using AkidaQuant.Checks;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Checks;

public sealed class OutputErrorTests
{
    [Theory]
    [InlineData("digits_lenet")]
    [InlineData("tutorial_3_float_input")]
    [InlineData("residual_add")]
    [InlineData("float_input_uint8_per_tensor")]
    [InlineData("temporal_buffers")]
    public void It_is_what_the_outputs_of_both_models_say(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        Model floating = Quantizer.FloatSource(quantized);
        SampleSet samples = vectors.Samples("inputs.npz").Slice(0, 6);
        float[] expected = Outputs(floating, samples);
        float[] actual = Outputs(quantized, samples);
        double signal = expected.Sum(value => (double)value * value);
        double noise = expected.Zip(actual, (a, b) => Math.Pow((double)a - b, 2)).Sum();
        double energy = actual.Sum(value => (double)value * value);
        double cosine = expected.Zip(actual, (a, b) => (double)a * b).Sum() / Math.Sqrt(signal * energy);

        OutputError error = Measure(quantized, floating, samples, 1);
        Assert.Equal(cosine, error.Cosine, 1e-9);
        Assert.Equal(Math.Sqrt(noise / signal), error.RelativeError, 1e-9);
        Assert.Equal(10 * Math.Log10(signal / noise), error.SignalToNoise, 1e-6);
        foreach (int threads in new[] { 2, 7 })
        {
            Assert.Equal(error, Measure(quantized, floating, samples, threads));
        }
    }

    [Fact]
    public void A_model_is_no_way_from_itself()
    {
        Model floating = VectorCase.Open("digits_lenet").ReadModel("float.h5");
        SampleSet samples = VectorCase.Open("digits_lenet").Samples("inputs.npz").Slice(0, 3);
        OutputError error = Measure(floating, floating, samples, 2);
        Assert.Equal(1, error.Cosine);
        Assert.Equal(0, error.RelativeError);
        Assert.Equal("cosine 1.0000, relative error 0.0000", error.ToString());
    }

    [Fact]
    public void Another_network_and_streams_that_do_not_fit_are_refused()
    {
        SampleSet samples = VectorCase.Open("temporal_buffers").Samples("inputs.npz").Slice(0, 3);
        Model temporal = VectorCase.Open("temporal_buffers").ReadModel("quantized.h5");
        QuantException streams = Assert.Throws<QuantException>(() => OutputError.Measure(
            temporal, Quantizer.FloatSource(temporal), samples, 1, 2, TestContext.Current.CancellationToken));
        Assert.Equal("StreamLengthsDiffer", streams.Id);

        Model one = Networks.Dense(3, 4);
        QuantException outputs = Assert.Throws<QuantException>(() => Measure(
            one, Networks.Dense(3, 5), SampleSet.FromArray(new float[] { 1, 2, 3 }, new Shape(3)), 1));
        Assert.Equal("OutputsDiffer", outputs.Id);
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        Model model = Networks.Dense(3, 4);
        Assert.Throws<OperationCanceledException>(() => OutputError.Measure(
            model, model, SampleSet.FromArray(new float[] { 1, 2, 3 }, new Shape(3)), 1, new CancellationToken(canceled: true)));
    }

    private static OutputError Measure(Model quantized, Model floating, SampleSet samples, int threads) =>
        OutputError.Measure(quantized, floating, samples, threads, TestContext.Current.CancellationToken);

    private static float[] Outputs(Model model, SampleSet samples) => [.. Inference.Run(model, samples).SelectMany(batch => batch.Values)];

    private static class Networks
    {
        public static Model Dense(int inputs, int units) =>
            Quantization.Small.Chain(Quantization.Small.Input(null, inputs), Quantization.Small.Dense("dense", inputs, units));
    }
}
