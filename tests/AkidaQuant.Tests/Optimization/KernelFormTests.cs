using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Optimization;
using CsCheck;

namespace AkidaQuant.Tests.Optimization;

/// <summary>A kernel as a matrix gives the sums that its layer gives.</summary>
public sealed class KernelFormTests
{
    private static readonly Gen<(int Height, int Width, int Channels, int Filters, int Seed)> Sizes =
        Gen.Select(Gen.Int[3, 8], Gen.Int[3, 8], Gen.Int[1, 5], Gen.Int[1, 4], Gen.Int[0, 1_000_000]);

    [Fact]
    public void Convolutions() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        ConvolutionWindow window = Window(random);
        AssertSame(
            new Conv2D
            {
                Name = "layer",
                Filters = size.Filters,
                Window = window,
                Kernel = Values(random, window.KernelSize.Height, window.KernelSize.Width, size.Channels, size.Filters),
                UseBias = false,
            },
            new Shape(size.Height, size.Width, size.Channels),
            random);
    });

    [Fact]
    public void Convolutions_with_a_border_value() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        Conv2D plain = new()
        {
            Name = "layer",
            Filters = size.Filters,
            Window = new ConvolutionWindow { KernelSize = (3, 2), Padding = Padding.Same },
            Kernel = Values(random, 3, 2, size.Channels, size.Filters),
            UseBias = false,
        };
        AssertSame(PaddedConv2D.From(plain, [0.25f]), new Shape(size.Height, size.Width, size.Channels), random);
    });

    [Fact]
    public void Depthwise_convolutions() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        ConvolutionWindow window = Window(random);
        AssertSame(
            new DepthwiseConv2D
            {
                Name = "layer",
                Window = window,
                Kernel = Values(random, window.KernelSize.Height, window.KernelSize.Width, size.Channels, 1),
                UseBias = false,
            },
            new Shape(size.Height, size.Width, size.Channels),
            random);
    });

    [Fact]
    public void Transposed_convolutions() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        ConvolutionWindow window = Window(random) with { Dilation = (1, 1) };
        Shape input = new(size.Height, size.Width, size.Channels);
        AssertSame(
            new Conv2DTranspose
            {
                Name = "layer",
                Filters = size.Filters,
                Window = new TransposedWindow { Forward = window },
                Kernel = Values(random, window.KernelSize.Height, window.KernelSize.Width, size.Filters, size.Channels),
                UseBias = false,
            },
            input,
            random);
        AssertSame(
            new DepthwiseConv2DTranspose
            {
                Name = "layer",
                Window = new TransposedWindow { Forward = window },
                Kernel = Values(random, window.KernelSize.Height, window.KernelSize.Width, size.Channels, 1),
                UseBias = false,
            },
            input,
            random);
    });

    [Fact]
    public void Dense_layers_over_any_positions() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        Dense dense = new() { Name = "layer", Units = size.Filters, Kernel = Values(random, size.Channels, size.Filters), UseBias = false };
        AssertSame(dense, new Shape(size.Channels), random);
        AssertSame(dense, new Shape(size.Height, size.Channels), random);
        AssertSame(
            new StatefulProjection
            {
                Name = "layer",
                Units = size.Filters,
                Kernel = dense.Kernel,
                UseBias = false,
                Subsample = 2,
            },
            new Shape(2 * size.Height, size.Channels),
            random);
    });

    [Fact]
    public void Separable_convolutions_whose_depthwise_weights_are_integers() => Sizes.Sample(size =>
    {
        Random random = new(size.Seed);
        NdArray<float> depthwise = Values(random, 3, 3, size.Channels, 1);

        // The greatest is 127, so that the integers are the weights.
        depthwise = depthwise.Map(value => MathF.Round(value * 126));
        depthwise.Values[random.Next(depthwise.Values.Length)] = 127;
        AssertSame(
            new SeparableConv2D
            {
                Name = "layer",
                Filters = size.Filters,
                Window = new ConvolutionWindow { KernelSize = (3, 3), Padding = Padding.Same },
                DepthMultiplier = 1,
                DepthwiseKernel = depthwise,
                PointwiseKernel = Values(random, 1, 1, size.Channels, size.Filters),
                UseBias = false,
            },
            new Shape(size.Height, size.Width, size.Channels),
            random);
    });

    [Fact]
    public void Convolutions_over_time_see_the_frames_before()
    {
        Random random = new(3);
        Shape frame = new(2, 3, 4);
        BufferTempConv layer = new() { Name = "layer", Filters = 5, KernelSize = 3, Kernel = Values(random, 1, 1, 12, 5), UseBias = false };
        float[] frames = Values(random, 3, frame.Size).Values;
        var quantized = (QuantizedWeightedLayer)layer.Quantize(null, new QuantizationContext(8, 32));
        KernelForm form = KernelForm.Of(quantized, frame)!;
        PreparedLayer prepared = layer.Prepare([new FloatSpec(frame)]);
        Operation operation = prepared.CreateOperation();
        FloatData state = new(prepared.State[0].Shape.Size, 1);
        FloatData output = new(prepared.Output.Shape.Size, 1);
        for (int step = 0; step < 3; step++)
        {
            FloatData input = new(frame.Size, 1);
            frames.AsSpan(step * frame.Size, frame.Size).CopyTo(input.Values(1));
            operation([input, state], output, 1);
        }

        Assert.Equal(2, form.History);
        AssertRows(form, layer.Kernel, frames, output.Values(1));
    }

    private static ConvolutionWindow Window(Random random) => new()
    {
        KernelSize = (random.Next(1, 4), random.Next(1, 4)),
        Strides = (random.Next(1, 3), random.Next(1, 3)),
        Padding = random.Next(2) == 0 ? Padding.Same : Padding.Valid,
    };

    private static NdArray<float> Values(Random random, params int[] shape)
    {
        Shape own = new(shape);
        return new NdArray<float>(own, [.. Enumerable.Range(0, own.Size).Select(_ => (float)(random.NextDouble() * 2) - 1)]);
    }

    private static void AssertSame(WeightedLayer layer, Shape input, Random random)
    {
        float[] sample = Values(random, input.Size).Values;
        PreparedLayer prepared = layer.Prepare([new FloatSpec(input)]);
        FloatData data = new(input.Size, 1);
        FloatData output = new(prepared.Output.Shape.Size, 1);
        sample.CopyTo(data.Values(1));
        prepared.CreateOperation()([data], output, 1);
        var quantized = (QuantizedWeightedLayer)layer.Quantize(null, new QuantizationContext(8, 32));
        KernelForm form = KernelForm.Of(quantized, input)!;
        AssertRows(form, layer.Variables[form.Variable].Value, sample, output.Values(1));
    }

    private static void AssertRows(KernelForm form, NdArray<float> kernel, float[] samples, ReadOnlySpan<float> expected)
    {
        float[] weights = form.Read(kernel);
        Assert.Equal(kernel.Values, form.Write(kernel, weights).Values);
        Assert.Equal(expected.Length, form.Positions * form.Outputs);
        float[] row = new float[form.Groups * form.Rows];
        for (int position = 0; position < form.Positions; position++)
        {
            form.ReadRow(samples, position, row);
            for (int output = 0; output < form.Outputs; output++)
            {
                (int group, int filter) = Math.DivRem(output, form.Filters);
                double sum = 0;
                for (int i = 0; i < form.Rows; i++)
                {
                    sum += (double)row[(group * form.Rows) + i] * weights[(((group * form.Rows) + i) * form.Filters) + filter];
                }

                Assert.Equal(sum, expected[(position * form.Outputs) + output], 1e-3);
            }
        }
    }
}
