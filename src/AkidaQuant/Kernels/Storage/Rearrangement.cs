using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Copies runs of elements to other places: a transposition or a selection (layers.md 8).</summary>
public sealed class Rearrangement
{
    private readonly int[] _starts;
    private readonly int _run;
    private readonly int _inputSize;

    private Rearrangement(int[] starts, int run, int inputSize)
    {
        _starts = starts;
        _run = run;
        _inputSize = inputSize;
    }

    /// <summary>The transposition whose output axis i is the input axis <c>order[i]</c>.</summary>
    public static Rearrangement Transpose(Shape input, int[] order)
    {
        int[] strides = Strides(input);
        int moved = order.Length;
        while (moved > 0 && order[moved - 1] == moved - 1)
        {
            moved--;
        }

        int run = 1;
        for (int i = moved; i < input.Rank; i++)
        {
            run *= input[i];
        }

        int[] starts = [0];
        for (int i = 0; i < moved; i++)
        {
            int axis = order[i];
            starts = [.. starts.SelectMany(start => Enumerable.Range(0, input[axis]).Select(index => start + (index * strides[axis])))];
        }

        return new Rearrangement(starts, run, input.Size);
    }

    /// <summary>The selection of some indices of an axis, in the order given.</summary>
    public static Rearrangement Select(Shape input, int axis, int[] indices)
    {
        int run = Strides(input)[axis];
        int outer = input.Size / (run * input[axis]);
        int[] starts = [.. Enumerable.Range(0, outer).SelectMany(start => indices.Select(index => ((start * input[axis]) + index) * run))];
        return new Rearrangement(starts, run, input.Size);
    }

    /// <summary>The selection of some indices of every axis, in the order given; null for all of an axis.</summary>
    public static Rearrangement Select(Shape input, IReadOnlyList<int[]?> indices)
    {
        int[] strides = Strides(input);
        int run = 1;
        int offset = 0;
        int last = input.Rank - 1;

        // What follows without a gap is copied at once: whole axes, and of the axis in front of them a range.
        while (last >= 0 && indices[last] is null)
        {
            run *= input[last--];
        }

        if (last >= 0 && indices[last] is { } range && range.SequenceEqual(Enumerable.Range(range[0], range.Length)))
        {
            offset = range[0] * run;
            run *= range.Length;
            last--;
        }

        int[] starts = [offset];
        for (int i = 0; i <= last; i++)
        {
            int stride = strides[i];
            IEnumerable<int> taken = indices[i] ?? Enumerable.Range(0, input[i]);
            starts = [.. starts.SelectMany(start => taken.Select(index => start + (index * stride)))];
        }

        return new Rearrangement(starts, run, input.Size);
    }

    /// <summary>Rearranges float32 tensors.</summary>
    public void Run(FloatData input, FloatData output, int batch) => Run<float>(input.Values(batch), output.Values(batch));

    /// <summary>Rearranges tensors of integers of the same storage.</summary>
    /// <exception cref="ArgumentException">The storages differ.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) =>
        StorageDispatch.RunWithin(new Operation(this), input, output, batch);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<T>(ReadOnlySpan<T> input, Span<T> output)
    {
        int done = 0;
        for (int first = 0; first < input.Length; first += _inputSize)
        {
            ReadOnlySpan<T> image = input.Slice(first, _inputSize);
            foreach (int start in _starts)
            {
                image.Slice(start, _run).CopyTo(output.Slice(done, _run));
                done += _run;
            }
        }
    }

    private static int[] Strides(Shape shape)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        return strides;
    }

    private readonly struct Operation(Rearrangement owner) : IStorageOperation
    {
        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => owner.Run(input, output);
    }
}
