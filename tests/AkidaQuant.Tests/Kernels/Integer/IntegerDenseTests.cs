using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerDenseTests
{
    [Theory]
    [EachInstructionSet]
    public void Sums_are_exact_for_samples_of_several_rows(string instructions) =>
        (from rows in Gen.Int[1, 3]
         from inputs in Gen.Int[1, 200]
         from units in Gen.Int[1, 70]
         from batch in Gen.Int[1, 4]
         from range in Cases.Range
         from bits in Cases.ValueBits
         from values in Cases.Integers(range, batch * rows * inputs)
         from weights in Cases.Weights(inputs * units)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[inputs])
         from storage in Cases.Storage(range)
         from wide in Gen.Bool
         select (rows, inputs, units, batch, range, bits, values, weights, shift, storage, wide)).Sample(
            @case =>
            {
                (int rows, int inputs, int units, int batch, ValueRange range, int bits, long[] values, int[] weights, int[]? shift,
                    IntegerStorage storage, bool wide) = @case;
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, rows, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
                long[] expected = Cases.PerSample(
                    values, rows * inputs, sample => Naive.Convolve(g, sample, weights, shift, bits, null, false));
                IntegerData input = Cases.Buffer(values, rows * inputs, storage);
                IntegerDense dense = new(inputs, units, weights, shift, range, bits, InstructionSets.Choose(instructions));
                SumCases.Check(expected, dense.OutputRange, wide, batch, output => dense.Run(input, output, batch));
            },
            iter: 300);

    [Theory]
    [EachInstructionSet]
    public void Shares_make_up_the_whole_with_and_without_a_finish(string instructions) =>
        (from rows in Gen.Int[1, 3]
         from inputs in Gen.Int[1, 60]
         from units in Gen.OneOf(Gen.Int[1, 70], Gen.Int[250, 300])
         from batch in Gen.Int[1, 4]
         from range in Cases.Range
         from values in Cases.Integers(range, batch * rows * inputs)
         from weights in Cases.Weights(inputs * units)
         from count in DividedCases.Count
         select (rows, inputs, units, batch, range, values, weights, count)).Sample(
            (rows, inputs, units, batch, range, values, weights, count) =>
            {
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, rows, inputs), (1, 1), (1, 1), (1, 1), Padding.Valid, units);
                long[] sums = Cases.PerSample(
                    values, rows * inputs, sample => Naive.Convolve(g, sample, weights, null, 40, null, false));
                IntegerData input = Cases.Buffer(values, rows * inputs, IntegerStorage.Int32);
                IntegerDense dense = new(inputs, units, weights, null, range, 40, InstructionSets.Choose(instructions));
                DividedCases.Check(sums, dense.OutputRange, units, batch, count, (output, share, finish) =>
                    dense.Run(input, output, batch, share, finish));
            },
            iter: 100);

    [Theory]
    [EachInstructionSet]
    public void The_largest_sums_of_pairs_do_not_overflow(string instructions)
    {
        // 65535 products of -2^15 and 1, at the edge of 31 bits: 32768 * 65535 = 2^31 - 2^15.
        const int Inputs = 65535;
        int[] weights = new int[Inputs];
        Array.Fill(weights, 1);
        long[] values = new long[Inputs];
        Array.Fill(values, short.MinValue);
        IntegerDense dense = new(Inputs, 1, weights, null, ValueRange.OfBits(15), 40, InstructionSets.Choose(instructions));
        IntegerData input = Cases.Buffer(values, Inputs, IntegerStorage.Int16);
        SumCases.Check([-32768L * Inputs], dense.OutputRange, false, 1, output => dense.Run(input, output, 1));
    }

    [Fact]
    public void A_diagonal_multiplies_each_input_alone()
    {
        IntegerDense dense = new(3, 3, DiagonalMatrix.Of([2, -3, 0]), [0, 1, 0], ValueRange.OfBits(7), 27);
        IntegerData input = Cases.Buffer([5, 7, 11, -128, 127, 1], 6, IntegerStorage.Int16);
        SumCases.Check([10, -42, 0, -256, -762, 0], dense.OutputRange, false, 1, output => dense.Run(input, output, 1));
        Assert.Throws<ArgumentException>(() => new IntegerDense(2, 3, DiagonalMatrix.Of([2, -3, 0]), null, ValueRange.OfBits(7), 27));
        Assert.Throws<ArgumentException>(() => new IntegerDense(3, 2, DiagonalMatrix.Of([2, -3, 0]), null, ValueRange.OfBits(7), 27));
    }

    [Fact]
    public void A_buffer_too_narrow_for_the_output_is_refused()
    {
        var dense = new IntegerDense(2, 1, [20000, 20000], null, ValueRange.OfBits(7), 27);
        var input = new IntegerData(2, 1, IntegerStorage.Int16);
        Assert.Throws<ArgumentException>(() => dense.Run(input, new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    [Fact]
    public void Sums_that_may_exceed_63_bits_are_refused() =>
        Assert.Throws<QuantException>(() => new IntegerDense(4, 1, [int.MaxValue, 1, 1, 1], null, ValueRange.OfBits(32), 40));
}
