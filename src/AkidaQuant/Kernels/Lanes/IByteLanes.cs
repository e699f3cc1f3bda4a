namespace AkidaQuant.Kernels.Lanes;

/// <summary>
/// Vectors of ints that hold four unsigned bytes on the left, four signed ones on the right, and sums of 32 or of 16 bits.
/// </summary>
/// <remarks>
/// What a lane of 32 bits computes, in which an operand holds four integers:
/// <code>
///   bits      31 .. 24  23 .. 16   15 .. 8   7 .. 0
///   left      [ x3    |  x2      |  x1     |  x0   ]    neighbours in a row of activations, 0 to 255
///   right     [ w3    |  w2      |  w1     |  w0   ]    the weights that meet them, -128 to 127 (PackedMatrix.OfBytes)
///   narrow    [ s1 + x2*w2 + x3*w3 | s0 + x0*w0 + x1*w1 ]    two sums of 16 bits
///   wide      [ s + x0*w0 + x1*w1 + x2*w2 + x3*w3      ]
/// </code>
/// The instructions saturate a pair of products to 16 bits: 255 * 127 * 2 would exceed them. Kernels take bytes only where the
/// positive products of a narrow sum add up to at most 2^15 - 1 and the negative ones to at least -2^15 for whatever the row holds
/// (ByteProducts), which no partial sum exceeds then. Sums of 32 bits may wrap on the way: additions modulo 2^32 end where the
/// exact sum is, which fits.
/// </remarks>
/// <typeparam name="TVector">A vector of ints.</typeparam>
internal interface IByteLanes<TVector> : ILanes<int, TVector>
{
    /// <summary>
    /// The products of one operand and two others, each added to two sums of 16 bits a lane, in the order of
    /// <see cref="ILanes{T, TVector}.MultiplyAddTwo"/>.
    /// </summary>
    static abstract void MultiplyAddTwoNarrow(TVector left, TVector right0, TVector right1, ref TVector sums0, ref TVector sums1);

    /// <summary>The products, added to two sums of 16 bits a lane.</summary>
    static abstract TVector MultiplyAddNarrow(TVector left, TVector right, TVector sums);

    /// <summary>Both sums of 16 bits of a lane, added to one of 32.</summary>
    static abstract TVector AddNarrow(TVector sums, TVector addend);
}
