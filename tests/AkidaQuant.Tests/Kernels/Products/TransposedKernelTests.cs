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

    [Fact]
    public void Rows_are_those_that_fall_on_the_lines() =>
        (from g in Cases.Geometry
         from first in Gen.Int[0, g.InputHeight - 1]
         from end in Gen.Int[first + 1, g.InputHeight]
         select (g, first, end)).Sample((g, first, end) =>
         {
             // What falls between two taps needs no row, so that the rows may be more than those that fall on lines.
             bool FallsOn(int y)
             {
                 int top = (y * g.StrideHeight) - g.PadTop;
                 return top < end && top + ((g.KernelHeight - 1) * g.DilationHeight) >= first;
             }

             (int start, int stop) = TransposedKernel.Rows(g, first, end);
             Assert.Equal(Enumerable.Range(0, g.OutputHeight).Where(FallsOn), Enumerable.Range(start, stop - start));
             int row = g.OutputWidth * g.OutputChannels;
             Assert.Equal((start * row, stop * row), TransposedKernel.Needs(g, first, end));
         });
}
