namespace AkidaQuant.Kernels.Lanes;

/// <summary>Vector operations on integers of 32 bits, which shift each lane by a number of its own.</summary>
/// <remarks>
/// Lanes are neighbouring elements of a tensor, in order, and no lane meets another. Reading brings each to 32 bits, writing
/// to what is stored. With 4 lanes of shorts:
/// <code>
///   memory     a0 a1 a2 a3                             4 * 16 bits
///   Load       [a0      | a1      | a2      | a3     ] 4 * 32 bits
///   operation  [f(a0)   | f(a1)   | f(a2)   | f(a3)  ] each lane by itself, the low 32 bits kept
///   Store      b0 b1 b2 b3                             4 * 16, 32 or 64 bits
/// </code>
/// </remarks>
/// <typeparam name="TVector">A vector of ints.</typeparam>
internal interface IIntegerLanes<TVector>
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>
    /// Reads <see cref="Count"/> shorts, ints, longs or whole doubles; what is beyond 32 bits becomes the nearest integer.
    /// </summary>
    static abstract unsafe TVector Load<T>(T* source)
        where T : unmanaged;

    /// <summary>Writes shorts, ints or longs; what is beyond 16 bits becomes the nearest short.</summary>
    static abstract unsafe void Store<T>(TVector value, T* destination)
        where T : unmanaged;

    /// <summary>The same integer in every lane.</summary>
    static abstract TVector Broadcast(int value);

    /// <summary>The sum.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>The product.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>The smaller of each pair.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The larger of each pair.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Divided by 2 to the power of the count of the lane, from 0 to 31, and rounded down.</summary>
    static abstract TVector ShiftRight(TVector value, TVector counts);

    /// <summary>Times 2 to the power of the count of the lane, from 0 to 31.</summary>
    static abstract TVector ShiftLeft(TVector value, TVector counts);
}
