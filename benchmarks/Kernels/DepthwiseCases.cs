using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>Depthwise convolutions over three rows and columns.</summary>
internal static class DepthwiseCases
{
    private static readonly (int Size, int Channels, int Stride)[] Sizes =
        [(112, 32, 1), (112, 96, 2), (56, 144, 1), (28, 192, 2), (14, 384, 1), (14, 576, 2), (7, 960, 1)];

    /// <summary>The cases.</summary>
    public static IEnumerable<KernelCase> All =>
        Sizes.SelectMany(size => (IEnumerable<KernelCase>)[Integer(size, 8), Integer(size, 8, tail: true), Integer(size, 4), Float(size)]);

    private static KernelCase Integer((int Size, int Channels, int Stride) size, int bits, bool tail = false)
    {
        string suffix = tail ? " and tail" : "";

        // Products of one channel do not meet in a lane of bytes, so that narrow weights give no more of them.
        ConvolutionGeometry geometry = GeometryOf(size);
        return new KernelCase($"{NameOf(size)}, {bits}-bit weights{suffix}", Products(geometry), "products", Bounds.Integers(8), () =>
        {
            IntegerDepthwiseConvolution convolution = new(
                geometry, KernelTensors.Weights(9 * size.Channels, bits), null, KernelTensors.Activations, 31);
            IntegerData input = KernelTensors.Integers(geometry.InputShape.Size, 0.4);
            IntegerFinish? finish = tail ? KernelTensors.Tail(size.Channels, convolution.OutputRange) : null;
            IntegerData output = new(geometry.OutputShape.Size, 1, (finish?.OutputRange ?? convolution.OutputRange).Storage);
            return () => convolution.Run(input, output, 1, default, finish);
        });
    }

    private static KernelCase Float((int Size, int Channels, int Stride) size)
    {
        ConvolutionGeometry geometry = GeometryOf(size);
        return new KernelCase($"{NameOf(size)}, float", Products(geometry), "products", Bounds.Floats, () =>
        {
            FloatDepthwiseConvolution convolution = new(
                geometry, KernelTensors.Floats(9 * size.Channels), KernelTensors.Floats(size.Channels));
            float[] input = KernelTensors.Floats(geometry.InputShape.Size);
            float[] output = new float[geometry.OutputShape.Size];
            return () => convolution.Run(input, output, 1);
        });
    }

    private static ConvolutionGeometry GeometryOf((int Size, int Channels, int Stride) size) => ConvolutionGeometry.Create(
        new Shape(size.Size, size.Size, size.Channels), (3, 3), (size.Stride, size.Stride), (1, 1), Padding.Same, size.Channels);

    private static string NameOf((int Size, int Channels, int Stride) size) =>
        $"depthwise 3x3, stride {size.Stride}, {size.Size}x{size.Size}, {size.Channels} channels";

    private static double Products(ConvolutionGeometry geometry) => 9.0 * geometry.OutputShape.Size;
}
