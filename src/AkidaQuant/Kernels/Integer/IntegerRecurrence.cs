using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Numerics;

namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// A complex number for each channel that turns and fades from time step to time step, while the input is added to its
/// real part, in integers: every product and sum saturates to 32 bits, and the states are rounded half towards
/// +infinity and saturate (layers.md 10.2, convert.md 6.3).
/// </summary>
/// <remarks>
/// One element after the other, whatever the instruction set: a step needs the state of the one before it, and channels are
/// few. Products of a state of 16 bits and a factor of 32 take 47 bits, and sums of two saturated ones one more than the
/// value bits, so that nothing wraps in 64.
/// </remarks>
public sealed class IntegerRecurrence
{
    private readonly int[] _real;
    private readonly int[] _imaginary;
    private readonly int _shift;
    private readonly int _valueBits;
    private readonly int _stateBits;
    private readonly bool _realOnly;

    /// <summary>A recurrence with one complex factor for each channel.</summary>
    /// <param name="real">The real parts of the factors.</param>
    /// <param name="imaginary">The imaginary parts.</param>
    /// <param name="shift">The shift from the products to the states, negative to the right.</param>
    /// <param name="valueBits">The magnitude bits of products and sums.</param>
    /// <param name="stateBits">The magnitude bits of states.</param>
    /// <param name="realOnly">Whether the output leaves out the imaginary parts.</param>
    public IntegerRecurrence(int[] real, int[] imaginary, int shift, int valueBits, int stateBits, bool realOnly)
    {
        KernelArguments.ExpectLength(imaginary, real.Length, nameof(imaginary));
        _real = real;
        _imaginary = imaginary;
        _shift = shift;
        _valueBits = valueBits;
        _stateBits = stateBits;
        _realOnly = realOnly;
    }

    /// <summary>Computes the time steps of a batch of streams.</summary>
    /// <param name="input">(batch, steps, channels), with the fractional bits of the products.</param>
    /// <param name="real">The real parts of the states, (batch, channels); replaced by those after the last step.</param>
    /// <param name="imaginary">The imaginary parts, likewise.</param>
    /// <param name="output">The states after each step, (batch, steps, channels, 2): real, imaginary; or (batch, steps, channels).</param>
    /// <param name="batch">The number of streams.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<int> input, Span<short> real, Span<short> imaginary, Span<short> output, int batch)
    {
        int channels = _real.Length;
        int size = input.Length / batch;
        int parts = _realOnly ? 1 : 2;
        for (int i = 0; i < input.Length; i++)
        {
            int channel = i % channels;
            int state = (i / size * channels) + channel;
            long re = real[state];
            long im = imaginary[state];
            long turned = Saturate(Saturate(re * _real[channel]) - Saturate(im * _imaginary[channel]));
            real[state] = Round(Saturate(turned + input[i]));
            imaginary[state] = Round(Saturate(Saturate(re * _imaginary[channel]) + Saturate(im * _real[channel])));
            output[parts * i] = real[state];
            if (!_realOnly)
            {
                output[(parts * i) + 1] = imaginary[state];
            }
        }
    }

    private long Saturate(long value) => Rounding.Saturate(value, _valueBits);

    private short Round(long value) => (short)Rounding.Saturate(Rounding.ShiftRound(value, _shift), _stateBits);
}
