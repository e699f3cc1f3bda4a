using System.Numerics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Storage;

/// <summary>Keeps the last of every few time steps: the indices n - 1, 2n - 1 and so on (layers.md 4.7, convert.md 6.3).</summary>
public sealed class TimeSubsampling
{
    private readonly int _period;
    private readonly int _stepSize;

    /// <summary>A subsampling.</summary>
    /// <param name="period">One time step of so many is kept.</param>
    /// <param name="stepSize">The elements of a time step.</param>
    public TimeSubsampling(int period, int stepSize)
    {
        _period = period;
        _stepSize = stepSize;
    }

    /// <summary>Computes a batch whose samples have a multiple of the period of time steps.</summary>
    /// <param name="input">(batch, steps, ...).</param>
    /// <param name="output">(batch, steps / period, ...).</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output) => Copy(input, output);

    /// <summary>Computes a batch whose samples have a multiple of the period of time steps.</summary>
    /// <param name="input">(batch, steps, ...).</param>
    /// <param name="output">(batch, steps / period, ...), in the same storage.</param>
    /// <param name="batch">The number of samples.</param>
    /// <exception cref="ArgumentException">The storages differ.</exception>
    public void Run(IntegerData input, IntegerData output, int batch) =>
        StorageDispatch.RunWithin(new Operation(this), input, output, batch);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy<T>(ReadOnlySpan<T> input, Span<T> output)
    {
        int group = _period * _stepSize;
        for (int start = 0, to = 0; start < input.Length; start += group, to += _stepSize)
        {
            input.Slice(start + group - _stepSize, _stepSize).CopyTo(output[to..]);
        }
    }

    private readonly struct Operation(TimeSubsampling owner) : IStorageOperation
    {
        public void Run<T>(ReadOnlySpan<T> input, Span<T> output)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => owner.Copy(input, output);
    }
}
