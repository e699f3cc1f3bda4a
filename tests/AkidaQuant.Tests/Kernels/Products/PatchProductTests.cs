using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class PatchProductTests
{
    [Theory]
    [EachInstructionSet]
    public void Any_run_of_rows_is_patches_times_the_matrix(string instructions) =>
        (from g in Cases.Geometry
         from batch in Gen.Int[1, 3]
         let total = batch * g.OutputHeight * g.OutputWidth
         from first in Gen.Int[0, total - 1]
         from count in Gen.Int[1, total - first]
         from images in Gen.Short[-50, 50].Array[batch * g.InputShape.Size]
         from weights in Gen.Short[-50, 50].Array[g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels]
         select (g, first, count, images, weights)).Sample(
            (g, first, count, images, weights) => Check(instructions, g, first, count, images, weights),
            iter: 200);

    [Theory]
    [EachInstructionSet]
    public void Blocks_of_rows_follow_one_another(string instructions)
    {
        // A depth at which a block has few rows, odd so that pairs of a direct image would not fit.
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(5, 5, 5001), (1, 1), (1, 1), (1, 1), Padding.Valid, 2);
        short[] images = [.. Enumerable.Range(0, g.InputShape.Size).Select(i => (short)((i * 7 % 101) - 50))];
        short[] weights = [.. Enumerable.Range(0, 2 * 5001).Select(i => (short)((i * 11 % 61) - 30))];
        Assert.InRange(Pairs(g, weights, InstructionSets.Choose(instructions)).BlockRows, 6, 12);
        Check(instructions, g, 1, 24, images, weights);
    }

    private static void Check(string instructions, ConvolutionGeometry g, int first, int count, short[] images, short[] weights)
    {
        InstructionSet set = InstructionSets.Choose(instructions);
        long[] expected = Cases.PerSample(
            Array.ConvertAll(images, value => (long)value),
            g.InputShape.Size,
            image => Naive.Convolve(g, image, Array.ConvertAll(weights, value => (int)value), null, 40, null, false));
        expected = expected[(first * g.OutputChannels)..((first + count) * g.OutputChannels)];

        int[] sums = new int[count * g.OutputChannels];
        Pairs(g, weights, set).Run(images, first, count, sums, g.OutputChannels);
        Assert.Equal(expected, sums.Select(sum => (long)sum));

        double[] doubles = new double[sums.Length];
        int depth = weights.Length / g.OutputChannels;
        new PatchProduct<double, double>(
            new PatchReader<double>(g, 0, g.InputChannels, new double[g.InputChannels]),
            PackedMatrix.Of<double>(Array.ConvertAll(weights, value => (double)value), depth, g.OutputChannels, default, set)).Run(
            Array.ConvertAll(images, value => (double)value), first, count, doubles, g.OutputChannels);
        Assert.Equal(expected, doubles.Select(sum => (long)sum));
    }

    private static PatchProduct<short, int> Pairs(ConvolutionGeometry g, short[] weights, InstructionSet set) => new(
        new PatchReader<short>(g, 0, g.InputChannels, new short[g.InputChannels]),
        PackedMatrix.OfPairs(weights, weights.Length / g.OutputChannels, g.OutputChannels, set));
}
