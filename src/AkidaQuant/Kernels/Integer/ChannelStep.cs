using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Integer;

/// <summary>What happens to every integer of a tensor by itself, given its channel; several make an <see cref="IntegerFinish"/>.</summary>
public abstract class ChannelStep
{
    /// <summary>The integers that a step gives which <see cref="Map"/> computes; null for one that continues a line.</summary>
    internal virtual ValueRange? MapRange => null;

    /// <summary>The result for a value of a channel, exact.</summary>
    internal abstract long Apply(long value, int channel);

    /// <summary>
    /// Makes the step part of the line that the steps so far are, if the two are one line together; else the line may be anything.
    /// </summary>
    /// <param name="line">The line of a channel.</param>
    /// <param name="channel">The channel.</param>
    internal virtual bool TryContinue(ref ChannelLine line, int channel) => false;

    /// <summary>Replaces integers by the results for them.</summary>
    /// <param name="values">(rows, <paramref name="count"/>).</param>
    /// <param name="channel">The channel of the first column.</param>
    /// <param name="count">The number of columns, neighbouring channels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal virtual void Map(Span<int> values, int channel, int count)
    {
        for (int start = 0; start < values.Length; start += count)
        {
            for (int c = 0; c < count; c++)
            {
                values[start + c] = (int)Apply(values[start + c], channel + c);
            }
        }
    }
}
