using AkidaQuant.Kernels.Integer;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class ShiftedInputTests
{
    [Fact]
    public void Any_run_of_pixels_is_shifted_and_saturated() =>
        (from channels in Gen.Int[1, 12]
         from pixels in Gen.Int[1, 6]
         from first in Gen.Int[0, pixels - 1]
         from range in Cases.Range
         from bits in Gen.OneOf(7, 15, 31)
         from shift in Cases.Optional(Gen.OneOf(Gen.Int[0, 8], Gen.Const(0)).Array[channels])
         from storage in Cases.Storage(range)
         from values in Cases.Integers(range, channels * pixels)
         select (channels, first, range, bits, shift, storage, values)).Sample(
            (channels, first, range, bits, shift, storage, values) =>
            {
                ShiftedInput reader = new(shift, bits, range);
                IntegerData input = Cases.Buffer(values, values.Length, storage);
                int start = first * channels;
                long[] expected = [.. values.Select((value, i) => Naive.Shift(value, shift?[i % channels], bits)).Skip(start)];
                Assert.Equal(expected, reader.Read<long>(input, start, expected.Length, new long[expected.Length]).ToArray());
                double[] doubles = reader.Read<double>(input, start, expected.Length, new double[expected.Length]).ToArray();
                Assert.Equal(expected.Select(value => (double)value), doubles);
            },
            iter: 500);

    [Fact]
    public void A_buffer_that_holds_what_is_wanted_is_handed_out_itself()
    {
        IntegerData input = new(3, 1, IntegerStorage.Int16);
        ShiftedInput same = new([0, 0, 0], 15, ValueRange.OfBits(15));
        Assert.False(same.NeedsScratch<short>(input));
        Assert.True(same.NeedsScratch<int>(input));
        Assert.True(same.Read<short>(input, 0, 3, default) == input.Values<short>(1));
        Assert.True(new ShiftedInput([0, 1, 0], 15, ValueRange.OfBits(15)).NeedsScratch<short>(input));
        Assert.True(new ShiftedInput([0, 0, 0], 7, ValueRange.OfBits(15)).NeedsScratch<short>(input));
        Assert.False(new ShiftedInput(null, 7, ValueRange.OfBits(15)).NeedsScratch<short>(input));
    }

    [Fact]
    public void Any_shift_saturates() =>
        (from value in Gen.OneOf(Gen.Long, Gen.Long[-300, 300])
         from shift in Gen.Int[0, 100]
         from bits in Gen.Int[1, 62]
         select (value, shift, bits)).Sample(
            (value, shift, bits) =>
            {
                // Shifted by 63, any other value than 0 exceeds all the bits that there can be.
                Int128 shifted = (Int128)value << Math.Min(shift, 63);
                Assert.Equal(Naive.Saturate(shifted, bits), ShiftedInput.SaturatedShift(value, shift, 1L << bits));
            },
            iter: 2000);
}
