using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

/// <summary>Kernels of three rows and columns on images of every width, borders of every kind, channels that end within a vector.</summary>
public sealed class SweptChannelFilterTests
{
    private static readonly Gen<int> Channels = Gen.OneOf(Gen.Int[8, 70], Gen.OneOf(8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96));

    private static readonly Gen<ConvolutionGeometry> Geometries =
        from size in Gen.Select(Gen.Int[1, 7], Gen.Int[1, 12])
        from stride in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 2])
        from channels in Channels
        from padding in Gen.Enum<Padding>()
        from pads in Cases.Pads
        let added = padding == Padding.Explicit ? pads : default
        let fits = size.Item1 + added.Top + added.Bottom > 2 && size.Item2 + added.Left + added.Right > 2
        select ConvolutionGeometry.Create(
            new Shape(size.Item1, size.Item2, channels), (3, 3), stride, (1, 1), fits ? padding : Padding.Same, channels, pads);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Sums_are_exact_whatever_part_of_a_line_is_computed(string instructions) =>
        (from g in Geometries
         from image in Gen.Short[-8000, 8000].Array[g.InputShape.Size]
         from weights in Gen.Short[-8000, 8000].Array[9 * g.InputChannels]
         from cut in Gen.Int[0, g.OutputHeight * g.OutputWidth]
         select (g, image, weights, cut)).Sample((g, image, weights, cut) => Check(instructions, g, image, weights, cut), iter: 600);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Sums_reach_the_ends_of_32_bits(string instructions) =>
        (from g in Geometries
         from places in Gen.Int[0, 8].Array[2]
         from signs in Gen.Bool.Array[g.InputChannels]
         select (g, places, signs)).Sample(
            (g, places, signs) =>
            {
                // Two products of 2^30, or of 2^30 and 2^30 - 2^15, wherever in the kernel: sums as large as two weights make them.
                int channels = g.InputChannels;
                short[] image = new short[g.InputShape.Size];
                Array.Fill(image, short.MinValue);
                short[] weights = new short[9 * channels];
                for (int c = 0; c < channels; c++)
                {
                    weights[(places[0] * channels) + c] = signs[c] ? short.MaxValue : short.MinValue;
                    weights[(places[1] * channels) + c] = signs[c] ? short.MaxValue : (short)-short.MaxValue;
                }

                Check(instructions, g, image, weights, 1);
            },
            iter: 200);

    [Fact]
    public void Other_kernels_are_not_swept()
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(9, 9, 8), (3, 3), (1, 1), (1, 1), Padding.Same, 8);
        Assert.True(Fits(g));
        Assert.True(Fits(g with { StrideWidth = 2, StrideHeight = 3 }));
        Assert.False(Fits(g with { StrideWidth = 3 }));
        Assert.False(Fits(g with { KernelHeight = 2 }));
        Assert.False(Fits(g with { KernelWidth = 4 }));
        Assert.False(Fits(g with { DilationHeight = 2 }));
        Assert.False(Fits(g with { DilationWidth = 2 }));

        static bool Fits(ConvolutionGeometry sizes) =>
            SweptChannelFilter<System.Runtime.Intrinsics.Vector128<int>, TapPairLanes128>.Fits(sizes);
    }

    private static void Check(string instructions, ConvolutionGeometry g, short[] image, short[] weights, int cut)
    {
        long[] expected = Naive.Convolve(
            g, Array.ConvertAll(image, value => (long)value), Array.ConvertAll(weights, value => (int)value), null, 40, null, true);
        ChannelFilter<short, int> filter = Assert.IsAssignableFrom<ChannelFilter<short, int>>(
            ChannelFilter.OfPairs(g, weights, InstructionSets.Choose(instructions)));
        int[] sums = new int[expected.Length];
        Array.Fill(sums, 1);
        filter.Run(image, cut, filter.Units, sums.AsSpan(cut * g.OutputChannels));
        filter.Run(image, 0, cut, sums);
        Assert.Equal(expected, sums.Select(sum => (long)sum));
    }
}
