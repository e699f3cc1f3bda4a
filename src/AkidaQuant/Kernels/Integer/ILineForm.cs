namespace AkidaQuant.Kernels.Integer;

/// <summary>One way to compute the lines of channels (<see cref="ChannelLine"/>), a vector of neighbouring elements at a time.</summary>
/// <typeparam name="TParameter">What parameters are stored as.</typeparam>
/// <typeparam name="TVector">A vector.</typeparam>
internal interface ILineForm<TParameter, TVector>
    where TParameter : unmanaged
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>A parameter of as many channels.</summary>
    static abstract unsafe TVector Parameter(TParameter* source);

    /// <summary>
    /// The results for <see cref="Count"/> elements, given the five parameters of their channels in the order that they are stored.
    /// </summary>
    static abstract unsafe TVector Compute<T>(T* source, TVector first, TVector second, TVector third, TVector fourth, TVector fifth)
        where T : unmanaged;

    /// <summary>Writes results, which fit.</summary>
    static abstract unsafe void Store<T>(TVector results, T* destination)
        where T : unmanaged;
}
