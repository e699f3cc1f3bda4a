using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>Convolutions and dense layers with the depths of the networks, about 10 to 20 million products each.</summary>
internal static class ConvolutionCases
{
    private static readonly (int Size, int Depth, int Filters, int Kernel, int Stride)[] Sizes =
    [
        (112, 3, 32, 3, 2), (112, 16, 96, 1, 1), (56, 24, 144, 1, 1), (56, 96, 24, 1, 1), (28, 192, 64, 1, 1), (14, 384, 96, 1, 1),
        (7, 960, 320, 1, 1), (56, 16, 24, 3, 1), (56, 24, 24, 3, 1), (28, 96, 32, 3, 1), (14, 128, 128, 3, 2), (7, 384, 64, 3, 1),
        (7, 960, 32, 3, 1),
    ];

    private static readonly (int Inputs, int Units)[] DenseSizes = [(1280, 1000), (256, 1000)];

    /// <summary>The cases.</summary>
    public static IEnumerable<KernelCase> All =>
    [
        .. Sizes.SelectMany(size => (IEnumerable<KernelCase>)
            [Integer(size, 8), Integer(size, 8, tail: true), Integer(size, 4), Float(size)]),
        .. DenseSizes.SelectMany(size => (IEnumerable<KernelCase>)[IntegerDense(size, 8), IntegerDense(size, 4), FloatDense(size)]),
    ];

    /// <summary>A convolution of integers.</summary>
    /// <param name="size">Rows and columns of the image, its channels, the filters, rows and columns of the kernel, the stride.</param>
    /// <param name="bits">The bits of the weights.</param>
    /// <param name="zeros">The share of inputs that are zero; null where the name does not say it.</param>
    /// <param name="tail">Whether the sums are finished and stored as activations.</param>
    /// <param name="inAreas">Whether zeros fill areas of the image.</param>
    public static KernelCase Integer(
        (int Size, int Depth, int Filters, int Kernel, int Stride) size,
        int bits,
        double? zeros = null,
        bool tail = false,
        bool inAreas = false)
    {
        ConvolutionGeometry geometry = GeometryOf(size);
        string suffix = zeros is { } share ? $", {share:0 %} zeros{(inAreas ? " in areas" : "")}" : tail ? " and tail" : "";
        return new KernelCase($"{NameOf(size)}, {bits}-bit weights{suffix}", Products(geometry), "products", Bounds.Integers(bits), () =>
        {
            int[] weights = KernelTensors.Weights(size.Kernel * size.Kernel * size.Depth * size.Filters, bits);
            IntegerConvolution convolution = new(geometry, weights, null, KernelTensors.Activations, 31);
            IntegerData input = inAreas
                ? KernelTensors.Areas(geometry.InputShape, zeros ?? 0)
                : KernelTensors.Integers(geometry.InputShape.Size, zeros ?? 0.4);
            IntegerFinish? finish = tail ? KernelTensors.Tail(size.Filters, convolution.OutputRange) : null;
            IntegerData output = new(geometry.OutputShape.Size, 1, (finish?.OutputRange ?? convolution.OutputRange).Storage);
            return () => convolution.Run(input, output, 1, default, finish);
        });
    }

    private static KernelCase Float((int Size, int Depth, int Filters, int Kernel, int Stride) size)
    {
        ConvolutionGeometry geometry = GeometryOf(size);
        return new KernelCase($"{NameOf(size)}, float", Products(geometry), "products", Bounds.Floats, () =>
        {
            float[] kernel = KernelTensors.Floats(size.Kernel * size.Kernel * size.Depth * size.Filters);
            FloatConvolution convolution = new(geometry, kernel, KernelTensors.Floats(size.Filters));
            float[] input = KernelTensors.Floats(geometry.InputShape.Size);
            float[] output = new float[geometry.OutputShape.Size];
            return () => convolution.Run(input, output, 1);
        });
    }

    private static KernelCase IntegerDense((int Inputs, int Units) size, int bits) => new(
        $"dense {size.Inputs} to {size.Units}, {bits}-bit weights",
        (double)size.Inputs * size.Units,
        "products",
        Bounds.Integers(bits),
        () =>
        {
            int[] weights = KernelTensors.Weights(size.Inputs * size.Units, bits);
            IntegerDense dense = new(size.Inputs, size.Units, weights, null, KernelTensors.Activations, 31);
            IntegerData input = KernelTensors.Integers(size.Inputs, 0.4);
            IntegerData output = new(size.Units, 1, dense.OutputRange.Storage);
            return () => dense.Run(input, output, 1);
        });

    private static KernelCase FloatDense((int Inputs, int Units) size) => new(
        $"dense {size.Inputs} to {size.Units}, float", (double)size.Inputs * size.Units, "products", Bounds.Floats, () =>
        {
            FloatDense dense = new(
                size.Inputs, size.Units, KernelTensors.Floats(size.Inputs * size.Units), KernelTensors.Floats(size.Units));
            float[] input = KernelTensors.Floats(size.Inputs);
            float[] output = new float[size.Units];
            return () => dense.Run(input, output, 1);
        });

    private static ConvolutionGeometry GeometryOf((int Size, int Depth, int Filters, int Kernel, int Stride) size) =>
        ConvolutionGeometry.Create(
            new Shape(size.Size, size.Size, size.Depth),
            (size.Kernel, size.Kernel),
            (size.Stride, size.Stride),
            (1, 1),
            Padding.Same,
            size.Filters);

    private static string NameOf((int Size, int Depth, int Filters, int Kernel, int Stride) size) =>
        $"convolution {size.Kernel}x{size.Kernel}, stride {size.Stride}, {size.Size}x{size.Size}, {size.Depth} to {size.Filters}";

    private static double Products(ConvolutionGeometry geometry) =>
        (double)geometry.OutputShape.Size * geometry.KernelHeight * geometry.KernelWidth * geometry.InputChannels;
}
