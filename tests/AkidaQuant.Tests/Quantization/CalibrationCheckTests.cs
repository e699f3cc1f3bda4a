using AkidaQuant.Formats.Objects;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Quantization;

public sealed class CalibrationCheckTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 1, 6)]
    [InlineData(100, 1, 32)]
    [InlineData(100, 8, 24)]
    public void A_small_network_is_checked_with_up_to_32_of_the_samples(int samples, int batch, int expected)
    {
        // With a batch size the number says how many batches calibrate: 3 of 8 samples here.
        QuantCheck check = Checked(
            Network(), samples, options => batch == 1 ? options : options with { SampleCount = 24, BatchSize = batch });
        Assert.Equal(expected, check.Count);
    }

    [Fact]
    public void A_network_that_takes_time_is_checked_with_a_part_of_the_samples()
    {
        Model large = Small.Chain(
            Small.Input(null, 64, 64, 8),
            Small.Convolution("first", 8, 64),
            new ReLU { Name = "relu" },
            Small.Convolution("second", 64, 64));
        Assert.Equal(1, Checked(large, 10, options => options).Count);
        Assert.Equal(2, Checked(large, 48, options => options).Count);
    }

    [Fact]
    public void The_check_stays_with_the_model_until_it_is_changed()
    {
        Model quantized = Quantize(Network(), 6, options => options);
        QuantCheck check = Assert.IsType<QuantCheck>(quantized.Check);
        Assert.Equal(quantized.Name, check.Model);
        Assert.Null(quantized.WithLayers(layer => layer).Check);
        Assert.Null(Network().Check);
        var arrived = (Model)ObjectBytes.Read(ObjectBytes.Write(quantized));
        Assert.Equal(check.ToString(), arrived.Check!.ToString());
        Assert.Equal(check.Rows, arrived.Check.Rows);
        Assert.Equal(check.Lines(), arrived.Check.Lines());
    }

    [Fact]
    public void Ranges_without_samples_are_not_checked()
    {
        CalibratedRanges ranges = Ranges(Quantize(Network(), 6, options => options));
        Assert.Null(Quantizer.Quantize(Network(), new QuantizeOptions { Ranges = ranges }).Check);
        Assert.NotNull(Quantizer.Quantize(
            Network(), new QuantizeOptions { Ranges = ranges, Samples = Small.Samples(Network().InputShape) }).Check);
    }

    [Fact]
    public void Verbose_gets_one_line_a_layer()
    {
        List<string> lines = [];
        QuantCheck check = Checked(Network(), 6, options => options with { Verbose = lines.Add });
        Assert.Equal(check.Lines(), lines.TakeLast(check.Rows.Count + 1));
        Assert.Equal(["input_quantizer", "conv", "relu", "head"], check.Rows.Select(row => row.Layer));
        Assert.StartsWith("Check of 'small' with 6 samples: cosine 0.99", lines[^5], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sound_network_and_random_samples_are_quiet()
    {
        List<string> warnings = [];
        Model model = Quantizer.Quantize(Network(), new QuantizeOptions
        {
            Seed = 1,
            SampleCount = 40,
            BatchSize = 40,
            Parameters = new QuantizationParams { PerTensorActivations = true },
            Warning = warnings.Add,
        });
        Assert.Equal(32, model.Check!.Count);
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("temporal_buffers")]
    [InlineData("streaming_recurrent")]
    [InlineData("quantize_until_r0")]
    public void Streams_and_float_tails_are_checked_the_same_with_any_threads(string name)
    {
        VectorCase vectors = VectorCase.Open(name);
        Model floating = vectors.ReadModel("float.h5");
        QuantizeOptions options = vectors.Options(vectors.ReadModel("quantized.h5")) with { Samples = vectors.Samples("samples.npz") };
        QuantCheck[] checks = [.. new[] { 1, 2, 7 }.Select(threads =>
            Quantizer.Quantize(floating, options with { Threads = threads, Names = new LayerNames() }).Check!)];
        Assert.False(checks[0].IsDamaged);
        Assert.InRange(checks[0].Cosine, 0.98, 0.999999);
        Assert.All(checks, check => Assert.Equal(checks[0].Rows, check.Rows));
        Assert.All(checks, check => Assert.Equal(checks[0].RelativeError, check.RelativeError));
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using CancellationTokenSource source = new();
        Model model = Network();
        Assert.Throws<OperationCanceledException>(() => Quantize(model, 6, options => options with
        {
            Cancellation = source.Token,
            Progress = new Told(value =>
            {
                if (value.Done == value.Total)
                {
                    source.Cancel();
                }
            }),
        }));
    }

    private static Model Network() => Small.Chain(
        Small.Input(null, 6, 6, 3), Small.Convolution("conv", 3, 4), new ReLU { Name = "relu" }, Small.Convolution("head", 4, 5));

    private static QuantCheck Checked(Model model, int samples, Func<QuantizeOptions, QuantizeOptions> change) =>
        Assert.IsType<QuantCheck>(Quantize(model, samples, change).Check);

    private static Model Quantize(Model model, int samples, Func<QuantizeOptions, QuantizeOptions> change) =>
        Quantizer.Quantize(model, change(new QuantizeOptions
        {
            Samples = Small.Samples(model.InputShape, samples),
            Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
        }));

    private static CalibratedRanges Ranges(Model model)
    {
        CalibratedRanges ranges = new();
        foreach (Layer layer in model.GraphLayers)
        {
            if (layer is InputQuantizer input)
            {
                ranges.Input = (input.RangeMin, input.RangeMax);
            }
            else if (layer is QuantizedLayer { OutputQuantizer: { } output })
            {
                ranges[layer.Name] = output.RangeMax;
            }
        }

        return ranges;
    }

    private sealed class Told(Action<CalibrationProgress> told) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => told(value);
    }
}
