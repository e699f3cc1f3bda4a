using System.Buffers;
using System.Numerics.Tensors;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Integer;

/// <summary>Sum of each channel over all positions of integer images, saturated once (layers.md 6.2).</summary>
public sealed class GlobalSum
{
    private readonly int _positions;
    private readonly int _channels;
    private readonly int _valueBits;
    private readonly int[]? _inputShift;

    /// <summary>A sum.</summary>
    /// <param name="positions">The number of positions of an image.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="inputShift">
    /// The left shift of each channel, saturated to <paramref name="valueBits"/> before the sum; null for none.
    /// </param>
    /// <param name="valueBits">The magnitude bits of shifted inputs and of sums.</param>
    public GlobalSum(int positions, int channels, int[]? inputShift, int valueBits)
    {
        KernelArguments.ExpectLength(inputShift, channels, nameof(inputShift));
        _positions = positions;
        _channels = channels;
        _inputShift = inputShift;
        _valueBits = valueBits;
    }

    /// <summary>Computes a batch.</summary>
    /// <param name="input">(batch, positions, channels).</param>
    /// <param name="output">(batch, channels).</param>
    /// <param name="batch">The number of samples.</param>
    /// <exception cref="OverflowException">A sum does not fit the output's storage.</exception>
    public void Run(IntegerData input, IntegerData output, int batch)
    {
        long limit = 1L << _valueBits;
        long[] scratch = ArrayPool<long>.Shared.Rent(2 * _channels);
        Span<long> sums = scratch.AsSpan(0, _channels);
        Span<long> values = scratch.AsSpan(_channels, _channels);
        for (int sample = 0; sample < batch; sample++)
        {
            sums.Clear();
            for (int position = 0; position < _positions; position++)
            {
                IntegerCopy.Read(input, ((sample * _positions) + position) * _channels, values);
                for (int c = 0; _inputShift is not null && c < values.Length; c++)
                {
                    values[c] = ShiftedInput.SaturatedShift(values[c], _inputShift[c], limit);
                }

                // A lane is a channel: the channels of a position lie side by side and are added to their sums. A sum of P
                // positions of n bits takes n + log2(P) bits, far below the 63 of a lane.
                TensorPrimitives.Add<long>(sums, values, sums);
            }

            TensorPrimitives.Clamp<long>(sums, -limit, limit - 1, sums);
            IntegerCopy.WriteChecked(sums, output, sample * _channels);
        }

        ArrayPool<long>.Shared.Return(scratch);
    }
}
