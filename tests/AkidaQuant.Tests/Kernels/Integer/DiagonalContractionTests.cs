using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class DiagonalContractionTests
{
    /// <summary>Also ranges that do not reach 0, as those of tables, whose products do not reach it either.</summary>
    private static Gen<ValueRange> Range { get; } = Gen.OneOf(
        ChannelCases.Range, Gen.Select(Gen.Long[-300, 300], Gen.Long[0, 300], (least, more) => new ValueRange(least, least + more)));

    [Theory]
    [EachInstructionSet]
    public void Products_and_their_range_are_those_of_the_whole_matrix(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from range in Range
         from bits in Cases.ValueBits
         from values in ChannelCases.Integers(range, sizes)
         from factors in Cases.Weights(sizes.Channels)
         from shift in Cases.Optional(Gen.Int[0, 8].Array[sizes.Channels])
         from storage in Cases.Storage(range)
         from wide in Gen.Bool
         select (sizes, range, bits, values, factors, shift, storage, wide)).Sample(
            given =>
            {
                (int channels, int batch, int positions) = given.sizes;
                ConvolutionGeometry g = ConvolutionGeometry.Create(
                    new Shape(1, positions, channels), (1, 1), (1, 1), (1, 1), Padding.Valid, channels);
                int[] matrix = DiagonalMatrix.Write(given.factors);
                long[] expected = Cases.PerSample(
                    given.values, positions * channels, sample => Naive.Convolve(g, sample, matrix, given.shift, given.bits, null, false));
                IntegerData input = Cases.Buffer(given.values, positions * channels, given.storage);
                DiagonalContraction contraction = new(
                    positions, given.factors, given.shift, given.range, given.bits, InstructionSets.Choose(instructions));
                SumCases.Check(
                    expected, contraction.OutputRange, given.wide, batch, output => contraction.Run(input, output, batch, default, null));
                Assert.Equal(
                    new IntegerConvolution(g, matrix, given.shift, given.range, given.bits).OutputRange, contraction.OutputRange);
            },
            iter: 1000);

    [Theory]
    [EachInstructionSet]
    public void Parts_are_finished_by_themselves_and_together_are_everything(string instructions) =>
        (from sizes in ChannelCases.Sizes
         from values in Cases.Integers(ValueRange.OfBits(7), sizes.Channels * sizes.Batch * sizes.Positions)
         from factors in Gen.Int[-127, 127].Array[sizes.Channels]
         from bits in Gen.Int[6, 20]
         from bias in Gen.Long[-100, 100].Array[sizes.Channels]
         from isLine in Gen.Bool
         from parts in Gen.Int[1, 7]
         select (sizes, values, factors, bits, bias, isLine, parts)).Sample(
            given =>
            {
                (int channels, int batch, int positions) = given.sizes;
                DiagonalContraction contraction = new(
                    positions, given.factors, null, ValueRange.OfBits(7), given.bits, InstructionSets.Choose(instructions));
                ChannelStep[] steps = [new BiasAddition(given.bias, 15), .. given.isLine ? (ChannelStep[])[] : [new Twice()]];
                IntegerFinish finish = new(channels, contraction.OutputRange, ValueRange.OfBits(16), steps);
                IntegerData input = Cases.Buffer(given.values, positions * channels, IntegerStorage.Int16);
                IntegerData output = new(positions * channels, batch, IntegerStorage.Int32);
                for (int part = given.parts - 1; part >= 0; part--)
                {
                    contraction.Run(input, output, batch, new WorkShare(part, given.parts), finish);
                }

                IEnumerable<long> expected = given.values.Select((value, i) =>
                    (Naive.Saturate(value * given.factors[i % channels], given.bits) + given.bias[i % channels]) * (given.isLine ? 1 : 2));
                Assert.Equal(expected, Cases.Values(output));
            },
            iter: 200);

    [Fact]
    public void Each_run_ends_with_its_own_finish()
    {
        DiagonalContraction contraction = new(1, [3, -2], null, ValueRange.OfBits(7), 27, InstructionSets.Best);
        IntegerFinish[] finishes =
        [
            .. new[] { 10, 20 }.Select(bias => new IntegerFinish(
                2, contraction.OutputRange, ValueRange.OfBits(15), [new BiasAddition([bias, bias], 15)])),
        ];
        IntegerData input = Cases.Buffer([5, 7], 2, IntegerStorage.Int16);
        IntegerData output = new(2, 1, IntegerStorage.Int16);
        foreach ((IntegerFinish? finish, int bias) in new[] { (finishes[0], 10), (finishes[1], 20), (null, 0), (finishes[0], 10) })
        {
            contraction.Run(input, output, 1, default, finish);
            Assert.Equal([15 + bias, -14 + bias], Cases.Values(output));
        }
    }

    [Theory]
    [InlineData(short.MinValue, ushort.MaxValue)]
    [InlineData(short.MinValue, ushort.MaxValue + 1)]
    [InlineData(int.MinValue, -1)]
    [InlineData(int.MinValue, int.MaxValue)]
    [InlineData(int.MaxValue, int.MinValue)]
    public void The_largest_products_do_not_overflow(int value, int factor)
    {
        DiagonalContraction contraction = new(1, [factor, 1], null, ValueRange.OfBits(31), 62, InstructionSets.Best);
        IntegerData input = Cases.Buffer([value, value], 2, IntegerStorage.Int32);
        SumCases.Check(
            [(long)value * factor, value], contraction.OutputRange, true, 1, output => contraction.Run(input, output, 1, default, null));
        DiagonalContraction narrow = new(
            1, [factor, 1], null, new ValueRange(Math.Min(value, 0), Math.Max(value, 0)), 62, InstructionSets.Best);
        SumCases.Check(
            [(long)value * factor, value], narrow.OutputRange, false, 1, output => narrow.Run(input, output, 1, default, null));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        DiagonalContraction contraction = new(1, [20000, 20000], null, ValueRange.OfBits(7), 27, InstructionSets.Best);
        IntegerData input = new(2, 1, IntegerStorage.Int16);
        Assert.Throws<ArgumentException>(() => contraction.Run(input, new IntegerData(2, 1, IntegerStorage.Int16), 1, default, null));
        Assert.Throws<ArgumentException>(() => new DiagonalContraction(1, [1, 1], [0], ValueRange.OfBits(7), 27, InstructionSets.Best));
        Assert.Throws<QuantException>(() => new DiagonalContraction(
            1, [int.MaxValue, 1], null, ValueRange.OfBits(33), 40, InstructionSets.Best));
    }

    /// <summary>A step that is no line.</summary>
    private sealed class Twice : ChannelStep
    {
        internal override long Apply(long value, int channel) => 2 * value;
    }
}
