using System.Numerics;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Runs the code that is made for the storages of the buffers at hand.</summary>
internal static class StorageDispatch
{
    /// <summary>Computes a batch from any storage to any storage.</summary>
    public static void Run<TOperation>(TOperation operation, IntegerData input, IntegerData output, int batch)
        where TOperation : struct, IStoragePairOperation
    {
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                RunFrom<TOperation, short>(operation, input.Values<short>(batch), output, batch);
                break;
            case IntegerStorage.Int32:
                RunFrom<TOperation, int>(operation, input.Values<int>(batch), output, batch);
                break;
            default:
                RunFrom<TOperation, long>(operation, input.Values<long>(batch), output, batch);
                break;
        }
    }

    /// <summary>Computes a batch whose integers stay in their storage.</summary>
    /// <exception cref="ArgumentException">The storages differ.</exception>
    public static void RunWithin<TOperation>(TOperation operation, IntegerData input, IntegerData output, int batch)
        where TOperation : struct, IStorageOperation
    {
        if (input.Storage != output.Storage)
        {
            throw new ArgumentException($"The output is stored as {output.Storage}, but the input as {input.Storage}.", nameof(output));
        }

        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                operation.Run<short>(input.Values<short>(batch), output.Values<short>(batch));
                break;
            case IntegerStorage.Int32:
                operation.Run<int>(input.Values<int>(batch), output.Values<int>(batch));
                break;
            default:
                operation.Run<long>(input.Values<long>(batch), output.Values<long>(batch));
                break;
        }
    }

    private static void RunFrom<TOperation, TFrom>(TOperation operation, ReadOnlySpan<TFrom> input, IntegerData output, int batch)
        where TOperation : struct, IStoragePairOperation
        where TFrom : unmanaged, IBinaryInteger<TFrom>
    {
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                operation.Run(input, output.Values<short>(batch));
                break;
            case IntegerStorage.Int32:
                operation.Run(input, output.Values<int>(batch));
                break;
            default:
                operation.Run(input, output.Values<long>(batch));
                break;
        }
    }
}
