namespace AkidaQuant.Tensors;

/// <summary>The elements of some samples of a set, in any order, without copying them: only these are ever read.</summary>
/// <param name="values">The elements of all samples.</param>
/// <param name="starts">Where each sample begins among them.</param>
/// <param name="size">The elements of a sample.</param>
internal sealed class SelectedValues(SampleValues values, long[] starts, int size) : SampleValues
{
    /// <inheritdoc/>
    public override string DType => values.DType;

    private delegate long CopyRun<T>(long start, Span<T> destination);

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<float> destination) => CopyTo(start, destination, values.CopyTo);

    /// <inheritdoc/>
    public override long CopyTo(long start, Span<long> destination) => CopyTo(start, destination, values.CopyTo);

    /// <inheritdoc/>
    public override bool TryCopyTo(long start, Span<short> destination, ValueRange range)
    {
        for (int done = 0; done < destination.Length;)
        {
            (long from, int count) = Run(start + done, destination.Length - done);
            if (!values.TryCopyTo(from, destination.Slice(done, count), range))
            {
                return false;
            }

            done += count;
        }

        return true;
    }

    /// <inheritdoc/>
    public override void CopyBytes(long start, int count, Span<byte> destination)
    {
        int width = destination.Length / Math.Max(count, 1);
        for (int done = 0; done < count;)
        {
            (long from, int run) = Run(start + done, count - done);
            values.CopyBytes(from, run, destination.Slice(done * width, run * width));
            done += run;
        }
    }

    /// <inheritdoc/>
    public override string Text(long position) => values.Text(Run(position, 1).From);

    private long CopyTo<T>(long start, Span<T> destination, CopyRun<T> copy)
    {
        for (int done = 0; done < destination.Length;)
        {
            (long from, int count) = Run(start + done, destination.Length - done);
            if (copy(from, destination.Slice(done, count)) is >= 0 and var wrong)
            {
                return start + done + (wrong - from);
            }

            done += count;
        }

        return -1;
    }

    /// <summary>Where an element lies, and how many of the asked ones lie side by side from there.</summary>
    private (long From, int Count) Run(long position, int most)
    {
        int sample = (int)(position / size);
        int within = (int)(position % size);
        long count = size - within;
        for (int next = sample + 1; count < most && next < starts.Length && starts[next] == starts[next - 1] + size; next++)
        {
            count += size;
        }

        return (starts[sample] + within, (int)Math.Min(count, most));
    }
}
