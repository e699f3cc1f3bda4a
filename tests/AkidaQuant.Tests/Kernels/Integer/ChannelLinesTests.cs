using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ChannelLinesTests
{
    /// <summary>
    /// Whatever the shape of a block, each of its elements meets the parameters of its channel, and nothing else is written.
    /// </summary>
    [Theory]
    [EachInstructionSet]
    public void Every_element_meets_the_parameters_of_its_channel(string instructions) =>
        (from channels in Gen.OneOf(Gen.Int[1, 70], Gen.OneOf(4, 8, 16, 32, 48), Gen.Int[1020, 1040])
         from channel in Gen.Frequency((1, Gen.Const(0)), (1, Gen.Int[0, channels - 1]))
         from count in Gen.Frequency((1, Gen.Const(channels - channel)), (1, Gen.Int[1, channels - channel]))
         from rows in Gen.Int[1, 9]
         from strides in Gen.OneOf(Gen.Const((count, count)), Gen.Select(Gen.Int[count, count + 9], Gen.Int[count, count + 9]))
         from bits in Gen.OneOf(15, 29)
         from values in Cases.Integers(ValueRange.OfBits(15), rows * strides.Item1)
         select (channels, channel, count, rows, strides, bits, values)).Sample(
            (channels, channel, count, rows, strides, bits, values) =>
            {
                // x * (c + 1) + (c << bits): 32 bits hold it for 15 bits, only doubles for 29 and many channels.
                ChannelLine[] lines = new ChannelLine[channels];
                for (int c = 0; c < channels; c++)
                {
                    lines[c] = new ChannelLine(c + 1, (long)c << bits, 0, -1L << 50, 1L << 50);
                }

                ChannelLines kernel = ChannelLines.TryCreate(lines, ValueRange.OfBits(15), InstructionSets.Choose(instructions))!;
                if (kernel is null)
                {
                    // Nothing but vectors computes in doubles.
                    Assert.Equal("plain", instructions);
                    return;
                }

                short[] input = Array.ConvertAll(values, value => (short)value);
                long[] output = new long[rows * strides.Item2];
                Array.Fill(output, -7);
                long[] expected = [.. output];
                for (int i = 0; i < rows * count; i++)
                {
                    (int row, int c) = (i / count, i % count);
                    expected[(row * strides.Item2) + c] =
                        (values[(row * strides.Item1) + c] * (channel + c + 1)) + ((long)(channel + c) << bits);
                }

                kernel.Run<short, long>(input, strides.Item1, rows, channel, count, output, strides.Item2);
                Assert.Equal(expected, output);
            },
            iter: 500);

    [Fact]
    public void The_range_is_that_of_the_results()
    {
        ChannelLine[] lines = [new(1, 3, 1, -1000, 1000), new(-2, 0, 0, -6, 1000)];
        Assert.Equal(
            new ValueRange(-6, 20), ChannelLines.TryCreate(lines, new ValueRange(-10, 10), InstructionSet.Plain)!.OutputRange);
    }

    [Fact]
    public void Doubles_are_not_made_of_longs()
    {
        foreach (InstructionSet set in InstructionSets.Supported.Where(set => set != InstructionSet.Plain))
        {
            ChannelLines wide = ChannelLines.TryCreate([new(1L << 20, 0, 0, -1L << 50, 1L << 50)], ValueRange.OfBits(31), set)!;
            Assert.False(wide.Takes<long>());
            Assert.True(wide.Takes<int>());
            Assert.True(ChannelLines.TryCreate([ChannelLine.Identity(ValueRange.OfBits(31))], ValueRange.OfBits(31), set)!.Takes<long>());
        }
    }

    [Fact]
    public void What_lies_outside_is_refused()
    {
        ValueRange range = ValueRange.OfBits(15);
        ChannelLines lines = ChannelLines.TryCreate([ChannelLine.Identity(range)], range, InstructionSets.Best)!;
        Assert.Throws<ArgumentOutOfRangeException>(() => lines.Run<short, short>(new short[4], 1, 5, 0, 1, new short[5], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => lines.Run<short, short>(new short[5], 1, 5, 0, 1, new short[4], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => lines.Run<short, short>(new short[5], 1, 5, 1, 1, new short[5], 1));
    }
}
