using AkidaQuant.Analysis;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Numerics;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Analysis;

public sealed class QuantErrorTests
{
    private const double Tolerance = 1e-6;

    public static TheoryData<string> Cases => VectorCase.All;

    [Fact]
    public void Smape_is_that_of_the_reference()
    {
        Smape smape = new();
        Assert.Equal(0, smape.Result);
        smape.Update([0, 1, 2, -3, 0.5f], [0, 1.5f, 2, 3, 0.25f]);
        Assert.Equal(0.3066666841506958, smape.Result);
        smape.Update([1], [3]);
        Assert.Equal(0.33888890345891315, smape.Result);
        Assert.Throws<ArgumentException>(() => smape.Update([1], []));
    }

    [Theory]
    [InlineData(7, 2.5928573608398438)]
    [InlineData(8, 2.7178573608398438)]
    [InlineData(100, 5.187378406524658)]
    [InlineData(128, 5.433147430419922)]
    [InlineData(129, 5.440899848937988)]
    [InlineData(1000, 7.485471725463867)]
    [InlineData(4099, 8.89583683013916)]
    public void Sums_are_those_of_numpy_to_the_bit(int count, double expected) =>
        Assert.Equal((float)expected, PairwiseSum.Of([.. Enumerable.Range(1, count).Select(i => 1f / i)]));

    [Theory]
    [InlineData(-128, 127, new long[] { -128, 127, 0, 5 }, 50.0)]
    [InlineData(0, 255, new long[] { 0, 255, 0, 5 }, 75.0)]
    public void Saturation_is_that_of_the_reference(long min, long max, long[] values, double expected)
    {
        Saturation saturation = new(new ValueRange(min, max));
        Assert.Equal(0, saturation.Result);
        saturation.Update(values);
        Assert.Equal(expected, saturation.Result);
        Assert.True(saturation.IsAccurate);
        saturation.Update([max + 1]);
        Assert.False(saturation.IsAccurate);
    }

    [Fact]
    public void Integers_are_compared_as_the_reference_compares_them()
    {
        float[] floats = [-40, 40, 0.8f, 1.1f, 0, 40, -1.3f, 1.5f];
        long[] integers = [-128, 127, 3, 4, 0, 127, -5, 6];
        float[] dequantized = QuantErrorMeter.Dequantize(integers, ScalarOrVector<int>.Scalar(2), null);
        QuantErrorMeter all = new(ValueRange.OfBits(7), null);
        all.Update(floats, integers, dequantized);
        Assert.Equal([(0.019896993041038515, 37.5)], all.Results);
        QuantErrorMeter channels = new(ValueRange.OfBits(7), 4);
        channels.Update(floats, integers, dequantized);
        Assert.Equal([(0, 50), (0, 100), (0.025932949036359787, 0), (0.023809529840946198, 0)], channels.Results);
    }

    [Fact]
    public void Scales_of_channels_are_compared_as_the_reference_compares_them()
    {
        QuantErrorMeter meter = new(ValueRange.OfBits(7), null);
        meter.Update([1, 2, 3, -4], [10, 127, 31, -128], [10 / 10f, 127 / 30f, 31 / 10f, -128 / 30f]);
        Assert.Equal([(0.008196713402867317, 50)], meter.Results);
    }

    [Fact]
    public void The_table_is_that_of_the_reference()
    {
        QuantErrorReport report = new("m", QuantErrorMode.Single,
        [
            new("m", QuantErrorMode.Single, "conv (QuantizedConv2D)", "conv", "QuantizedConv2D", null, 0.123456, 61.5),
            new("m", QuantErrorMode.Single, "d:1", "d", "D", 0, 0.5, 60),
            new("m", QuantErrorMode.Single, "d:2", "d", "D", 1, 12345.5, 100),
            new("m", QuantErrorMode.Single, "e:1:1", "e", "E", 0, 0.00005, 0),
            new("m", QuantErrorMode.Single, "e:2:1", "e", "E", 1, 0.00015, 0.00001),
        ]);
        string[] expected =
        [
            "",
            "Quantization error for m:",
            "=====================================================",
            "Layer/node              | SMAPE      | Saturation (%)",
            "=====================================================",
            "*conv (QuantizedConv2D) | 0.1235     | 61.5000       ",
            "d:1                     | 0.5000     | 60.0000       ",
            "*d:2                    | 12345.5000 | 100.0000      ",
            "e:1:1                   | 0.0001     | 0.0000        ",
            "e:2:1                   | 0.0001     | 0.0000        ",
            "=====================================================",
            "* Measurement results are not reliable, as outputs saturate by more than 60%",
            "",
        ];
        Assert.Equal(string.Join('\n', expected), report.ToString());
        Assert.DoesNotContain(
            "reliable",
            (report with { Rows = [.. report.Rows.Where(row => row.IsReliable)] }).ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.78125, "0.7812")]
    [InlineData(0.84375, "0.8438")]
    [InlineData(-0.78125, "-0.7812")]
    [InlineData(0.00005, "0.0001")]
    [InlineData(0.99999, "1.0000")]
    [InlineData(100, "100.0000")]
    [InlineData(1e20, "100000000000000000000.0000")]
    [InlineData(5e-324, "0.0000")]
    [InlineData(double.NaN, "nan")]
    public void Numbers_are_rounded_half_to_even(double value, string expected) => Assert.Equal(expected, QuantErrorReport.Text(value));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_are_compared_with_the_integers_of_the_reference(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model model = vectors.ReadModel("quantized.h5");
        IReadOnlyDictionary<string, NpyArray> variables = vectors.Arrays("variables.npz");
        QuantErrorReport report = QuantErrorAnalysis.Run(model, null, new QuantErrorOptions { Mode = QuantErrorMode.Weight });
        Assert.NotEmpty(report.Rows);
        int recorded = variables.Keys.Count(key => key.EndsWith("/qweights|values", StringComparison.Ordinal));
        Assert.Equal(recorded, report.Rows.Count);
        foreach (QuantErrorRow row in report.Rows)
        {
            string key = $"{row.Name}/qweights";
            float[] source = model.Plan[row.Layer].Prepared.Recorded.Tensor($"{row.Kind}/qweights")!.Source!.Values;
            long[] integers = Array.ConvertAll(variables[$"{key}|values"].ToInt32().Values, value => (long)value);
            double[] actual = Reals(variables, key, integers);
            long bound = 1L << variables[$"{key}|value_bits"].ToInt32().Values[0];
            (double smape, double saturation) = Expected(integers, bound, i => source[source.Length == 1 ? 0 : i], i => actual[i]);
            Assert.Equal(smape, row.Smape, Tolerance);
            Assert.Equal(saturation, row.Saturation, Tolerance);
        }

        if (report.Rows.FirstOrDefault(row => row.Kind == "weight_quantizer") is { } kernel)
        {
            // The stored array itself, so that the source is not the only witness.
            float[] stored = model[kernel.Layer].Layer.Variables[0].Value.Values;
            Assert.Equal(
                stored.Order(),
                model.Plan[kernel.Layer].Prepared.Recorded.Tensor("weight_quantizer/qweights")!.Source!.Values.Order());
        }
    }

    [Theory]
    [InlineData("tutorial_1_params")]
    [InlineData("tutorial_3_float_input")]
    [InlineData("digits_ds_cnn")]
    [InlineData("digits_lenet")]
    [InlineData("residual_add")]
    [InlineData("float_input_int8")]
    public void Accumulated_errors_are_those_of_the_outputs_of_the_reference(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model model = vectors.ReadModel("quantized.h5");
        IReadOnlyDictionary<string, NpyArray> layers = vectors.Arrays("layers.npz");
        IReadOnlyDictionary<string, NpyArray> floats = vectors.Arrays("layers_float.npz");
        Model floating = vectors.ReadModel("float.h5");
        IReadOnlyDictionary<string, NpyArray> variables = vectors.Arrays("variables.npz");
        QuantErrorReport report = QuantErrorAnalysis.Run(model, floating, new QuantErrorOptions
        {
            Mode = QuantErrorMode.Cumulative,
            Samples = vectors.Samples("inputs.npz").Slice(0, 2),
        });
        int compared = 0;
        foreach (QuantErrorRow row in report.Rows)
        {
            string key = row.Layer;
            if (!floats.TryGetValue(key, out NpyArray? expected) || expected.Shape != layers[$"{key}|values"].Shape
                || floating.Consumers(key).Any(node => node.Layer is BatchNormalization))
            {
                // Rewriting moves pooling before activations, and folds normalization into the layer.
                continue;
            }

            compared++;
            long[] integers = Array.ConvertAll(layers[$"{key}|values"].ToInt32().Values, value => (long)value);
            double[] actual = Reals(layers, key, integers);
            float[] rates = variables.TryGetValue($"{key}/out_quantizer/rescaling_rate", out NpyArray? rate)
                ? rate.ToSingles().Values
                : [1f];
            float[] real = expected.ToSingles().Values;
            (double smape, double saturation) = Expected(
                integers, 1L << layers[$"{key}|value_bits"].ToInt32().Values[0], i => real[i], i => actual[i] / rates[i % rates.Length]);
            Assert.Equal(smape, row.Smape, 2e-4);
            Assert.Equal(saturation, row.Saturation, Tolerance);
        }

        Assert.NotEqual(0, compared);
    }

    [Theory]
    [InlineData("tutorial_3_float_input")]
    [InlineData("digits_ds_cnn")]
    [InlineData("digits_lenet")]
    [InlineData("residual_add")]
    [InlineData("float_input_uint8_per_tensor")]
    public void A_layer_by_itself_is_close_to_its_float_twin(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model model = vectors.ReadModel("quantized.h5");
        QuantErrorOptions options = new() { Samples = vectors.Samples("inputs.npz").Slice(0, 4), BatchSize = 3 };
        Model floating = vectors.ReadModel("float.h5");
        QuantErrorReport single = QuantErrorAnalysis.Run(model, floating, options);
        QuantErrorReport cumulative = QuantErrorAnalysis.Run(model, floating, options with { Mode = QuantErrorMode.Cumulative });
        Assert.Equal(cumulative.Rows.Select(row => row.Name), single.Rows.Select(row => row.Name));
        Assert.All(single.Rows, row => Assert.InRange(row.Smape, 0, 0.13));
        Assert.True(single.Rows.Average(row => row.Smape) < cumulative.Rows.Average(row => row.Smape) + 1e-9);
        Assert.Equal(single.Rows.Select(row => row.Saturation), cumulative.Rows.Select(row => row.Saturation));
    }

    [Fact]
    public void A_target_is_measured_channel_by_channel()
    {
        VectorCase vectors = VectorCase.Open("tutorial_1_params");
        Model model = vectors.ReadModel("quantized.h5");
        Model floating = vectors.ReadModel("float.h5");
        string target = model.GraphLayers.First(layer => layer is QuantizedConv2D).Name;
        int channels = model.Plan[target].Prepared.Output.Shape.Channels;
        foreach (QuantErrorMode mode in new[] { QuantErrorMode.Single, QuantErrorMode.Cumulative })
        {
            QuantErrorReport report = QuantErrorAnalysis.Run(
                model,
                floating,
                new QuantErrorOptions
                {
                    Mode = mode,
                    Target = target,
                    Seed = 5,
                });
            Assert.Equal(Enumerable.Range(1, channels).Select(i => $"{target} (QuantizedConv2D):{i}"), report.Rows.Select(row => row.Name));
            Assert.Equal(Enumerable.Range(0, channels), report.Rows.Select(row => row.Channel!.Value));
            Assert.Equal(
                report.Rows,
                QuantErrorAnalysis
                    .Run(
                        model,
                        floating,
                        new QuantErrorOptions
                        {
                            Mode = mode,
                            Target = target,
                            Seed = 5,
                        })
                    .Rows);
        }

        QuantErrorReport weights = QuantErrorAnalysis.Run(
            model,
            null,
            new QuantErrorOptions { Mode = QuantErrorMode.Weight, Target = target });
        Assert.Equal(channels, weights.Rows.Count(row => row.Name.StartsWith($"{target}/weight_quantizer:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Constants_are_measured_and_have_no_channels()
    {
        Model model = Constants();
        QuantErrorReport all = QuantErrorAnalysis.Run(model, null, new QuantErrorOptions { Mode = QuantErrorMode.Weight });
        QuantErrorRow maximum = Assert.Single(all.Rows, row => row.Kind == "max_value_quantizer");
        Assert.InRange(maximum.Smape, 0, 0.01);
        QuantErrorRow padding = Assert.Single(all.Rows, row => row.Kind == "padding_value_quantizer");
        Assert.InRange(padding.Smape, 0, 0.01);
        Assert.Null(Assert.Single(Target(maximum.Layer)).Channel);
        Assert.Contains(Target(padding.Layer), row => row.Name == padding.Name && row.Channel is null);
        Assert.Contains(Target(padding.Layer), row => row.Name == $"{padding.Layer}/weight_quantizer:3");

        IReadOnlyList<QuantErrorRow> Target(string layer) =>
            QuantErrorAnalysis.Run(model, null, new QuantErrorOptions { Mode = QuantErrorMode.Weight, Target = layer }).Rows;
    }

    [Theory]
    [InlineData(8, "gap")]
    [InlineData(12, "sep")]
    public void Layers_whose_sums_saturate_are_never_right_and_named(int bits, string layer)
    {
        Model floating = ModelReader.Read(Repository.PathOf("tests/vectors/public/keras/20_separable.h5"));
        SampleSet samples = SampleReader.Read(Repository.PathOf("tests/vectors/public/keras/20_separable.samples.npy"));
        Model model = AkidaQuant.Quantization.Quantizer.Quantize(floating, new()
        {
            Samples = samples,
            Parameters = new() { WeightBits = bits, InputWeightBits = bits, ActivationBits = bits, OutputBits = bits },
        });
        foreach (QuantErrorMode mode in new[] { QuantErrorMode.Single, QuantErrorMode.Cumulative })
        {
            QuantErrorReport report = QuantErrorAnalysis.Run(model, floating, new() { Mode = mode, Samples = samples });
            QuantErrorRow row = Assert.Single(report.Rows, row => row.Layer == layer);
            Assert.InRange(row.SumSaturation!.Value, 10, 100);
            Assert.InRange(row.RelativeError, 0.5, 2);
            Assert.InRange(row.SignalToNoise, -1, 6);
            Assert.False(row.IsReliable);
            Assert.Equal(layer, report.Begins);
            Assert.Contains($"begins at layer '{layer}'", report.Finding, StringComparison.Ordinal);
            Assert.True(report.Rows[0].IsReliable);
            Assert.InRange(report.Rows[0].SignalToNoise, 30, 100);
        }
    }

    [Fact]
    public void Errors_of_all_values_are_measured_beside_those_of_the_reference()
    {
        QuantErrorMeter meter = new(ValueRange.OfBits(7), null);
        meter.Update([40, 30, 3, 0], [127, 127, 4, 0], [20, 20, 4, 0]);
        (double signalToNoise, double relative, double ofSaturated) = Assert.Single(meter.Errors);
        Assert.Equal(10 * Math.Log10(2509 / 501.0), signalToNoise, 1e-9);
        Assert.Equal(Math.Sqrt(501 / 2509.0), relative, 1e-9);
        Assert.Equal(Math.Sqrt(500 / 2509.0), ofSaturated, 1e-9);
        QuantErrorRow row = new("m", QuantErrorMode.Single, "a (B)", "a", "B", null, 0, 50);
        Assert.True((row with { SumSaturation = 1, SaturatedError = 0.05 }).IsReliable);
        Assert.False((row with { SumSaturation = 1.1 }).IsReliable);
        Assert.False((row with { SaturatedError = 0.051 }).IsReliable);
        Assert.False((row with { Saturation = 60.1 }).IsReliable);
    }

    [Fact]
    public void What_cannot_be_measured_is_said()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet");
        Model model = vectors.ReadModel("quantized.h5");
        Model floating = vectors.ReadModel("float.h5");
        string flatten = model.GraphLayers.First(layer => layer is QuantizedFlatten).Name;
        Assert.Equal("LayerNotFound", IdOf(model, floating, new QuantErrorOptions { Target = "none" }));
        Assert.Equal("LayerNotMeasurable", IdOf(model, floating, new QuantErrorOptions { Target = flatten }));
        Assert.Equal("AlreadyQuantized", IdOf(model, model, new QuantErrorOptions()));
        Assert.Equal("ModelNotQuantized", IdOf(floating, floating, new QuantErrorOptions()));
        Assert.Equal("FloatLayerMissing", IdOf(model, VectorCase.Open("digits_ds_cnn").ReadModel("float.h5"), new QuantErrorOptions()));
        Assert.Equal(
            "SampleShapeMismatch",
            IdOf(model, floating, new QuantErrorOptions { Samples = SampleSet.FromArray(new byte[4], new Shape(2, 2, 1)) }));
    }

    [Fact]
    public void The_float_model_can_be_the_one_that_the_quantized_one_came_from()
    {
        VectorCase vectors = VectorCase.Open("digits_lenet");
        Model model = vectors.ReadModel("quantized.h5");
        QuantErrorOptions options = new() { Samples = vectors.Samples("inputs.npz").Slice(0, 16) };
        QuantErrorReport given = QuantErrorAnalysis.Run(model, vectors.ReadModel("float.h5"), options);
        QuantErrorReport recovered = QuantErrorAnalysis.Run(model, null, options);
        Assert.Equal(given.Rows.Select(row => row.Name), recovered.Rows.Select(row => row.Name));
        Assert.All(given.Rows.Zip(recovered.Rows), pair => Assert.Equal(pair.First.Smape, pair.Second.Smape, 1e-4));
    }

    private static string IdOf(Model model, Model? floating, QuantErrorOptions options) =>
        Assert.Throws<QuantException>(() => QuantErrorAnalysis.Run(model, floating, options)).Id;

    /// <summary>A network with a bounded rectifier and a border that is not zero.</summary>
    private static Model Constants()
    {
        Shape kernel = new(3, 3, 2, 3);
        Model floating = Model.Create("constants", isSequential: false,
        [
            new(new InputLayer { Name = "input", Shape = new Shape(6, 6, 2), Type = IntegerType.UInt8 }, []),
            new(new Rescaling { Name = "rescaling", Scale = [1 / 255.0] }, ["input"]),
            new(PaddedConv2D.From(
                new Conv2D
                {
                    Name = "conv",
                    Filters = 3,
                    Window = new ConvolutionWindow { KernelSize = (3, 3), Padding = AkidaQuant.Geometry.Padding.Same },
                    Kernel = new(kernel, [.. Enumerable.Range(0, kernel.Size).Select(i => MathF.Sin(i))]),
                    Bias = NdArray<float>.Vector([0.1f, 0.2f, 0.3f]),
                },
                [0.3f]), ["rescaling"]),
            new(new ReLU { Name = "relu", MaxValue = 6 }, ["conv"]),
        ], ["relu"]);
        return AkidaQuant.Quantization.Quantizer.Quantize(floating, new() { Seed = 1 });
    }

    private static double[] Reals(IReadOnlyDictionary<string, NpyArray> arrays, string key, long[] integers)
    {
        int[] fracBits = arrays[$"{key}|frac_bits"].ToInt32().Values;
        float[] scales = arrays.TryGetValue($"{key}|scales", out NpyArray? stored) ? stored.ToSingles().Values : [1f];
        return [.. integers.Select((value, i) => value * Math.Pow(2, -fracBits[i % fracBits.Length]) * scales[i % scales.Length])];
    }

    private static (double Smape, double Saturation) Expected(
        long[] integers,
        long bound,
        Func<int, double> expected,
        Func<int, double> actual)
    {
        double error = 0;
        int kept = 0;
        for (int i = 0; i < integers.Length; i++)
        {
            if (integers[i] > -bound && integers[i] < bound - 1)
            {
                kept++;
                double sum = Math.Abs(expected(i)) + Math.Abs(actual(i));
                error += sum == 0 ? 0 : Math.Abs(expected(i) - actual(i)) / sum;
            }
        }

        return (kept == 0 ? 0 : error / kept, 100.0 * (integers.Length - kept) / integers.Length);
    }
}
