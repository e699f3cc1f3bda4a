using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>Pools, sums, additions and quantizers, counted in the values that they read of their first input.</summary>
internal static class PointwiseCases
{
    private const string Unit = "values";
    private static readonly Shape Image = new(56, 56, 64);
    private static readonly ConvolutionGeometry Pool =
        ConvolutionGeometry.Create(new Shape(112, 112, 32), (3, 3), (2, 2), (1, 1), Padding.Same, 32);

    /// <summary>The cases.</summary>
    public static IEnumerable<KernelCase> All =>
    [
        new("maximum 3x3, stride 2, 112x112, 32 channels, integers", Pool.InputShape.Size, Unit, null, () =>
        {
            MaxPooling pooling = new(Pool);
            IntegerData input = KernelTensors.Integers(Pool.InputShape.Size);
            IntegerData output = new(Pool.OutputShape.Size, 1, KernelTensors.Activations.Storage);
            return () => pooling.Run<short>(input.Values<short>(1), output.Values<short>(1), 1);
        }),
        new("maximum 3x3, stride 2, 112x112, 32 channels, float", Pool.InputShape.Size, Unit, null, () =>
        {
            MaxPooling pooling = new(Pool);
            float[] input = KernelTensors.Floats(Pool.InputShape.Size);
            float[] output = new float[Pool.OutputShape.Size];
            return () => pooling.Run<float>(input, output, 1);
        }),
        new("mean 3x3, stride 2, 112x112, 32 channels, float", Pool.InputShape.Size, Unit, null, () =>
        {
            AveragePooling pooling = new(new VolumeGeometry(Pool, 1, 1, 1, 1, 0, 1));
            float[] input = KernelTensors.Floats(Pool.InputShape.Size);
            float[] output = new float[Pool.OutputShape.Size];
            return () => pooling.Run(input, output, 1);
        }),
        new($"global sum {Image}, integers", Image.Size, Unit, null, () =>
        {
            GlobalSum sum = new(Image.Size / Image.Channels, Image.Channels, null, 31);
            IntegerData input = KernelTensors.Integers(Image.Size);
            IntegerData output = new(Image.Channels, 1, IntegerStorage.Int32);
            return () => sum.Run(input, output, 1);
        }),
        new($"addition {Image}, integers", Image.Size, Unit, null, () =>
        {
            int[] shifts = KernelTensors.Weights(Image.Channels, 2).Select(Math.Abs).ToArray();
            SaturatingAddition addition = new(Image.Channels, shifts, shifts, 31);
            IntegerData left = KernelTensors.Integers(Image.Size);
            IntegerData right = KernelTensors.Integers(Image.Size);
            IntegerData output = new(Image.Size, 1, IntegerStorage.Int32);
            return () => addition.Run(left, right, output, 1);
        }),
        new($"tail of a layer {Image}: bias, rectifier, scale, shift", Image.Size, Unit, null, () =>
        {
            IntegerFinish tail = KernelTensors.Tail(Image.Channels, new ValueRange(-(1 << 19), 1 << 19));
            IntegerData input = new(Image.Size, 1, IntegerStorage.Int32);
            KernelTensors.Weights(Image.Size, 20).CopyTo(input.Values<int>(1));
            IntegerData output = new(Image.Size, 1, KernelTensors.Activations.Storage);
            return () => tail.Run(input, output, 1);
        }),
        new("Quantizer of a float image (224, 224, 3)", 224 * 224 * 3, Unit, null, () =>
        {
            LinearQuantization quantizer = new([127.5f, 127.5f, 127.5f], [128, 128, 128], KernelTensors.Activations);
            float[] input = KernelTensors.Floats(224 * 224 * 3);
            IntegerData output = new(input.Length, 1, IntegerStorage.Int16);
            return () => quantizer.Run(input, output, 1);
        }),
    ];
}
