using AkidaQuant.Quantization;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Random numbers for many weights; asks now and then whether anybody still waits for them.</summary>
/// <param name="generator">Where they come from.</param>
/// <param name="cancellation">Stops the filling of weights.</param>
internal sealed class RandomSource(NumpyGenerator generator, CancellationToken cancellation)
{
    private const int Interval = 1 << 16;

    private int _left = Interval;

    /// <summary>A number of 53 bits in [0, 1).</summary>
    public double NextDouble()
    {
        if (--_left == 0)
        {
            _left = Interval;
            cancellation.ThrowIfCancellationRequested();
        }

        return generator.NextDouble();
    }
}
