namespace AkidaQuant.Kernels.Lanes;

/// <summary>
/// Vector operations on integers held as doubles, which are exact up to 2^53; unlike 64-bit integers, doubles
/// have fast products and shifts by lane (a product with a power of two) on every processor.
/// </summary>
/// <typeparam name="TVector">A vector of doubles.</typeparam>
internal interface IDoubleLanes<TVector>
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> shorts, ints or doubles.</summary>
    static abstract unsafe TVector Load<T>(T* source)
        where T : unmanaged;

    /// <summary>Writes whole numbers as shorts, ints, longs or doubles that hold them.</summary>
    static abstract unsafe void Store<T>(TVector value, T* destination)
        where T : unmanaged;

    /// <summary>The same number in every lane.</summary>
    static abstract TVector Broadcast(double value);

    /// <summary>The sum.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>The product.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>The smaller of each pair.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The larger of each pair.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The largest whole number that is not larger.</summary>
    static abstract TVector Floor(TVector value);
}
