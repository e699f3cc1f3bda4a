using System.Buffers;

namespace AkidaQuant.Tensors;

/// <summary>The elements of samples in another order within each sample, which is put together as they are read.</summary>
/// <param name="samples">The samples.</param>
/// <param name="order">For each element of a sample, which of the given one it is.</param>
internal sealed class RearrangedValues(SampleSet samples, int[] order) : SampleValues
{
    /// <inheritdoc/>
    public override string DType => samples.DType;

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<float> destination)
    {
        (int first, int count) = Whole(start, destination.Length);
        samples.CopyTo(first, count, destination);
        Rearrange(destination);
        return -1;
    }

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<long> destination)
    {
        (int first, int count) = Whole(start, destination.Length);
        samples.CopyTo(first, count, destination);
        Rearrange(destination);
        return -1;
    }

    /// <inheritdoc/>
    public override bool TryCopyTo(long start, Span<short> destination, ValueRange range)
    {
        (int first, int count) = Whole(start, destination.Length);
        if (!samples.TryCopyTo(first, count, destination, range))
        {
            return false;
        }

        Rearrange(destination);
        return true;
    }

    /// <inheritdoc/>
    public override void CopyBytes(long start, int count, Span<byte> destination)
    {
        (int first, int whole) = Whole(start, count);
        samples.CopyStored(first, whole, destination);
        int width = destination.Length / Math.Max(count, 1);
        byte[] stored = new byte[order.Length * width];
        int[] places = samples.StoredPlaces();
        for (int from = 0; from < destination.Length; from += stored.Length)
        {
            Span<byte> sample = destination.Slice(from, stored.Length);
            sample.CopyTo(stored);
            for (int i = 0; i < order.Length; i++)
            {
                stored.AsSpan(places[order[i]] * width, width).CopyTo(sample[(i * width)..]);
            }
        }
    }

    /// <inheritdoc/>
    public override string Text(long position) =>
        throw new InvalidOperationException("The samples that are rearranged name the values that are wrong in them.");

    private (int First, int Count) Whole(long start, int length) => ((int)(start / order.Length), length / order.Length);

    private void Rearrange<T>(Span<T> values)
    {
        T[] rented = ArrayPool<T>.Shared.Rent(order.Length);
        for (int start = 0; start < values.Length; start += order.Length)
        {
            Span<T> sample = values.Slice(start, order.Length);
            sample.CopyTo(rented);
            for (int i = 0; i < sample.Length; i++)
            {
                sample[i] = rented[order[i]];
            }
        }

        ArrayPool<T>.Shared.Return(rented);
    }
}
