using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class TransposedProductTests
{
    [Theory]
    [EachInstructionSet]
    public void Every_pixel_leaves_its_stamp_on_the_result(string instructions) =>
        (from g in Cases.Geometry
         from image in Gen.Short[-50, 50].Array[g.OutputShape.Size]
         from kernel in Gen.Short[-50, 50].Array[g.KernelHeight * g.KernelWidth * g.InputChannels * g.OutputChannels]
         select (g, image, kernel)).Sample(
            (g, image, kernel) =>
            {
                InstructionSet set = InstructionSets.Choose(instructions);
                int columns = g.KernelHeight * g.KernelWidth * g.InputChannels;
                long[] expected = Naive.Scatter(
                    g, Array.ConvertAll(image, value => (long)value), Array.ConvertAll(kernel, value => (int)value), null, 40, false);
                short[] matrix = TransposedKernel.ToMatrix(kernel, g.KernelHeight * g.KernelWidth, g.OutputChannels, g.InputChannels);

                int[] sums = new int[g.InputShape.Size];
                Array.Fill(sums, 1);
                TransposedProduct<short, int> product = new(g, PackedMatrix.OfPairs(matrix, g.OutputChannels, columns, set));
                product.Run(image, 0, g.InputHeight, sums);
                Assert.Equal(expected, sums.Select(sum => (long)sum));

                long[] wide = new long[sums.Length];
                PackedMatrix<long> packed = PackedMatrix.Of<long>(
                    Array.ConvertAll(matrix, value => (long)value), g.OutputChannels, columns, default, set);
                new TransposedProduct<long, long>(g, packed).Run(Array.ConvertAll(image, value => (long)value), 0, g.InputHeight, wide);
                Assert.Equal(expected, wide);
            },
            iter: 200);
}
