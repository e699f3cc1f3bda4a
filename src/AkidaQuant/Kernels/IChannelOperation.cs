using System.Numerics;

namespace AkidaQuant.Kernels;

/// <summary>What is done to one integer, given its channel.</summary>
internal interface IChannelOperation
{
    /// <summary>The result for a value of a channel.</summary>
    long Apply(long value, int channel);
}

/// <summary>Applies an operation to every integer of a batch, from any storage to any storage.</summary>
internal static class ChannelOperation
{
    /// <summary>Computes a batch; input and output may be the same buffer.</summary>
    /// <exception cref="OverflowException">A result does not fit the output's storage.</exception>
    public static void Run<TOperation>(in TOperation operation, int channels, IntegerData input, IntegerData output, int batch)
        where TOperation : struct, IChannelOperation
    {
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                RunFrom<short, TOperation>(operation, channels, input.Values<short>(batch), output, batch);
                break;
            case IntegerStorage.Int32:
                RunFrom<int, TOperation>(operation, channels, input.Values<int>(batch), output, batch);
                break;
            default:
                RunFrom<long, TOperation>(operation, channels, input.Values<long>(batch), output, batch);
                break;
        }
    }

    private static void RunFrom<TIn, TOperation>(in TOperation operation, int channels, ReadOnlySpan<TIn> input, IntegerData output, int batch)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOperation : struct, IChannelOperation
    {
        switch (output.Storage)
        {
            case IntegerStorage.Int16:
                Loop(operation, channels, input, output.Values<short>(batch));
                break;
            case IntegerStorage.Int32:
                Loop(operation, channels, input, output.Values<int>(batch));
                break;
            default:
                Loop(operation, channels, input, output.Values<long>(batch));
                break;
        }
    }

    private static void Loop<TIn, TOut, TOperation>(in TOperation operation, int channels, ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged, IBinaryInteger<TIn>
        where TOut : unmanaged, IBinaryInteger<TOut>
        where TOperation : struct, IChannelOperation
    {
        for (int start = 0; start < input.Length; start += channels)
        {
            ReadOnlySpan<TIn> from = input.Slice(start, channels);
            Span<TOut> to = output.Slice(start, channels);
            for (int c = 0; c < from.Length; c++)
            {
                to[c] = TOut.CreateChecked(operation.Apply(long.CreateTruncating(from[c]), c));
            }
        }
    }
}
