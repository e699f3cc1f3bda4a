using System.Numerics;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class IntegerCopyTests
{
    [Fact]
    public void Copies_keep_every_integer_and_report_what_does_not_fit()
    {
        (from range in ChannelCases.Range
         from values in Cases.Integers(range, 100)
         from source in Cases.Storage(range)
         from destination in Cases.Storage(range)
         select (values, source, destination)).Sample(
            (values, source, destination) =>
            {
                var copy = new IntegerData(50, 2, destination);
                IntegerCopy.Copy(Cases.Buffer(values, 50, source), copy, 2);
                Assert.Equal(values, Cases.Values(copy));
            },
            iter: 300);
        Assert.Throws<OverflowException>(() => IntegerCopy.Copy(
            Cases.Buffer([32768], 1, IntegerStorage.Int32), new IntegerData(1, 1, IntegerStorage.Int16), 1));
    }

    [Fact]
    public void Only_the_samples_of_the_batch_are_copied()
    {
        IntegerData copy = new(2, 2, IntegerStorage.Int64);
        IntegerCopy.Copy(Cases.Buffer([1, 2, 3, 4], 2, IntegerStorage.Int16), copy, 1);
        Assert.Equal([1, 2, 0, 0], Cases.Values(copy));
    }

    [Fact]
    public void Parts_of_a_buffer_are_read_and_written_as_any_type() =>
        (from storage in Gen.Enum<IntegerStorage>()
         from values in Cases.Integers(ValueRange.OfBits(15), 40)
         from first in Gen.Int[0, 20]
         from count in Gen.Int[0, 20]
         select (storage, values, first, count)).Sample(
            (storage, values, first, count) =>
            {
                CheckParts<short>(storage, values, first, count);
                CheckParts<int>(storage, values, first, count);
                CheckParts<long>(storage, values, first, count);
                CheckParts<double>(storage, values, first, count);
            });

    [Theory]
    [InlineData(IntegerStorage.Int16, 32767)]
    [InlineData(IntegerStorage.Int32, int.MaxValue)]
    [InlineData(IntegerStorage.Int64, long.MaxValue)]
    public void A_checked_write_reports_what_does_not_fit(IntegerStorage storage, long greatest)
    {
        IntegerData buffer = new(3, 1, storage);
        IntegerCopy.WriteChecked([greatest, -greatest - 1], buffer, 1);
        Assert.Equal([0, greatest, -greatest - 1], Cases.Values(buffer));
        if (storage != IntegerStorage.Int64)
        {
            Assert.Throws<OverflowException>(() => IntegerCopy.WriteChecked([greatest + 1], buffer, 0));
            Assert.Throws<OverflowException>(() => IntegerCopy.WriteChecked([-greatest - 2], buffer, 0));
        }
    }

    private static void CheckParts<T>(IntegerStorage storage, long[] values, int first, int count)
        where T : unmanaged, INumber<T>
    {
        T[] part = new T[count];
        IntegerCopy.Read<T>(Cases.Buffer(values, 40, storage), first, part);
        Assert.Equal(values[first..(first + count)].Select(T.CreateChecked), part);
        IntegerData written = new(40, 1, storage);
        IntegerCopy.Write<T>(part, written, first);
        Assert.Equal(values.Select((value, i) => i >= first && i < first + count ? value : 0), Cases.Values(written));
    }
}
