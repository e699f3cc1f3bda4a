using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerSampleSumsTests
{
    [Fact]
    public void Units_are_shifted_computed_saturated_finished_and_written_in_blocks() =>
        (from channels in Gen.Int[1, 20]
         from rows in Gen.Int[1, 5]
         from batch in Gen.Int[1, 4]
         from range in Cases.Range
         from bits in Gen.OneOf(7, 20, 40)
         from weights in Gen.Int[-100, 100].Array[channels]
         from shift in Cases.Optional(Gen.Int[0, 8].Array[channels])
         from values in Cases.Integers(range, batch * rows * channels)
         from storage in Cases.Storage(range)
         select (channels, rows, batch, range, bits, weights, shift, values, storage)).Sample(
            @case =>
            {
                (int channels, int rows, int batch, ValueRange range, int bits, int[] weights, int[]? shift, long[] values,
                    IntegerStorage storage) = @case;
                IntegerSampleSums sums = new(weights, channels, channels, shift, range, bits, isChannelwise: true);
                long[] expected = [.. values.Select((value, i) => Naive.Saturate(
                    (Int128)Naive.Shift(value, shift?[i % channels], bits) * weights[i % channels], bits))];
                IntegerData input = Cases.Buffer(values, rows * channels, storage);
                IntegerSampleSums.BatchKernel wide = sums.OverBatch(new Products(weights, rows));
                SumCases.Check(expected, sums.OutputRange, true, batch, output => wide(input, output, batch, default, null));
                SumCases.Check(expected, sums.OutputRange, false, batch, output => wide(input, output, batch, default, null));
                DividedCases.Check(
                    expected, sums.OutputRange, channels, batch, (output, share, finish) => wide(input, output, batch, share, finish));
            },
            iter: 300);

    [Fact]
    public void Sums_fit_32_bits_where_activations_and_all_partial_sums_do()
    {
        Assert.True(Of([65535], ValueRange.OfBits(15)).FitInt32);
        Assert.False(Of([65536], ValueRange.OfBits(15)).FitInt32);
        Assert.True(Of([0], ValueRange.OfBits(31)).FitInt32);
        Assert.False(Of([0], ValueRange.OfBits(32)).FitInt32);

        static IntegerSampleSums Of(int[] weights, ValueRange range) => new(weights, 1, 1, null, range, 40, isChannelwise: true);
    }

    [Fact]
    public void There_is_one_shift_for_each_channel() => Assert.Throws<ArgumentException>(
        "inputShift", () => new IntegerSampleSums([1, 1], 2, 2, [1], ValueRange.OfBits(7), 27, isChannelwise: true));

    /// <summary>Each integer times the weight of its channel; a unit is a row, a block two of them.</summary>
    private sealed class Products(int[] weights, int rows) : ISampleKernel<long, long>
    {
        public int InputSize => rows * weights.Length;

        public int Units => rows;

        public int UnitSize => weights.Length;

        public int Block => 2;

        public int BlockEnd(int first, int end) => Math.Min(first + 2, end);

        public (int Start, int End) Needs(int first, int end) => (first * weights.Length, end * weights.Length);

        public void Run(ReadOnlySpan<long> image, int first, int end, Span<long> sums)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = image[(first * weights.Length) + i] * weights[i % weights.Length];
            }
        }
    }
}
