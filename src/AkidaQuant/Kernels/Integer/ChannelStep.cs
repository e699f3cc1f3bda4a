namespace AkidaQuant.Kernels.Integer;

/// <summary>What happens to every integer of a tensor by itself, given its channel; several make a <see cref="Requantization"/>.</summary>
public abstract class ChannelStep
{
    /// <summary>The result for a value of a channel, exact.</summary>
    internal abstract long Apply(long value, int channel);
}
