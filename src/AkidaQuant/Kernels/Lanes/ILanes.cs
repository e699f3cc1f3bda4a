namespace AkidaQuant.Kernels.Lanes;

/// <summary>The few vector operations that the tiles are written in, one implementation an instruction set.</summary>
/// <typeparam name="T">The element.</typeparam>
/// <typeparam name="TVector">As many elements as one register holds.</typeparam>
internal interface ILanes<T, TVector>
    where T : unmanaged
{
    /// <summary>The number of elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> elements, aligned or not.</summary>
    static abstract unsafe TVector Load(T* source);

    /// <summary>Writes <see cref="Count"/> elements, aligned or not.</summary>
    static abstract unsafe void Store(TVector value, T* destination);

    /// <summary>The same element in every lane.</summary>
    static abstract TVector Broadcast(T value);

    /// <summary><c>left * right + addend</c>; float and double round once, so that every instruction set gives the same bits.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);
}
