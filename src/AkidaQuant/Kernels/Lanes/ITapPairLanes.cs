namespace AkidaQuant.Kernels.Lanes;

/// <summary>
/// Vector operations that multiply 16-bit integers of neighbouring channels, two taps of a channel at once, one implementation an
/// instruction set.
/// </summary>
/// <remarks>
/// The channels of two taps are interleaved, so that a lane of 32 bits holds a channel's integer of the first tap in its low half and
/// of the second one in its high half; two vectors of pairs, low and high, come from two vectors of channels. With four lanes:
/// <code>
///   first     [x0 | x1   x2 | x3   x4 | x5   x6 | x7]     eight channels that the first tap sees
///   second    [y0 | y1   y2 | y3   y4 | y5   y6 | y7]     the same channels, second tap
///   low       [x0 | y0   x1 | y1   x2 | y2   x3 | y3]
///   high      [x4 | y4   x5 | y5   x6 | y6   x7 | y7]
///   weights   [v0 | w0   v1 | w1   ...              ]     interleaved alike
///   sums      [s0 + x0*v0 + y0*w0   s1 + x1*v1 + y1*w1   ...]
/// </code>
/// Wider vectors are interleaved by blocks of 128 bits, the low half of each into low, the high half of each into high; storing puts
/// the channels in order again. Why no lane overflows stands at <see cref="ScalarPairLanes"/>.
/// </remarks>
/// <typeparam name="TVector">A register of lanes of 32 bits.</typeparam>
internal interface ITapPairLanes<TVector>
    where TVector : unmanaged
{
    /// <summary>The number of channels that are loaded at once; twice the number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> integers, aligned or not.</summary>
    static abstract unsafe TVector Load(short* source);

    /// <summary>The pairs of the low halves of two taps.</summary>
    static abstract TVector Low(TVector first, TVector second);

    /// <summary>The pairs of the high halves of two taps.</summary>
    static abstract TVector High(TVector first, TVector second);

    /// <summary>The sum of both products of each pair.</summary>
    static abstract TVector Multiply(TVector pairs, TVector weights);

    /// <summary>Adds both products of each pair to its sum.</summary>
    static abstract TVector MultiplyAdd(TVector pairs, TVector weights, TVector sums);

    /// <summary>Writes the sums of low and high pairs in the order of the channels, <see cref="Count"/> integers.</summary>
    static abstract unsafe void Store(TVector low, TVector high, int* destination);
}
