using System.Numerics;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class IntegerFinishTests
{
    private static readonly Gen<(int Channels, int Batch, int Positions)> Sizes = Gen.OneOf(
        ChannelCases.Sizes, Gen.Select(Gen.OneOf(16, 64, 100, 1030), Gen.Int[1, 2], Gen.Int[1, 3]));

    private enum Kind
    {
        Bias,
        Rectification,
        Scaling,
        Table,
        Levels,
    }

    /// <summary>Any steps in any order give what plain loops give, from any storage to any.</summary>
    [Theory]
    [EachInstructionSet]
    public void Steps_give_what_plain_loops_give(string instructions) =>
        (from sizes in Sizes
         from kinds in Gen.Enum<Kind>().Array[0, 5]
         from range in ChannelCases.Range
         from values in ChannelCases.Integers(range, sizes)
         from inputStorage in Cases.Storage(range)
         from seed in Gen.Int
         let chain = Links(new Random(seed), kinds, range, sizes.Channels)
         from outputStorage in Cases.Storage(chain.Count == 0 ? range : chain[^1].Range)
         select (sizes, range, values, inputStorage, chain, outputStorage)).Sample(
            (sizes, range, values, inputStorage, chain, outputStorage) => ChannelCases.Check(
                sizes,
                values,
                inputStorage,
                outputStorage,
                (input, output, batch) => Create(sizes.Channels, range, chain, instructions).Run(input, output, batch),
                (value, c) => Plain(chain, value, c)),
            iter: 3000);

    /// <summary>Layers as they are: bias, rectifier, factors of 8 bits, shifts that leave few bits, all of which 32 bits hold.</summary>
    [Theory]
    [EachInstructionSet]
    public void Layers_give_what_plain_loops_give(string instructions) =>
        (from sizes in Sizes
         from bits in Gen.Int[10, 31]
         from values in ChannelCases.Integers(ValueRange.OfBits(bits), sizes)
         from isRectified in Gen.Bool
         from seed in Gen.Int
         let chain = LayerLinks(new Random(seed), bits, sizes.Channels, isRectified)
         select (sizes, bits, values, chain)).Sample(
            (sizes, bits, values, chain) => ChannelCases.Check(
                sizes,
                values,
                IntegerStorage.Int32,
                IntegerStorage.Int16,
                (input, output, batch) =>
                    Create(sizes.Channels, ValueRange.OfBits(bits), chain, instructions).Run(input, output, batch),
                (value, c) => Plain(chain, value, c)),
            iter: 2000);

    /// <summary>A block of some rows and columns fills its part of the output and nothing else, whatever its sums are stored as.</summary>
    [Theory]
    [EachInstructionSet]
    public void Blocks_fill_their_part(string instructions) =>
        (from channels in Gen.Int[1, 70]
         from rows in Gen.Int[1, 5]
         from channel in Gen.Int[0, channels - 1]
         from part in Gen.Int[1, channels - channel].Select(count => (Channel: channel, Count: count))
         from stride in Gen.Int[part.Count, part.Count + 20]
         from firstRow in Gen.Int[0, 2]
         from kinds in Gen.Enum<Kind>().Array[0, 3]
         from seed in Gen.Int
         from values in Cases.Integers(ValueRange.OfBits(15), ((rows - 1) * stride) + part.Count)
         let chain = Links(new Random(seed), kinds, ValueRange.OfBits(15), channels)
         from storage in Cases.Storage(chain.Count == 0 ? ValueRange.OfBits(15) : chain[^1].Range)
         select (channels, rows, part, stride, firstRow, values, chain, storage)).Sample(
            (channels, rows, part, stride, firstRow, values, chain, storage) =>
            {
                (int channel, int count) = part;
                long[] expected = new long[(firstRow + rows + 1) * channels];
                Array.Fill(expected, 7);
                for (int i = 0; i < rows * count; i++)
                {
                    (int row, int c) = (i / count, channel + (i % count));
                    expected[((firstRow + row) * channels) + c] = Plain(chain, values[(row * stride) + (i % count)], c);
                }

                IntegerFinish requantization = Create(channels, ValueRange.OfBits(15), chain, instructions);
                Check(Array.ConvertAll(values, value => (short)value));
                Check(Array.ConvertAll(values, value => (int)value));
                Check(values);
                Check(Array.ConvertAll(values, value => (double)value));

                void Check<T>(T[] sums)
                    where T : unmanaged, INumber<T>
                {
                    IntegerData output = Cases.Buffer([.. Enumerable.Repeat(7L, expected.Length)], channels, storage);
                    requantization.Run<T>(sums, stride, rows, channel, count, output, firstRow);
                    Assert.Equal(expected, Cases.Values(output));
                }
            },
            iter: 1000);

    /// <summary>The ends of 32 bits with parameters that just fit and that just do not, saturation met exactly and missed by one.</summary>
    [Theory]
    [EachInstructionSet]
    public void The_ends_of_32_bits_are_exact(string instructions) =>
        (from shift in Gen.Int[-33, 3]
         from factor in Gen.OneOf(Gen.Int[-3, 3], Gen.OneOf(127, 255, -128, 65535, 1 << 21, int.MaxValue))
         from bias in Gen.OneOf<long>(0, 1, -1, int.MaxValue, int.MinValue, 1L << 40)
         from bits in Gen.OneOf(27, 30, 31, 32, factor == int.MaxValue ? 30 : 41)
         from outputBits in Gen.OneOf(0, 1, 7, 15, 31)
         from middle in Gen.Long[-256, 256]
         select (shift, factor, bias, bits, outputBits, middle)).Sample(
            (shift, factor, bias, bits, outputBits, middle) =>
            {
                // Around the sums where the result reaches its bounds and those where it is rounded up.
                Int128 half = (Int128)middle << Math.Max(0, -shift - 1);
                long around = factor == 0 ? 0 : (long)Int128.Clamp(half / factor, int.MinValue, int.MaxValue);
                long[] values =
                [
                    int.MinValue,
                    int.MaxValue,
                    .. Enumerable.Range(-8, 17).Select(i => Math.Clamp(around + i, int.MinValue, int.MaxValue)),
                ];
                ValueRange range = ValueRange.OfBits(outputBits);
                List<Link> chain = [Bias([bias], bits, ValueRange.OfBits(31)), Scaling([factor], [shift], 62, range)];
                ChannelCases.Check(
                    (1, 1, values.Length),
                    values,
                    IntegerStorage.Int32,
                    range.Storage,
                    (input, output, batch) => Create(1, ValueRange.OfBits(31), chain, instructions).Run(input, output, batch),
                    (value, c) => Plain(chain, value, c));
            },
            iter: 3000);

    [Theory]
    [EachInstructionSet]
    public void Shares_are_the_whole_together(string instructions)
    {
        List<Link> chain = LayerLinks(new Random(5), 20, 24, isRectified: false);
        long[] values = [.. Enumerable.Range(0, 2 * 7 * 24).Select(i => (long)(i * 12345 % 1000000) - 500000)];
        IntegerFinish requantization = Create(24, ValueRange.OfBits(20), chain, instructions);
        IntegerData output = new(7 * 24, 2, IntegerStorage.Int16);
        IntegerData input = Cases.Buffer(values, 7 * 24, IntegerStorage.Int32);
        for (int part = 0; part < 3; part++)
        {
            requantization.Run(input, output, 2, new WorkShare(part, 3));
        }

        Assert.Equal(values.Select((value, i) => Plain(chain, value, i % 24)), Cases.Values(output));
    }

    [Fact]
    public void Steps_that_give_more_than_the_range_are_refused() => Assert.Throws<ArgumentException>("outputRange", () =>
        new IntegerFinish(1, ValueRange.OfBits(7), ValueRange.OfBits(7), [new BiasAddition([1], 27)]));

    [Theory]
    [InlineData(IntegerStorage.Int16)]
    [InlineData(IntegerStorage.Int32)]
    public void A_buffer_too_narrow_for_the_range_is_refused(IntegerStorage storage) => Assert.Throws<ArgumentException>("data", () =>
        new IntegerFinish(1, ValueRange.OfBits(40), ValueRange.OfBits(40), []).Run(
            new IntegerData(1, 1, IntegerStorage.Int64), new IntegerData(1, 1, storage), 1));

    private static IntegerFinish Create(int channels, ValueRange range, List<Link> chain, string instructions) => new(
        channels,
        range,
        chain.Count == 0 ? range : chain[^1].Range,
        [.. chain.Select(link => link.Step)],
        InstructionSets.Choose(instructions));

    private static long Plain(List<Link> chain, long value, int channel) =>
        chain.Aggregate(value, (result, link) => link.Plain(result, channel));

    private static List<Link> LayerLinks(Random random, int bits, int channels, bool isRectified)
    {
        List<Link> chain = [Bias(Each(channels, () => random.NextInt64(-1L << bits, 1L << bits)), bits, ValueRange.OfBits(bits))];
        if (isRectified)
        {
            long[]? maximum = random.Next(2) == 0 ? null : Each(channels, () => random.NextInt64(1L << bits));
            chain.Add(Rectification(channels, maximum, chain[^1].Range));
        }

        int[] factors = Each(channels, () => random.Next(1, 256));
        chain.Add(Scaling(factors, Each(channels, () => -bits - random.Next(4)), 32, ValueRange.OfBits(7)));
        return chain;
    }

    private static List<Link> Links(Random random, Kind[] kinds, ValueRange range, int channels)
    {
        List<Link> chain = [];
        foreach (Kind kind in kinds)
        {
            switch (kind)
            {
                case Kind.Bias:
                    long most = 1L << random.Next(1, 40);
                    chain.Add(Bias(Each(channels, () => random.NextInt64(-most, most)), Math.Clamp(random.Next(8, 42), 1, 41), range));
                    break;
                case Kind.Rectification:
                    long[]? maximum = random.Next(2) == 0 ? null : Each(channels, () => random.NextInt64(1L << random.Next(40)));
                    chain.Add(Rectification(channels, maximum, range));
                    break;
                case Kind.Scaling:
                    chain.Add(AnyScaling(random, channels));
                    break;
                case Kind.Table:
                    int bits = random.Next(1, 10);
                    chain.Add(Scaling(null, Each(channels, () => random.Next(-20, 2)), 62, ValueRange.OfBits(bits)));
                    int[] table = Each(2 << bits, () => random.Next(-40000, 40000));
                    TableLookup lookup = new(table);
                    chain.Add(new Link(lookup, (value, _) => table[value + (1 << bits)], lookup.OutputRange));
                    break;
                default:
                    chain.Add(Levels(random, channels));
                    break;
            }

            range = chain[^1].Range;
        }

        return chain;
    }

    private static Link AnyScaling(Random random, int channels)
    {
        int largest = 1 << random.Next(1, 21);
        int least = -random.Next(1, 45);
        ValueRange range = ValueRange.OfBits(random.Next(1, 41));
        return Scaling(
            random.Next(3) == 0 ? null : Each(channels, () => random.Next(-largest, largest)),
            Each(channels, () => random.Next(least, 3)),
            random.Next(2) == 0 ? 62 : random.Next(8, 50),
            random.Next(2) == 0 ? range : range with { Min = 0 });
    }

    private static Link Bias(long[] bias, int bits, ValueRange range) => new(
        new BiasAddition(bias, bits),
        (value, c) => Naive.Saturate((Int128)value + bias[c], bits),
        new ValueRange(range.Min + Math.Min(0, bias.Min()), range.Max + Math.Max(0, bias.Max())).Clamp(ValueRange.OfBits(bits)));

    private static Link Rectification(int channels, long[]? maximum, ValueRange range) => new(
        new Rectification(channels, maximum),
        (value, c) => Math.Min(Math.Max(value, 0), maximum?[c] ?? long.MaxValue),
        new ValueRange(0, Math.Max(0, range.Max)));

    private static Link Scaling(int[]? factors, int[] shifts, int productBits, ValueRange range) => new(
        new OutputScaling(shifts.Length, factors, shifts, productBits, range),
        (value, c) =>
        {
            Int128 product = factors is null ? value : Naive.Saturate((Int128)value * factors[c], productBits);
            return (long)Int128.Clamp(
                shifts[c] >= 0 ? product << shifts[c] : (product + (Int128.One << (-shifts[c] - 1))) >> -shifts[c], range.Min, range.Max);
        },
        range);

    private static Link Levels(Random random, int channels)
    {
        int bits = 1 << random.Next(3);
        int[] thresholds = Each(channels, () => random.Next(-1000, 1000));
        float[] steps = Each(channels, () => MathF.ScaleB(random.Next(1, 1 << 20), -10));
        return new Link(
            new LevelCounting(thresholds, steps, bits),
            (value, c) =>
                Enumerable.Range(0, (1 << bits) - 1).Count(n => value - thresholds[c] > n * Math.ScaleB((double)steps[c], 4 - bits)),
            new ValueRange(0, (1 << bits) - 1));
    }

    private static T[] Each<T>(int count, Func<T> next) => [.. Enumerable.Range(0, count).Select(_ => next())];

    /// <summary>A step, what it does to a value of a channel, and the integers that it can give.</summary>
    private sealed record Link(ChannelStep Step, Func<long, int, long> Plain, ValueRange Range);
}
