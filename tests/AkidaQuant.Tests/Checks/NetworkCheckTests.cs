using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Checks;

public sealed class NetworkCheckTests
{
    /// <summary>Both models run whole here, every result kept; the check lets neither keep any.</summary>
    [Theory]
    [InlineData("digits_lenet")]
    [InlineData("residual_add")]
    [InlineData("concatenate")]
    [InlineData("float_input_uint8_per_tensor")]
    [InlineData("quantize_until_r0")]
    [InlineData("transposed_decoder")]
    public void Rows_are_what_the_results_of_both_models_say(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model quantized = vectors.ReadModel("quantized.h5");
        Model floating = Quantizer.FloatSource(quantized);
        SampleSet samples = vectors.Samples("inputs.npz").Slice(0, 3);
        QuantCheck check = Check(quantized, floating, samples, 1);
        PlanRunner actual = Run(quantized, samples);
        PlanRunner expected = Run(floating, samples);
        Assert.NotEmpty(check.Rows);
        foreach (QuantCheckRow row in check.Rows)
        {
            Layer layer = quantized[row.Layer].Layer;
            int twin = layer is InputQuantizer ? ExecutionPlan.ModelInput : floating.Plan.Position(row.Layer);
            RealValues real = RealValues.Of(quantized, row.Layer);
            float[] floats = ((FloatData)expected[twin]).Values(samples.Count).ToArray();
            float[] integers = new float[floats.Length];
            actual[quantized.Plan.Position(row.Layer)].CopyTo(integers, samples.Count);
            double signal = floats.Sum(value => (double)value * value);
            double noise = floats.Select((value, i) => Math.Pow(
                value - ((integers[i] * real.Steps[i % real.Steps.Length]) - (real.Offsets?[i % real.Steps.Length] ?? 0)), 2)).Sum();
            Assert.Equal(noise == 0 ? 150 : 10 * Math.Log10(signal / noise), row.SignalToNoise, 0.02);
            Assert.Equal(
                100.0 * integers.Count(value => value <= real.Bounds!.Value.Min || value >= real.Bounds.Value.Max) / integers.Length,
                row.Saturation,
                1e-9);
        }

        foreach (int threads in new[] { 2, 7 })
        {
            QuantCheck other = Check(quantized, floating, samples, threads);
            Assert.Equal(check.Rows, other.Rows);
            Assert.Equal((check.Cosine, check.RelativeError), (other.Cosine, other.RelativeError));
        }
    }

    [Fact]
    public void Layers_that_compute_and_a_flatten_that_aligns_have_rows()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet");
        Model quantized = vectors.ReadModel("quantized.h5");
        QuantCheck check = Check(quantized, Quantizer.FloatSource(quantized), vectors.Samples("inputs.npz").Slice(0, 2), 1);
        string[] expected =
        [
            .. quantized.Nodes.Where(node => node.Layer is InputQuantizer or QuantizedFlatten || MeasuredLayers.IsMeasured(node.Layer))
                .Where(node => !quantized.Plan[node.Name].Prepared.IsView).Select(node => node.Name),
        ];
        Assert.Equal(expected, check.Rows.Select(row => row.Layer));
    }

    [Fact]
    public void Streams_go_on_from_step_to_step()
    {
        VectorCase vectors = VectorCase.Open("temporal_buffers");
        Model quantized = vectors.ReadModel("quantized.h5");
        Model floating = Quantizer.FloatSource(quantized);
        SampleSet samples = vectors.Samples("samples.npz").Slice(0, 8);
        QuantCheck check = NetworkCheck.Run(quantized, floating, samples, 2, 1, TestContext.Current.CancellationToken);
        OutputError error = OutputError.Measure(quantized, floating, samples, 1, 2, TestContext.Current.CancellationToken);
        Assert.Equal((error.Cosine, error.RelativeError), (check.Cosine, check.RelativeError));
        Assert.NotEqual(
            check.RelativeError,
            NetworkCheck.Run(quantized, floating, samples, 1, 1, TestContext.Current.CancellationToken).RelativeError);
    }

    [Fact]
    public void Inputs_beyond_their_range_are_counted()
    {
        VectorCase vectors = VectorCase.Open("float_input_int8");
        Model quantized = vectors.ReadModel("quantized.h5");
        Model floating = Quantizer.FloatSource(quantized);
        InputQuantizer quantizer = Assert.Single(quantized.GraphLayers.OfType<InputQuantizer>());
        float[] values = new float[quantized.InputShape.Size];
        float reach = quantizer.RangeMax.Values.Concat(quantizer.RangeMin.Values).Max(Math.Abs);
        values[0] = 10 * reach;
        values[^1] = -10 * reach;
        values[1] = reach / 4;
        QuantCheck check = Check(quantized, floating, SampleSet.FromArray(values, quantized.InputShape), 1);
        Assert.Equal(100.0 * 2 / values.Length, check.ClampedInputs!.Value, 1e-9);
    }

    private static QuantCheck Check(Model quantized, Model floating, SampleSet samples, int threads) =>
        NetworkCheck.Run(quantized, floating, samples, null, threads, TestContext.Current.CancellationToken);

    private static PlanRunner Run(Model model, SampleSet samples)
    {
        PlanRunner runner = new(model.Plan, samples.Count);
        SampleInput.Load(samples, 0, samples.Count, runner.Input, model.Input.Integers, model.Name);
        runner.Run(samples.Count);
        return runner;
    }
}
