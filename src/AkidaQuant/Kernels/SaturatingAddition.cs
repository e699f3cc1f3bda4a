using System.Buffers;

namespace AkidaQuant.Kernels;

/// <summary>Adds two tensors whose channels are shifted to the left first; shifted values and sums are saturated (layers.md 7.1).</summary>
public sealed class SaturatingAddition
{
    private const int ChunkElements = 2048;
    private readonly int _channels;
    private readonly int[] _leftShift;
    private readonly int[] _rightShift;
    private readonly long _limit;

    /// <summary>An addition; both shifts have one value a channel, none negative.</summary>
    public SaturatingAddition(int channels, int[] leftShift, int[] rightShift, int valueBits)
    {
        KernelArguments.ExpectLength(leftShift, channels, nameof(leftShift));
        KernelArguments.ExpectLength(rightShift, channels, nameof(rightShift));
        _channels = channels;
        _leftShift = leftShift;
        _rightShift = rightShift;
        _limit = 1L << valueBits;
    }

    /// <summary>Computes a batch; the output may be one of the inputs.</summary>
    /// <exception cref="OverflowException">A sum does not fit the output's storage.</exception>
    public void Run(IntegerData left, IntegerData right, IntegerData output, int batch)
    {
        int count = batch * output.SampleSize;
        int chunk = Math.Max(1, ChunkElements / _channels) * _channels;
        long[] scratch = ArrayPool<long>.Shared.Rent(2 * chunk);
        for (int first = 0; first < count; first += chunk)
        {
            Span<long> sums = scratch.AsSpan(0, Math.Min(chunk, count - first));
            Span<long> others = scratch.AsSpan(chunk, sums.Length);
            IntegerCopy.Read(left, first, sums);
            IntegerCopy.Read(right, first, others);
            for (int start = 0; start < sums.Length; start += _channels)
            {
                for (int c = 0; c < _channels; c++)
                {
                    long sum = ShiftedInput.SaturatedShift(sums[start + c], _leftShift[c], _limit) + ShiftedInput.SaturatedShift(others[start + c], _rightShift[c], _limit);
                    sums[start + c] = Math.Clamp(sum, -_limit, _limit - 1);
                }
            }

            IntegerCopy.WriteChecked(sums, output, first);
        }

        ArrayPool<long>.Shared.Return(scratch);
    }
}
