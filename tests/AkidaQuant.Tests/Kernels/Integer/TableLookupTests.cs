using AkidaQuant.Kernels.Integer;
using AkidaQuant.Kernels.Lanes;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Integer;

public sealed class TableLookupTests
{
    [Fact]
    public void Every_integer_becomes_its_entry_from_any_storage_to_any_that_holds_the_table() =>
        (from bits in Gen.Int[0, 9]
         from table in Gen.OneOf(Gen.Int[-300, 300], Gen.Int).Array[2 << bits]
         from values in Cases.Integers(ValueRange.OfBits(bits), 30)
         from input in Gen.Enum<IntegerStorage>()
         let lookup = new TableLookup(table)
         from output in Cases.Storage(lookup.OutputRange)
         select (bits, table, values, input, output, lookup)).Sample(
            (bits, table, values, input, output, lookup) =>
            {
                ChannelCases.Kernel kernel = ChannelCases.Only(
                    lookup, 3, ValueRange.OfBits(bits), lookup.OutputRange, InstructionSets.NameOf(InstructionSets.Best));
                ChannelCases.Check((3, 1, 10), values, input, output, kernel, (value, _) => table[value + (1 << bits)]);
            });

    [Fact]
    public void The_range_is_that_of_the_entries() => Assert.Equal(new ValueRange(-3, 9), new TableLookup([9, -3, 0, 1]).OutputRange);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_table_has_a_power_of_two_of_entries(int length) =>
        Assert.Throws<ArgumentException>("table", () => new TableLookup(new int[length]));

    [Theory]
    [InlineData(1)]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void What_the_table_does_not_hold_is_an_error(int value)
    {
        IntegerFinish kernel = new(1, ValueRange.OfBits(31), new ValueRange(1, 2), [new TableLookup([1, 2])]);
        IntegerData output = new(1, 1, IntegerStorage.Int16);
        Assert.Throws<IndexOutOfRangeException>(() => kernel.Run(Cases.Buffer([value], 1, IntegerStorage.Int32), output, 1));
        Assert.Throws<IndexOutOfRangeException>(() => new TableLookup([1, 2]).Apply(value, 0));
    }
}
