using AkidaQuant.Kernels.Lanes;
using AkidaQuant.Kernels.Storage;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class DoubleCopyTests
{
    private static readonly Gen<(IntegerStorage Storage, long[] Values, int First, int Count)> Part =
        from storage in Gen.Enum<IntegerStorage>()
        let range = storage == IntegerStorage.Int64 ? new ValueRange(-1L << 53, 1L << 53) : storage.Range()
        from values in Cases.Integers(range, 70)
        from first in Gen.Int[0, 30]
        from count in Gen.Int[0, 40]
        select (storage, values, first, count);

    [Theory]
    [EachInstructionSet]
    public void Any_part_of_a_buffer_is_read(string instructions) => Part.Sample((storage, values, first, count) =>
    {
        double[] doubles = new double[count];
        DoubleCopy.Read(Cases.Buffer(values, 70, storage), first, doubles, InstructionSets.Choose(instructions));
        Assert.Equal(values[first..(first + count)].Select(value => (double)value), doubles);
    });

    [Theory]
    [EachInstructionSet]
    public void Any_part_of_a_buffer_is_written_and_the_rest_stays(string instructions) => Part.Sample((storage, values, first, count) =>
    {
        IntegerData buffer = new(70, 1, storage);
        double[] doubles = Array.ConvertAll(values[first..(first + count)], value => (double)value);
        DoubleCopy.Write(doubles, buffer, first, InstructionSets.Choose(instructions));
        Assert.Equal(values.Select((value, i) => i >= first && i < first + count ? value : 0), Cases.Values(buffer));
    });

    [Theory]
    [EachInstructionSet]
    public void Longs_that_no_double_holds_are_rounded_to_the_nearest(string instructions)
    {
        double[] doubles = new double[9];
        long[] values = [.. Enumerable.Repeat((1L << 53) + 3, 9)];
        DoubleCopy.Read(Cases.Buffer(values, 9, IntegerStorage.Int64), 0, doubles, InstructionSets.Choose(instructions));
        Assert.All(doubles, value => Assert.Equal(9007199254740996.0, value));
    }
}
