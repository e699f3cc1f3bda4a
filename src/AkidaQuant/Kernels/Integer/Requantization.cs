using System.Numerics;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// What becomes of finished sums, integer by integer: bias, rectifier, table, scale and shift, in the order that a layer has,
/// applied in one pass while the sums are in the cache and stored as narrow as the result is (layers.md 2.4 and 2.5, convert.md 6.1).
/// </summary>
public sealed class Requantization
{
    private readonly int _channels;
    private readonly ChannelStep[] _steps;

    /// <summary>A chain of steps.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="inputRange">The integers that come in.</param>
    /// <param name="outputRange">The integers that go out.</param>
    /// <param name="steps">The steps, in order.</param>
    public Requantization(int channels, ValueRange inputRange, ValueRange outputRange, IReadOnlyList<ChannelStep> steps)
    {
        _channels = channels;
        _steps = [.. steps];
        InputRange = inputRange;
        OutputRange = outputRange;
    }

    /// <summary>The integers that come in.</summary>
    public ValueRange InputRange { get; }

    /// <summary>The integers that go out.</summary>
    public ValueRange OutputRange { get; }

    /// <summary>Computes a batch from a buffer to a buffer, which may be the same where the storage is.</summary>
    /// <param name="input">(batch, ..., channels).</param>
    /// <param name="output">The same shape, in a storage that holds <see cref="OutputRange"/>.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="share">The part to compute.</param>
    public void Run(IntegerData input, IntegerData output, int batch, WorkShare share = default)
    {
        (int start, int end) = share.Of(batch * (input.SampleSize / _channels));
        switch (input.Storage)
        {
            case IntegerStorage.Int16:
                Apply<short>(input.Values<short>(batch)[(start * _channels)..(end * _channels)], output, start);
                break;
            case IntegerStorage.Int32:
                Apply<int>(input.Values<int>(batch)[(start * _channels)..(end * _channels)], output, start);
                break;
            default:
                Apply<long>(input.Values<long>(batch)[(start * _channels)..(end * _channels)], output, start);
                break;
        }
    }

    /// <summary>Computes a block of sums: some rows, and of each some neighbouring channels.</summary>
    /// <typeparam name="T">The type of the sums: short, int, long or double.</typeparam>
    /// <param name="sums">The sums; those of row i begin at <c>i * stride</c>.</param>
    /// <param name="stride">The distance of rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="channel">The first channel.</param>
    /// <param name="count">The number of channels.</param>
    /// <param name="output">Where the results go, (rows, channels).</param>
    /// <param name="firstRow">The row of the output that the first row of the block becomes.</param>
    internal void Run<T>(ReadOnlySpan<T> sums, int stride, int rows, int channel, int count, IntegerData output, int firstRow)
        where T : unmanaged, INumber<T>
    {
        long[] results = System.Buffers.ArrayPool<long>.Shared.Rent(count);
        for (int row = 0; row < rows; row++)
        {
            for (int c = 0; c < count; c++)
            {
                long value = long.CreateTruncating(sums[(row * stride) + c]);
                foreach (ChannelStep step in _steps)
                {
                    value = step.Apply(value, channel + c);
                }

                results[c] = value;
            }

            IntegerCopy.WriteChecked(results.AsSpan(0, count), output, ((firstRow + row) * _channels) + channel);
        }

        System.Buffers.ArrayPool<long>.Shared.Return(results);
    }

    private void Apply<T>(ReadOnlySpan<T> values, IntegerData output, int firstRow)
        where T : unmanaged, INumber<T> => Run(values, _channels, values.Length / _channels, 0, _channels, output, firstRow);
}
