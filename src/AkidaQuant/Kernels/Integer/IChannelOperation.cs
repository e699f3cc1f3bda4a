using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Kernels.Integer;

/// <summary>What is done to one integer, given its channel: in 64-bit integers, and the same in vectors of doubles.</summary>
internal interface IChannelOperation
{
    /// <summary>The result for a value of a channel.</summary>
    long Apply(long value, int channel);

    /// <summary>The results for neighbouring values of at most 32 bits; called only when the operation has been given parameters.</summary>
    /// <param name="values">The values.</param>
    /// <param name="parameters">The first parameter of their channels.</param>
    /// <param name="period">The distance to their next parameter.</param>
    unsafe TVector Apply<TVector, TLanes>(TVector values, double* parameters, nint period)
        where TLanes : struct, IDoubleLanes<TVector>;
}
