using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

/// <summary>Kernels with even and odd numbers of taps, taps outside of the image, channels that end within a vector.</summary>
public sealed class PairChannelFilterTests
{
    private static readonly Gen<int> Channels = Gen.OneOf(Gen.Int[8, 70], Gen.OneOf(8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96));

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Sums_are_exact(string instructions) =>
        (from sizes in Cases.Geometry
         from channels in Channels
         let g = sizes with { InputChannels = channels, OutputChannels = channels }
         from image in Gen.Short[-8000, 8000].Array[g.InputShape.Size]
         from weights in Gen.Short[-8000, 8000].Array[g.KernelHeight * g.KernelWidth * channels]
         select (g, image, weights)).Sample((g, image, weights) => Check(instructions, g, image, weights), iter: 300);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Common_kernels_on_wide_lines_are_exact(string instructions) =>
        (from kernel in Gen.OneOf((3, 3), (5, 5), (1, 4), (7, 7), (3, 1), (16, 9))
         from stride in Gen.Int[1, 3]
         from dilation in Gen.Int[1, 2]
         from size in Gen.Select(Gen.Int[1, 9], Gen.Int[1, 24])
         from channels in Channels
         let shape = new Shape(size.Item1, size.Item2, channels)
         let g = ConvolutionGeometry.Create(shape, kernel, (stride, stride), (dilation, dilation), Padding.Same, channels)
         from image in Gen.Short[-2000, 2000].Array[g.InputShape.Size]
         from weights in Gen.Short[-2000, 2000].Array[g.KernelHeight * g.KernelWidth * channels]
         select (g, image, weights)).Sample((g, image, weights) => Check(instructions, g, image, weights), iter: 200);

    [Theory]
    [EachInstructionSet(WithPlain = false)]
    public void Sums_reach_the_ends_of_32_bits(string instructions) =>
        (from channels in Channels
         let g = ConvolutionGeometry.Create(new Shape(1, 9, channels), (1, 2), (1, 1), (1, 1), Padding.Valid, channels)
         from signs in Gen.Bool.Array[channels]
         select (g, signs)).Sample((g, signs) =>
         {
             // 2^30 and (2^15 - 1) * 2^15 twice: as close to both ends as two products of 16 bits come without leaving 32.
             int channels = g.InputChannels;
             short[] image = new short[g.InputShape.Size];
             Array.Fill(image, short.MinValue);
             short[] weights = [.. Enumerable.Range(0, 2 * channels).Select(i =>
                 signs[i % channels] ? short.MaxValue : i < channels ? short.MinValue : (short)-short.MaxValue)];
             Check(instructions, g, image, weights);
         });

    [Fact]
    public void Few_channels_and_very_many_taps_are_left_to_others()
    {
        InstructionSet best = InstructionSets.Supported[^1];
        Assert.Null(Of(7, 3, best));
        Assert.Null(Of(32, 33, best));
        Assert.Null(Of(32, 3, InstructionSet.Plain));
        Assert.Equal(best == InstructionSet.Plain, Of(8, 32, best) is null);

        static ChannelFilter<short, int>? Of(int channels, int kernel, InstructionSet set) => ChannelFilter.OfPairs(
            ConvolutionGeometry.Create(new Shape(33, 33, channels), (kernel, kernel), (1, 1), (1, 1), Padding.Valid, channels),
            new short[kernel * kernel * channels],
            set);
    }

    private static void Check(string instructions, ConvolutionGeometry g, short[] image, short[] weights)
    {
        long[] expected = Naive.Convolve(
            g, Array.ConvertAll(image, value => (long)value), Array.ConvertAll(weights, value => (int)value), null, 40, null, true);
        ChannelFilter<short, int> filter = Assert.IsAssignableFrom<ChannelFilter<short, int>>(
            ChannelFilter.OfPairs(g, weights, InstructionSets.Choose(instructions)));
        int[] sums = new int[expected.Length];
        Array.Fill(sums, 1);
        filter.Run(image, 0, filter.Units, sums);
        Assert.Equal(expected, sums.Select(sum => (long)sum));
    }
}
