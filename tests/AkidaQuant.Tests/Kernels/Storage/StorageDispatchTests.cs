using System.Numerics;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Tests.Kernels.Storage;

public sealed class StorageDispatchTests
{
    public static TheoryData<IntegerStorage, IntegerStorage> Pairs { get; } = new(
        from input in Enum.GetValues<IntegerStorage>()
        from output in Enum.GetValues<IntegerStorage>()
        select (input, output));

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_operation_sees_the_types_of_both_buffers_and_the_samples_of_the_batch(IntegerStorage from, IntegerStorage to)
    {
        IntegerData output = new(2, 3, to);
        StorageDispatch.Run(default(Sizes), Cases.Buffer([5, 5, 5, 5, 5, 5], 2, from), output, 2);
        Assert.Equal([SizeOf(from), SizeOf(to), 4, 4, 0, 0], Cases.Values(output));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Within_a_storage_both_buffers_must_have_it(IntegerStorage from, IntegerStorage to)
    {
        IntegerData input = new(2, 3, from);
        IntegerData output = new(2, 3, to);
        if (from != to)
        {
            Assert.Throws<ArgumentException>("output", () => StorageDispatch.RunWithin(default(Sizes), input, output, 2));
            return;
        }

        StorageDispatch.RunWithin(default(Sizes), input, output, 2);
        Assert.Equal([SizeOf(from), SizeOf(to), 4, 4, 0, 0], Cases.Values(output));
    }

    private static long SizeOf(IntegerStorage storage) => storage switch
    {
        IntegerStorage.Int16 => 2,
        IntegerStorage.Int32 => 4,
        _ => 8,
    };

    /// <summary>Writes the sizes of both elements and the lengths of both buffers.</summary>
    private readonly struct Sizes : IStoragePairOperation, IStorageOperation
    {
        public unsafe void Run<TFrom, TTo>(ReadOnlySpan<TFrom> input, Span<TTo> output)
            where TFrom : unmanaged, IBinaryInteger<TFrom>
            where TTo : unmanaged, IBinaryInteger<TTo>, IMinMaxValue<TTo>
        {
            output[0] = TTo.CreateChecked(sizeof(TFrom));
            output[1] = TTo.CreateChecked(sizeof(TTo));
            output[2] = TTo.CreateChecked(input.Length);
            output[3] = TTo.CreateChecked(output.Length);
        }

        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => Run<T, T>(input, output);
    }
}
