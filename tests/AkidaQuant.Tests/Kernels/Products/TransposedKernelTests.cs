using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class TransposedKernelTests
{
    [Fact]
    public void A_row_holds_what_a_channel_gives_to_each_tap_and_filter() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 7], Gen.Int[1, 7]).Sample((taps, channels, filters) =>
        {
            int[] kernel = [.. Enumerable.Range(0, taps * channels * filters)];
            int[] matrix = TransposedKernel.ToMatrix(kernel, taps, channels, filters);
            for (int i = 0; i < matrix.Length; i++)
            {
                (int rest, int filter) = Math.DivRem(i, filters);
                (int channel, int tap) = Math.DivRem(rest, taps);
                Assert.Equal(kernel[(((tap * channels) + channel) * filters) + filter], matrix[i]);
            }
        });
}
