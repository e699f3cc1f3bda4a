namespace AkidaQuant.Kernels.Lanes;

/// <summary>The few vector operations that the tiles are written in, one implementation an instruction set.</summary>
/// <remarks>
/// A vector is a row of <c>Count</c> numbers in one register. Every operation works on each lane by itself, and nothing
/// moves from lane to lane: lane i of a result depends on lane i of the operands only. With 4 lanes:
/// <code>
///   memory            w0 w1 w2 w3          Load:         [w0   w1   w2   w3  ]
///   one element       x                    Broadcast:    [x    x    x    x   ]
///   sums so far                                          [s0   s1   s2   s3  ]
///   MultiplyAdd(x, w, s)                                 [s0+x*w0 ... s3+x*w3]
/// </code>
/// So a kernel whose neighbouring outputs take neighbouring weights has one output in each lane, sums it from the first
/// product to the last as plain code would, and never adds lanes to one another.
/// </remarks>
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

    /// <summary><see cref="MultiplyAdd"/> of one operand and two others, each added to a sum of its own.</summary>
    /// <remarks>
    /// Where a product and its sum are two instructions, both products come before both sums. Units that multiply also add, and take
    /// what comes first: turn by turn, sums hold up products while units that only add are idle.
    /// </remarks>
    static abstract void MultiplyAddTwo(TVector left, TVector right0, TVector right1, ref TVector sum0, ref TVector sum1);

    /// <summary><c>left + right</c>; float and double round once.</summary>
    static abstract TVector Add(TVector left, TVector right);
}
