using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Optimization.Distillation;
using AkidaQuant.Tests.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Optimization.Distillation;

/// <summary>
/// Linear layers differ by what their gradients say: for a step in any direction, by the product of both. The float layers are the twins.
/// </summary>
public sealed class KernelGradientTests
{
    private const int Batch = 2;

    [Fact]
    public void Convolutions() => SpatialCase.Any.Sample(
        given =>
        {
            NdArray<float> kernel = given.Values(
                given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Channels, given.Filters);
            float[]? border = given.UseBias && given.Window.Padding != Padding.Valid ? [.. Random(given.Seed, given.Channels)] : null;
            Check(given, [kernel], kernels => border is null
                ? new Conv2D { Name = "layer", Filters = given.Filters, Window = given.Window, Kernel = kernels[0], UseBias = false }
                : PaddedConv2D.From(
                    new Conv2D { Name = "layer", Filters = given.Filters, Window = given.Window, Kernel = kernels[0], UseBias = false },
                    border));
        },
        iter: 150);

    [Fact]
    public void Depthwise_convolutions() => SpatialCase.Any.Sample(
        given =>
        {
            ConvolutionWindow window = given.Window with { Strides = (given.Window.Strides.Height, given.Window.Strides.Height) };
            NdArray<float> kernel = given.Values(window.KernelSize.Height, window.KernelSize.Width, given.Channels, 1);
            Check(given, [kernel], kernels => new DepthwiseConv2D
            {
                Name = "layer", Window = window, Kernel = kernels[0], UseBias = false,
            });
        },
        iter: 100);

    [Fact]
    public void Separable_convolutions() => SpatialCase.Any.Sample(
        given =>
        {
            NdArray<float> depthwise = given.Values(given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Channels, 1);
            Check(given, [depthwise, given.Values(1, 1, given.Channels, given.Filters)], kernels => new SeparableConv2D
            {
                Name = "layer",
                Filters = given.Filters,
                Window = given.Window,
                DepthwiseKernel = kernels[0],
                PointwiseKernel = kernels[1],
                UseBias = false,
            });
        },
        iter: 100);

    [Fact]
    public void Transposed_convolutions() => SpatialCase.Any.Sample(
        given =>
        {
            Padding padding = given.Window.Padding == Padding.Same ? Padding.Same : Padding.Valid;
            TransposedWindow window = new() { Forward = given.Window with { Padding = padding, Pads = default, Dilation = (1, 1) } };
            NdArray<float> kernel = given.Values(
                given.Window.KernelSize.Height, given.Window.KernelSize.Width, given.Filters, given.Channels);
            Check(given, [kernel], kernels => new Conv2DTranspose
            {
                Name = "layer", Filters = given.Filters, Window = window, Kernel = kernels[0], UseBias = false,
            });
        },
        iter: 100);

    [Fact]
    public void Depthwise_transposed_convolutions() => SpatialCase.Any.Sample(
        given =>
        {
            TransposedWindow window = new()
            {
                Forward = new ConvolutionWindow { KernelSize = (3, 3), Strides = (2, 2), Padding = Padding.Same },
            };
            Check(given, [given.Values(3, 3, given.Channels, 1)], kernels => new DepthwiseConv2DTranspose
            {
                Name = "layer", Window = window, Kernel = kernels[0], UseBias = false,
            });
        },
        iter: 50);

    [Fact]
    public void Dense_layers_over_rows_and_images() => SpatialCase.Any.Sample(
        given => Check(given, [given.Values(given.Channels, given.Filters)], kernels => new Dense
        {
            Name = "layer", Units = given.Filters, Kernel = kernels[0], UseBias = false,
        }),
        iter: 50);

    private static void Check(SpatialCase given, NdArray<float>[] kernels, Func<NdArray<float>[], Layer> create)
    {
        // Trained kernels are rounded to their integers, which the twin takes.
        Layer quantized = create(kernels).Quantize(null, Quantizing.Context with { WeightBits = 8 });
        Shape input = new(given.Input);
        KernelGradient gradient = LinearGradients.Of(quantized, input)!;
        NdArray<float>[] weights = [.. kernels.Zip(gradient.Kernels, (kernel, own) => kernel with { Values = own.Weights })];
        Layer twin = create(weights);
        int outputs = new LayerRun(twin, 1, new FloatSpec(input)).Shape.Size;
        float[] values = Random(given.Seed + 1, Batch * input.Size);
        float[] byOutput = Random(given.Seed + 2, Batch * outputs);
        float[] byInput = new float[values.Length];
        float[][] byKernels = [.. kernels.Select(kernel => new float[kernel.Values.Length])];
        gradient.Add(values, byOutput, byInput, byKernels, Batch);

        float[] step = Random(given.Seed + 3, values.Length);
        double change = Product(Run(twin, Sum(values, step)), byOutput) - Product(Run(twin, values), byOutput);
        Assert.Equal(change, Product(step, byInput), 0.002);
        for (int i = 0; i < kernels.Length; i++)
        {
            NdArray<float>[] moved = [.. weights];
            float[] direction = Random(given.Seed + 4, moved[i].Values.Length);
            moved[i] = moved[i] with { Values = Sum(moved[i].Values, direction) };
            double moves = Product(Run(create(moved), values), byOutput) - Product(Run(twin, values), byOutput);
            Assert.Equal(moves, Product(direction, byKernels[i]), 0.002);
        }

        // What nobody needs is not computed, and does not change the rest.
        float[] alone = new float[values.Length];
        gradient.Add(values, byOutput, alone, [.. kernels.Select(_ => Array.Empty<float>())], Batch);
        Assert.Equal(byInput, alone);
        float[][] kernelsAlone = [.. kernels.Select(kernel => new float[kernel.Values.Length])];
        gradient.Add(values, byOutput, [], kernelsAlone, Batch);
        Assert.Equal(byKernels, kernelsAlone);

        float[] Run(Layer layer, float[] samples) => new LayerRun(layer, Batch, new FloatSpec(input)).Floats(samples);
    }

    private static float[] Random(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((2 * random.NextDouble()) - 1))];
    }

    private static float[] Sum(float[] left, float[] right) => [.. left.Zip(right, (a, b) => a + b)];

    private static double Product(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();
}
