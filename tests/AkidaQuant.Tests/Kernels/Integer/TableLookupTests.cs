using AkidaQuant.Kernels.Integer;
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
                IntegerData result = new(30, 1, output);
                lookup.Run(Cases.Buffer(values, 30, input), result, 1);
                Assert.Equal(values.Select(value => (long)table[value + (1 << bits)]), Cases.Values(result));
            });

    [Fact]
    public void A_buffer_may_be_its_own_output()
    {
        IntegerData data = Cases.Buffer([-2, -1, 0, 1, 0], 5, IntegerStorage.Int16);
        new TableLookup([9, -3, 0, 1]).Run(data, data, 1);
        Assert.Equal([9, -3, 0, 1, 0], Cases.Values(data));
    }

    [Fact]
    public void The_range_is_that_of_the_entries() => Assert.Equal(new ValueRange(-3, 9), new TableLookup([9, -3, 0, 1]).OutputRange);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_table_has_a_power_of_two_of_entries(int length) =>
        Assert.Throws<ArgumentException>("table", () => new TableLookup(new int[length]));

    [Fact]
    public void What_the_table_or_the_buffer_does_not_hold_is_an_error()
    {
        IntegerData output = new(1, 1, IntegerStorage.Int16);
        Assert.Throws<IndexOutOfRangeException>(() => new TableLookup([1, 2]).Run(Cases.Buffer([1], 1, IntegerStorage.Int16), output, 1));
        Assert.Throws<IndexOutOfRangeException>(() => new TableLookup([1, 2]).Run(Cases.Buffer([-2], 1, IntegerStorage.Int16), output, 1));
        Assert.Throws<ArgumentException>(() => new TableLookup([1, 40000]).Run(new IntegerData(1, 1, IntegerStorage.Int16), output, 1));
    }
}
