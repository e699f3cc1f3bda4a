using System.Runtime.CompilerServices;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Kernels.Float;

/// <summary>
/// A complex number for each channel that turns and fades from time step to time step, while the input is added to its
/// real part, in float32 (layers.md 10.1).
/// </summary>
/// <remarks>
/// One element after the other, whatever the instruction set: a step needs the state of the one before it. Every product
/// and sum is rounded.
/// </remarks>
public sealed class FloatRecurrence
{
    private readonly float[] _real;
    private readonly float[] _imaginary;

    /// <summary>A recurrence with one complex factor for each channel.</summary>
    public FloatRecurrence(float[] real, float[] imaginary)
    {
        KernelArguments.ExpectLength(imaginary, real.Length, nameof(imaginary));
        _real = real;
        _imaginary = imaginary;
    }

    /// <summary>Computes the time steps of a batch of streams.</summary>
    /// <param name="input">(batch, steps, channels).</param>
    /// <param name="real">The real parts of the states, (batch, channels); replaced by those after the last step.</param>
    /// <param name="imaginary">The imaginary parts, likewise.</param>
    /// <param name="output">The states after each step, (batch, steps, channels, 2): real, imaginary.</param>
    /// <param name="batch">The number of streams.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> real, Span<float> imaginary, Span<float> output, int batch)
    {
        int channels = _real.Length;
        int size = input.Length / batch;
        for (int i = 0; i < input.Length; i++)
        {
            int channel = i % channels;
            int state = (i / size * channels) + channel;
            float re = real[state];
            float im = imaginary[state];
            real[state] = (re * _real[channel]) - (im * _imaginary[channel]) + input[i];
            imaginary[state] = (_imaginary[channel] * re) + (_real[channel] * im);
            output[2 * i] = real[state];
            output[(2 * i) + 1] = imaginary[state];
        }
    }
}
