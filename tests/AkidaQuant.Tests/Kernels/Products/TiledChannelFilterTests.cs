using System.Numerics;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

/// <summary>Windows inside and at the border, runs of four pixels and single ones, channels that end within a vector.</summary>
public sealed class TiledChannelFilterTests
{
    [Theory]
    [EachInstructionSet]
    public void Floats_are_summed_in_the_order_of_the_taps_and_then_get_the_bias(string instructions) =>
        Check(instructions, FloatCases.Value, MathF.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Doubles_are_summed_in_the_order_of_the_taps_and_then_get_the_bias(string instructions) =>
        Check(instructions, FloatCases.Value.Select(value => value / 3.0), Math.FusedMultiplyAdd);

    [Theory]
    [EachInstructionSet]
    public void Ints_are_exact(string instructions) =>
        Check(instructions, Gen.Int[-8000, 8000], (left, right, sum) => checked((left * right) + sum));

    [Theory]
    [EachInstructionSet]
    public void Shorts_are_exact(string instructions) =>
        Check(instructions, Gen.Short[-45, 45], (left, right, sum) => checked((short)((left * right) + sum)));

    [Theory]
    [EachInstructionSet]
    public void Longs_are_exact(string instructions) =>
        Check(instructions, Gen.Long[-1L << 28, 1L << 28], (left, right, sum) => checked((left * right) + sum));

    /// <summary>Kernels with three columns on lines of every length, which are computed eight and four pixels at a time.</summary>
    [Theory]
    [EachInstructionSet]
    public void Floats_of_long_lines_are_summed_in_the_order_of_the_taps(string instructions) =>
        Check(
            instructions,
            FloatCases.Value,
            MathF.FusedMultiplyAdd,
            from rows in Gen.Int[1, 4]
            from stride in Gen.Int[1, 2]
            from size in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 24])
            from channels in Gen.Int[1, 40]
            select ConvolutionGeometry.Create(
                new Shape(size.Item1, size.Item2, channels), (rows, 3), (stride, stride), (1, 1), Padding.Same, channels));

    private static void Check<T>(
        string instructions, Gen<T> gen, Func<T, T, T, T> multiplyAdd, Gen<ConvolutionGeometry>? geometries = null)
        where T : unmanaged, INumber<T> =>
        (from sizes in geometries ?? Cases.Geometry
         let g = sizes with { OutputChannels = sizes.InputChannels }
         from image in gen.Array[g.InputShape.Size]
         from weights in gen.Array[g.KernelHeight * g.KernelWidth * g.InputChannels]
         from bias in Cases.Optional(gen.Array[g.OutputChannels])
         select (g, image, weights, bias)).Sample(
            (g, image, weights, bias) =>
            {
                int channels = g.InputChannels;
                T[] expected = new T[g.OutputShape.Size];
                Naive.Windows(g, (position, pixel, cell) =>
                {
                    for (int c = 0; pixel >= 0 && c < channels; c++)
                    {
                        ref T sum = ref expected[(position * channels) + c];
                        sum = multiplyAdd(image[(pixel * channels) + c], weights[(cell * channels) + c], sum);
                    }
                });
                T[] actual = new T[expected.Length];
                Array.Fill(actual, T.One);
                ChannelFilter<T, T> filter = ChannelFilter.Of<T>(g, weights, bias, InstructionSets.Choose(instructions));
                filter.Run(image, 0, filter.Units, actual);
                Assert.Equal(expected.Select((sum, i) => sum + (bias?[i % channels] ?? T.Zero)), actual);
            },
            iter: 300);
}
