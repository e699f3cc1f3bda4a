using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;

namespace AkidaQuant.Tests.Quantization;

/// <summary>How models that keep state are calibrated (quantize.md 10.2, 12.1).</summary>
public sealed class StreamCalibrationTests
{
    [Fact]
    public void Temporal_convolutions_need_the_number_of_streams()
    {
        Model floating = StreamingNetworks.Frames(5);
        SampleSet samples = StreamingNetworks.Samples(floating, 12, 5);
        Assert.Equal("StreamBatchSizeMissing", Refusal(floating, new QuantizeOptions { Samples = samples }));
        Assert.Equal("StreamBatchSizeMissing", Refusal(floating, new QuantizeOptions { Samples = samples, SampleCount = 3 }));
        Assert.Equal("StreamLengthsDiffer", Refusal(floating, new QuantizeOptions { Samples = samples, BatchSize = 5 }));
    }

    [Fact]
    public void Sequences_must_be_a_multiple_of_the_time_steps_of_the_model()
    {
        Model floating = StreamingNetworks.Sequences(5);
        SampleSet samples = StreamingNetworks.Samples(floating.WithInputShape(new Shape(12, floating.InputShape[1])), 2, 5);
        Assert.Equal("StreamStepsMismatch", Refusal(floating, new QuantizeOptions { Samples = samples }));
    }

    /// <summary>Batches are consecutive time steps: the ranges are the moving maxima of what the float model gives in order.</summary>
    [Fact]
    public void Ranges_follow_the_streams_through_time_and_on_through_epochs()
    {
        Model floating = StreamingNetworks.Frames(6);
        SampleSet samples = StreamingNetworks.Samples(floating, 12, 6);
        List<float> maxima = [];
        PlanRunner runner = floating.Plan.CreateRunner(3);
        for (int call = 0; call < 8; call++)
        {
            SampleInput.Load(samples, call % 4 * 3, 3, runner.Input, floating.Input.Integers, floating.Name);
            runner.Run(3, TestContext.Current.CancellationToken);
            maxima.Add(((FloatData)runner[floating.Plan.Position("depthwise")]).Values(3).ToArray().Max(MathF.Abs));
        }

        float range = maxima[0];
        foreach (float maximum in maxima.Skip(1))
        {
            range -= (range - maximum) * 0.1f;
        }

        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions
        {
            Samples = samples,
            BatchSize = 3,
            Epochs = 2,
            Parameters = new QuantizationParams { InputType = IntegerType.Int8, PerTensorActivations = true },
        });
        OutputQuantizer quantizer = ((QuantizedLayer)quantized["depthwise"].Layer).OutputQuantizer!;
        float calibrated = quantizer.RangeMax.Values[0] / quantizer.RescalingRate.Values[0];
        Assert.Equal(range, calibrated, range * 1e-5f);
    }

    [Fact]
    public void Long_sequences_calibrate_as_their_pieces_do_in_order()
    {
        Model floating = StreamingNetworks.Sequences(7);
        SampleSet streams = StreamingNetworks.Samples(floating.WithInputShape(new Shape(24, floating.InputShape[1])), 2, 7);
        OutputQuantizer quantizer = ((QuantizedLayer)StreamQuantized(floating, streams)["a_state"].Layer).OutputQuantizer!;

        float? range = null;
        PlanRunner runner = floating.Plan.CreateRunner(2);
        for (int call = 0; call < 3; call++)
        {
            int size = floating.InputShape.Size;
            for (int stream = 0; stream < 2; stream++)
            {
                streams.Values(stream).AsSpan(call * size, size).CopyTo(((FloatData)runner.Input).Values(2)[(stream * size)..]);
            }

            runner.Run(2, TestContext.Current.CancellationToken);
            float maximum = ((FloatData)runner[floating.Plan.Position("a_state")]).Values(2).ToArray().Max(MathF.Abs);
            range = range is { } value ? value - ((value - maximum) * 0.1f) : maximum;
        }

        Assert.Equal(range!.Value, quantizer.RangeMax.Values[0]);
        Assert.Equal(1f, quantizer.RescalingRate.Values[0]);
    }

    [Fact]
    public void Ranges_a_channel_are_not_equalized_into_a_temporal_convolution_but_one_range_is()
    {
        Model floating = StreamingNetworks.Frames(8);
        SampleSet samples = StreamingNetworks.Samples(floating, 12, 8);
        QuantizeOptions options = new()
        {
            Samples = samples,
            BatchSize = 3,
            Parameters = new QuantizationParams { InputType = IntegerType.Int8 },
        };
        var perAxis = (QuantizedLayer)Quantizer.Quantize(floating, options)[Producer(floating)].Layer;
        Assert.All(perAxis.OutputQuantizer!.RescalingRate.Values, rate => Assert.Equal(1f, rate));
        Model perTensor = Quantizer.Quantize(
            floating,
            options with
            {
                Parameters = options.Parameters with { PerTensorActivations = true },
            });
        float rate = ((QuantizedLayer)perTensor[Producer(floating)].Layer).OutputQuantizer!.RescalingRate.Values[0];
        Assert.NotEqual(1f, rate);
        float[] kernel = ((DepthwiseBufferTempConv)floating["depthwise"].Layer).Kernel.Values;
        Assert.Equal(
            kernel.Select(weight => weight / rate),
            ((QuantizedDepthwiseBufferTempConv)perTensor["depthwise"].Layer).Kernel.Values);
    }

    [Fact]
    public void Unsigned_float_inputs_fold_their_zero_point_into_a_temporal_convolution()
    {
        BufferTempConv buffer = new()
        {
            Name = "buffer",
            Filters = 2,
            KernelSize = 2,
            Kernel = StreamingNetworks.Values(new Random(9), 1, 1, 4, 2),
            UseBias = false,
        };
        Model floating = Model.Create(
            "frames",
            false,
            [new Node(new InputLayer { Name = "input", Shape = new Shape(2, 2, 2) }, []), new Node(buffer, ["input"])],
            ["buffer"]);
        SampleSet samples = RandomSamples.CreateFloats(new Shape(2, 2, 2), 40, 9, -1, 1);
        Model quantized = Quantizer.Quantize(floating, new QuantizeOptions { Samples = samples, BatchSize = 1 });
        float[] expected = StreamingNetworks.Outputs(floating, samples, 1);
        float[] actual = StreamingNetworks.Outputs(quantized, samples, 1);

        // The queue begins with zeros, which are the least value of the inputs; from the second frame on it holds frames only.
        Assert.All(expected.Zip(actual).Skip(8), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
    }

    private static string Producer(Model floating) => floating.Find("conv") is null ? "relu" : "conv";

    private static Model StreamQuantized(Model floating, SampleSet streams) => Quantizer.Quantize(
        floating, new QuantizeOptions { Samples = streams, Parameters = new QuantizationParams { InputType = IntegerType.Int8 } });

    private static string Refusal(Model floating, QuantizeOptions options) =>
        Assert
            .Throws<QuantException>(() =>
                Quantizer.Quantize(floating, options with { Parameters = new QuantizationParams { InputType = IntegerType.Int8 } }))
            .Id;
}
