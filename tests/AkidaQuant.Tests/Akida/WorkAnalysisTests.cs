using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Geometry;
using AkidaQuant.Tests.Vectors;
using CsCheck;

namespace AkidaQuant.Tests.Akida;

/// <summary>Counts of work against plain loops, for every class of layers.</summary>
public sealed class WorkAnalysisTests
{
    private const int Count = 4;

    private static readonly Shape Image = new(5, 4, 3);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public void Convolutions_multiply_events_that_windows_meet(int kernel, int stride) => Gen.Int.Sample(
        seed =>
        {
            Random random = new(seed);
            foreach (Padding padding in (Padding[])[Padding.Same, Padding.SameUpper, Padding.Valid])
            {
                if (padding == Padding.Valid && kernel > Image[1])
                {
                    continue;
                }

                Check(
                    new AkidaConv2D
                    {
                        Name = "layer",
                        Inbounds = ["input"],
                        Filters = 2,
                        KernelSize = kernel,
                        KernelStride = stride,
                        Padding = padding,
                        Variables = Weights(random, kernel, kernel, 3, 2),
                    },
                    samples => Windows(samples, kernel, stride, padding, 2),
                    random);
                Check(
                    new AkidaDepthwiseConv2D
                    {
                        Name = "layer",
                        Inbounds = ["input"],
                        KernelSize = kernel,
                        KernelStride = stride,
                        Padding = padding,
                        Variables = Weights(random, kernel, kernel, 3, 1),
                    },
                    samples => Windows(samples, kernel, stride, padding, 1),
                    random);
                if (padding != Padding.SameUpper)
                {
                    Check(
                        new AkidaConvolutional
                        {
                            Name = "layer",
                            Inbounds = ["input"],
                            Filters = 2,
                            KernelSize = (kernel, kernel),
                            WeightsBits = 8,
                            KernelStride = (stride, stride),
                            Padding = padding,
                            Variables = Weights(random, kernel, kernel, 3, 2),
                        },
                        samples => Windows(samples, kernel, stride, padding, 2),
                        random);
                }
            }
        },
        iter: 5,
        threads: 1);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(7, 0, 9)]
    [InlineData(1, 2, 3)]
    public void What_stands_around_an_image_counts_where_it_is_not_0(int first, int second, int third)
    {
        Random random = new(first);
        byte[] border = [(byte)first, (byte)second, (byte)third];
        AkidaVariables variables = Weights(random, 3, 3, 3, 2);
        variables.Add("padding_value", NdArray<byte>.Vector(border));
        Check(
            new AkidaInputConv2D
            {
                Name = "layer",
                InputShape = Image,
                Filters = 2,
                KernelSize = 3,
                KernelStride = 2,
                Variables = variables,
            },
            samples => Windows(samples, 3, 2, Padding.Same, 2, border),
            random);
        Check(
            new AkidaInputConvolutional
            {
                Name = "layer",
                InputShape = Image,
                Filters = 2,
                KernelSize = (3, 3),
                WeightsBits = 8,
                PaddingValue = first,
                Variables = Weights(random, 3, 3, 3, 2),
            },
            samples => Windows(samples, 3, 1, Padding.Same, 2, [(byte)first, (byte)first, (byte)first]),
            random);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Transposed_convolutions_leave_out_what_falls_outside(int kernel)
    {
        Random random = new(kernel);
        Check(
            new AkidaConv2DTranspose
            {
                Name = "layer",
                Inbounds = ["input"],
                Filters = 2,
                KernelSize = kernel,
                Variables = Weights(random, kernel, kernel, 3, 2),
            },
            samples => Transposed(samples, kernel, 2),
            random);
        Check(
            new AkidaDepthwiseConv2DTranspose
            {
                Name = "layer",
                Inbounds = ["input"],
                KernelSize = kernel,
                Variables = Weights(random, kernel, kernel, 3, 1),
            },
            samples => Transposed(samples, kernel, 1),
            random);
    }

    [Fact]
    public void Dense_layers_multiply_every_event_once_a_unit()
    {
        Random random = new(1);
        Check(
            new AkidaDense1D { Name = "layer", Inbounds = ["input"], Units = 3, Variables = Weights(random, Image.Size, 3) },
            samples => 3 * samples.Sum(sample => sample.Count(value => value != 0)),
            random);
        Check(
            new AkidaFullyConnected
            {
                Name = "layer", Inbounds = ["input"], Units = 3, WeightsBits = 8, Variables = Weights(random, 1, 1, Image.Size, 3),
            },
            samples => 3 * samples.Sum(sample => sample.Count(value => value != 0)),
            random);
    }

    /// <summary>The sums of each channel are events for the mixing of channels.</summary>
    [Fact]
    public void Separable_convolutions_multiply_twice() => Gen.Int.Sample(
        seed =>
        {
            Random random = new(seed);
            AkidaVariables variables = Weights(random, 3, 3, 3, 1);
            int[] kernel = KernelFlip.Turn(variables.Integers("weights")!.Values, new Shape(3, 3));
            variables.Add("weights_pw", Emulation.Weights([1, 1, 3, 2], 1, 0, 1, 1, 0, 1));
            Check(
                new AkidaSeparableConvolutional
                {
                    Name = "layer",
                    Inbounds = ["input"],
                    Filters = 2,
                    KernelSize = (3, 3),
                    WeightsBits = 8,
                    Variables = variables,
                },
                samples => Windows(samples, 3, 1, Padding.Same, 1) + samples.Sum(sample => 2 * Sums(sample).Count(sum => sum != 0)),
                random);

            IEnumerable<long> Sums(int[] sample) =>
                Taps(3, 1, Padding.Same).GroupBy(tap => tap.Output).Select(taps =>
                    taps.Where(tap => tap.IsInside).Sum(tap => (long)sample[tap.At] * kernel[(tap.Tap * 3) + tap.Channel]));
        },
        iter: 5,
        threads: 1);

    [Fact]
    public void Queues_of_frames_multiply_the_events_of_all_frames_in_them()
    {
        Random random = new(2);
        Check(
            new AkidaBufferTempConv
            {
                Name = "layer",
                Inbounds = ["input"],
                Filters = 2,
                FifoSize = 3,
                Variables = Weights(random, 1, 1, 9, 2),
            },
            samples => 2 * Frames(samples, 3),
            random);
        Check(
            new AkidaDepthwiseBufferTempConv
            {
                Name = "layer",
                Inbounds = ["input"],
                FifoSize = 3,
                Variables = Weights(random, 1, 1, 3, 3),
            },
            samples => Frames(samples, 3),
            random);

        static long Frames(int[][] samples, int size)
        {
            long events = 0;
            for (int step = 0; step < samples.Length; step++)
            {
                for (int frame = Math.Max(0, step - size + 1); frame <= step; frame++)
                {
                    events += samples[frame].Count(value => value != 0);
                }
            }

            return events;
        }
    }

    /// <summary>A state that halves and turns: (32, 0), (16, 8), (6, 8), (1, 6) behind an event of 1.</summary>
    [Fact]
    public void Recurrences_multiply_inputs_states_and_what_is_kept()
    {
        AkidaVariables variables = Emulation.Variables(
            ("in_proj", Emulation.Weights([1, 1], 2)),
            ("new_state_shift", (sbyte[])[8]),
            ("internal_state_outputs_shift", (sbyte[])[-4]),
            ("out_proj", Emulation.Weights([1, 2], 3, 1)));
        variables.Add("A_real", NdArray<short>.Vector([8]));
        variables.Add("A_imag", NdArray<short>.Vector([4]));
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaInputData { Name = "input", InputShape = new Shape(1, 2, 1), InputBits = 8, InputSigned = true },
            new AkidaStatefulRecurrent
            {
                Name = "layer",
                Inbounds = ["input"],
                StatefulChannels = 1,
                OutputChannels = 2,
                Subsample = 2,
                OutputBits = 32,
                BufferBits = 32,
                Variables = variables,
            });
        LayerWork work = WorkAnalysis.Run(
            model, SampleSet.FromArray((sbyte[])[1, 0, 0, 0], new Shape(1, 2, 1)), cancellation: Cancellation).Layers[1];

        // The input once; two products with each of the parts 32; 16, 8; 6, 8; two outputs of every second state.
        Assert.Equal(1 + 2 + 4 + 4 + 4, work.Operations);
        Assert.Equal(2 * (2 + 8 + 2), work.Multiplications);
        Assert.Equal((1 * 1) + (1 * 2), work.WeightBytes);
    }

    [Fact]
    public void Layers_without_weights_have_events_and_no_products()
    {
        Shape shape = new(1, 1, 2);
        AkidaModel model = Emulation.Model(
            AkidaVersion.V2,
            new AkidaQuantizer { Name = "quantizer", InputShape = shape, OutputSigned = true },
            new AkidaConcatenate { Name = "concatenate", Inbounds = ["quantizer", "quantizer"] },
            new AkidaAdd { Name = "add", Inbounds = ["concatenate", "concatenate"] },
            new AkidaDequantizer { Name = "floats", Inbounds = ["add"] });
        AkidaWork work = WorkAnalysis.Run(model, SampleSet.FromArray((float[])[0, 3, 0, 0, 500, 0.2f], shape), cancellation: Cancellation);
        Assert.Equal(["quantizer", "concatenate", "add", "floats"], work.Layers.Select(layer => layer.Name));
        Assert.Equal([6L, 12, 24, 12], work.Layers.Select(layer => layer.Inputs));
        Assert.Equal([3L, 4, 8, 4], work.Layers.Select(layer => layer.Events));
        Assert.Equal([4L, 8, 8, 8], work.Layers.Select(layer => layer.Zeros));
        Assert.Equal([2L, 4, 4, 16], work.Layers.Select(layer => layer.ActivationBytes));
        Assert.All(work.Layers, layer => Assert.Equal((0L, 0L, null), (layer.Multiplications, layer.Operations, layer.Share)));
        Assert.Equal([1L, 0, 0, 0], work.Layers.Select(layer => layer.Clamped));
        Assert.Equal((1L, 3L), (work.Clamped, work.Samples));
    }

    [Fact]
    public void Counts_are_the_same_however_samples_are_shared_out_and_sum_up()
    {
        VectorCase vectors = VectorCase.Open("digits_ds_cnn");
        AkidaModel model = AkidaConverter.Convert(vectors.ReadModel("quantized.h5"), AkidaVersion.V2);
        SampleSet samples = vectors.Samples("inputs.npz").Slice(0, 50).WithLabels(null);
        List<int> done = [];
        AkidaWork work = WorkAnalysis.Run(model, samples, 7, 1, progress: done.Add, cancellation: Cancellation);
        Assert.Equal(work.Layers.AsEnumerable(), WorkAnalysis.Run(model, samples, 50, 4, cancellation: Cancellation).Layers);
        Assert.Equal(50, done[^1]);
        Assert.Equal(50 * model.Macs, work.Multiplications);
        Assert.Equal(work.Layers.Sum(layer => layer.Operations), work.Operations);
        Assert.InRange(work.Share!.Value, 0.05, 0.95);
        SparsityAnalysis sparsity = new(model);
        _ = Emulator.Run(model, samples, sparsity: sparsity, cancellation: Cancellation).Count();
        Assert.Equal(
            sparsity.Results.Select(layer => layer.Sparsity),
            work.Layers
                .Where(layer => layer.TypeName is not ("InputData" or "Quantizer" or "Dequantizer"))
                .Select(layer => layer.Sparsity));
    }

    [Fact]
    public void Weights_are_packed_to_their_bits()
    {
        VectorCase vectors = VectorCase.Open("digits_ds_cnn_w4a4");
        AkidaModel model = AkidaConverter.Convert(vectors.ReadModel("quantized.h5"), AkidaVersion.V2);
        AkidaWork work = WorkAnalysis.Run(model, vectors.Samples("inputs.npz").Slice(0, 1), cancellation: Cancellation);
        foreach (LayerWork layer in work.Layers)
        {
            AkidaLayer source = model[layer.Name];
            Assert.Equal(((source.KernelShapes.Sum(kernel => kernel.Size) * (source.WeightBits ?? 0)) + 7) / 8, layer.WeightBytes);
        }

        Assert.Contains(model.Layers, layer => layer.WeightBits == 4);
    }

    private static void Check(AkidaLayer layer, Func<int[][], long> operations, Random random)
    {
        AkidaVersion version = layer.Version!.Value;
        AkidaModel model = layer is IAkidaInput ? Emulation.Model(version, layer) : Emulation.Model(
            version,
            new AkidaInputData
            {
                Name = "input",
                InputShape = Image,
                InputBits = version == AkidaVersion.V1 ? 4 : 8,
                InputSigned = version == AkidaVersion.V2,
            },
            layer);
        int[][] samples = [.. Enumerable.Range(0, Count).Select(_ => Values(random, Image.Size, -4, 4))];
        int[][] given = version == AkidaVersion.V2 && layer is not IAkidaInput ? samples
            : [.. samples.Select(sample => Array.ConvertAll(sample, Math.Abs))];
        SampleSet set = SampleSet.FromArray(given.SelectMany(sample => sample).Select(value => (float)value).ToArray(), Image);
        LayerWork work = WorkAnalysis.Run(model, set, 1, cancellation: Cancellation).Layers[^1];
        long events = given.Sum(sample => sample.Count(value => value != 0));
        Assert.Equal(operations(given), work.Operations);
        Assert.Equal(Count * model.Macs, work.Multiplications);
        Assert.Equal((events, (long)Count * Image.Size, (long)Count), (work.Events, work.Inputs, work.Samples));
        int[] outputs = [.. Emulator.RunPotentials(model, set, 1, cancellation: Cancellation).SelectMany(batch => batch.Values)];
        Assert.Equal((outputs.Length, outputs.Count(value => value == 0)), (work.Outputs, work.Zeros));
    }

    private static long Windows(int[][] samples, int kernel, int stride, Padding padding, int filters, byte[]? border = null) =>
        samples.Sum(sample => Taps(kernel, stride, padding)
            .Count(tap => tap.IsInside ? sample[tap.At] != 0 : border is not null && border[tap.Channel] != 0) * (long)filters);

    private static IEnumerable<(int Output, int Tap, int Channel, bool IsInside, int At)> Taps(int kernel, int stride, Padding padding)
    {
        var geometry = ConvolutionGeometry.Create(Image, (kernel, kernel), (stride, stride), (1, 1), padding, 1);
        return
            from output in Enumerable.Range(0, geometry.OutputHeight * geometry.OutputWidth)
            from tap in Enumerable.Range(0, kernel * kernel)
            from channel in Enumerable.Range(0, Image[2])
            let y = (output / geometry.OutputWidth * stride) - geometry.PadTop + (tap / kernel)
            let x = (output % geometry.OutputWidth * stride) - geometry.PadLeft + (tap % kernel)
            select (
                (output * Image[2]) + channel,
                tap,
                channel,
                y >= 0 && y < Image[0] && x >= 0 && x < Image[1],
                (((y * Image[1]) + x) * Image[2]) + channel);
    }

    private static long Transposed(int[][] samples, int kernel, int filters)
    {
        // Same padding and stride 2: an output has twice the rows, and what is too many at both ends is cut, the smaller half in front.
        int before = Math.Max(kernel - 2, 0) / 2;
        long count = 0;
        foreach (int[] sample in samples)
        {
            for (int i = 0; i < sample.Length; i++)
            {
                for (int tap = 0; tap < kernel * kernel; tap++)
                {
                    int y = (i / Image[2] / Image[1] * 2) - before + (tap / kernel);
                    int x = (i / Image[2] % Image[1] * 2) - before + (tap % kernel);
                    bool isInside = y >= 0 && y < 2 * Image[0] && x >= 0 && x < 2 * Image[1];
                    count += isInside && sample[i] != 0 ? filters : 0;
                }
            }
        }

        return count;
    }

    private static AkidaVariables Weights(Random random, params int[] shape) =>
        Emulation.Variables(("weights", Emulation.Weights(shape, Values(random, shape.Aggregate((a, b) => a * b), -1, 1))));

    private static int[] Values(Random random, int count, int min, int max) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 0 ? 0 : random.Next(min, max + 1))];
}
