namespace AkidaQuant.Kernels.Lanes;

/// <summary>
/// Vector operations on integers held as doubles, which are exact up to 2^53; unlike 64-bit integers, doubles
/// have fast products and shifts by lane (a product with a power of two) on every processor.
/// </summary>
/// <remarks>
/// <para>
/// Lanes are neighbouring elements of a tensor, in order. Reading widens each to the 64 bits of a double; writing narrows
/// each to what is stored. With 4 lanes of shorts:
/// </para>
/// <code>
///   memory     a0 a1 a2 a3                             4 * 16 bits
///   Load       [a0.0    | a1.0    | a2.0    | a3.0   ] 4 * 64 bits
///   operation  [f(a0)   | f(a1)   | f(a2)   | f(a3)  ] each lane by itself
///   Store      b0 b1 b2 b3                             4 * 16, 32 or 64 bits
/// </code>
/// <para>
/// Nothing is rounded: a double holds every integer up to 2^53. Whoever computes sees to it that results stay below that
/// and, before they are written, within what is stored.
/// </para>
/// <para>
/// Every implementation, and every operation made of them, asks to be inlined: a call costs several times what one vector's work
/// does, and the runtime leaves calls in the inner loop where it is not asked.
/// </para>
/// </remarks>
/// <typeparam name="TVector">A vector of doubles.</typeparam>
internal interface IDoubleLanes<TVector>
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> shorts, ints or doubles.</summary>
    static abstract unsafe TVector Load<T>(T* source)
        where T : unmanaged;

    /// <summary>Writes whole numbers as shorts, ints, longs or doubles that hold them.</summary>
    /// <remarks>What is written for a number that does not fit differs from form to form.</remarks>
    static abstract unsafe void Store<T>(TVector value, T* destination)
        where T : unmanaged;

    /// <summary>The same number in every lane.</summary>
    static abstract TVector Broadcast(double value);

    /// <summary>The sum.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>The product.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>The smaller of each pair; neither is NaN, which forms treat differently.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The larger of each pair; neither is NaN.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>The largest whole number that is not larger.</summary>
    static abstract TVector Floor(TVector value);
}
