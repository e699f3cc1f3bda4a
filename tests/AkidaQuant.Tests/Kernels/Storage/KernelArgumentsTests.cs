using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class KernelArgumentsTests
{
    [Fact]
    public void A_length_is_checked_where_there_is_an_array()
    {
        KernelArguments.ExpectLength(null, 3, "values");
        KernelArguments.ExpectLength(new int[3], 3, "values");
        ArgumentException error = Assert.Throws<ArgumentException>("values", () => KernelArguments.ExpectLength(new int[2], 3, "values"));
        Assert.StartsWith("3 values are needed, but there are 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_value_is_that_of_every_channel_and_none_is_zero()
    {
        Assert.Equal([0, 0, 0], KernelArguments.PerChannel<int>(null, 3, "values"));
        Assert.Equal([7, 7, 7], KernelArguments.PerChannel([7], 3, "values"));
        Assert.Equal([1, 2, 3], KernelArguments.PerChannel([1, 2, 3], 3, "values"));
        Assert.Throws<ArgumentException>("values", () => KernelArguments.PerChannel([1, 2], 3, "values"));
    }

    [Theory]
    [InlineData(IntegerStorage.Int16, -32768, 32767)]
    [InlineData(IntegerStorage.Int32, int.MinValue, int.MaxValue)]
    [InlineData(IntegerStorage.Int64, long.MinValue, long.MaxValue)]
    public void A_storage_holds_its_range_and_no_more(IntegerStorage storage, long min, long max)
    {
        Assert.Equal(new ValueRange(min, max), storage.Range());
        IntegerData data = new(1, 1, storage);
        KernelArguments.ExpectStorage(data, new ValueRange(min, max));
        if (storage != IntegerStorage.Int64)
        {
            Assert.Throws<ArgumentException>(() => KernelArguments.ExpectStorage(data, new ValueRange(min - 1, 0)));
            Assert.Throws<ArgumentException>(() => KernelArguments.ExpectStorage(data, new ValueRange(0, max + 1)));
        }
    }
}
