using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ChannelLineTests
{
    private enum Kind
    {
        Add,
        Clamp,
        Multiply,
        ShiftRound,
    }

    /// <summary>
    /// Whatever steps a line is made of, it gives what they give one after the other; in 32 bits too, if it says that it fits.
    /// </summary>
    [Fact]
    public void A_line_gives_what_its_steps_give() =>
        (from range in Gen.OneOf(Cases.Range, Gen.Int[1, 33].Select(ValueRange.OfBits))
         from steps in Gen.Select(Gen.Enum<Kind>(), Gen.Int[-70, 40], Gen.Long[-1L << 20, 1L << 20]).Array[0, 6]
         from values in Cases.Integers(range, 20)
         select (range, steps, values)).Sample(
            (range, steps, values) =>
            {
                ChannelLine line = ChannelLine.Identity(range);
                Int128[] expected = Array.ConvertAll(values, value => (Int128)value);
                foreach ((Kind kind, int small, long large) in steps)
                {
                    ChannelLine longer = line;
                    if (!TryContinue(ref longer, kind, small, large))
                    {
                        continue;
                    }

                    line = longer;
                    expected = Array.ConvertAll(expected, value => Plain(value, kind, small, large));
                }

                Assert.Equal(expected, Array.ConvertAll(values, line.At));
                if (line.Narrow(range) is { } narrow)
                {
                    Assert.Equal(expected, Array.ConvertAll(values, value => (Int128)Narrow(narrow, value)));
                }
            },
            iter: 30_000);

    [Fact]
    public void A_factor_behind_a_shift_is_no_line()
    {
        ChannelLine line = ChannelLine.Identity(ValueRange.OfBits(20));
        Assert.True(line.TryShiftRound(-3));
        Assert.False(line.TryMultiply(3));
    }

    [Theory]
    [InlineData(23, 1, 7, true)]
    [InlineData(24, 1, 7, true)]
    [InlineData(25, 1, 7, false)]
    [InlineData(25, 1, 6, true)]
    [InlineData(16, 255, 7, true)]
    public void Lines_of_which_32_bits_hold_all_sums_between_the_bounds_are_narrow(int shift, int factor, int bits, bool isNarrow)
    {
        ChannelLine line = ChannelLine.Identity(ValueRange.OfBits(31));
        Assert.True(line.TryMultiply(factor));
        Assert.True(line.TryShiftRound(-shift));
        line.Clamp(-1L << bits, (1L << bits) - 1);
        Assert.Equal(isNarrow, line.Narrow(ValueRange.OfBits(31)) is not null);
    }

    private static bool TryContinue(ref ChannelLine line, Kind kind, int small, long large)
    {
        switch (kind)
        {
            case Kind.Add:
                return line.TryAdd(large);
            case Kind.Clamp:
                line.Clamp(Math.Min(small, large), Math.Max(small, large));
                return true;
            case Kind.Multiply:
                return line.TryMultiply(small);
            default:
                return line.TryShiftRound(small);
        }
    }

    private static Int128 Plain(Int128 value, Kind kind, int small, long large) => kind switch
    {
        Kind.Add => value + large,
        Kind.Clamp => Int128.Clamp(value, Math.Min(small, large), Math.Max(small, large)),
        Kind.Multiply => value * small,
        _ => small >= 0 ? value << small : (value + (Int128.One << (-small - 1))) >> -small,
    };

    private static int Narrow(IntegerLine line, long value) => unchecked(
        ((int)Math.Clamp(value, line.Least, line.Greatest) * line.Factor) + line.Offset) >> line.Shift;
}
