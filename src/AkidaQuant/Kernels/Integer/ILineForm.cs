namespace AkidaQuant.Kernels.Integer;

/// <summary>One way to compute the lines of channels (<see cref="ChannelLine"/>), a vector of neighbouring elements at a time.</summary>
/// <typeparam name="TParameter">What parameters are stored as.</typeparam>
/// <typeparam name="TVector">A vector.</typeparam>
internal interface ILineForm<TParameter, TVector>
    where TParameter : unmanaged
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The results for <see cref="Count"/> elements.</summary>
    /// <param name="source">The elements.</param>
    /// <param name="parameters">The first parameter of their channels.</param>
    /// <param name="pitch">The distance to their next parameter.</param>
    static abstract unsafe TVector Compute<T>(T* source, TParameter* parameters, nint pitch)
        where T : unmanaged;

    /// <summary>Writes results, which fit.</summary>
    static abstract unsafe void Store<T>(TVector results, T* destination)
        where T : unmanaged;
}
