using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen pairs of 16-bit integers with AVX-512 BW.</summary>
/// <remarks>
/// Sixteen lanes of 32 bits with two integers each; why no lane overflows stands at <see cref="ScalarPairLanes"/>.
/// </remarks>
internal readonly struct PairLanes512 : ILanes<int, Vector512<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<int> Load(int* source) => Vector512.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector512<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    /// <inheritdoc/>
    /// <remarks>
    /// vpmaddwd sees thirty-two lanes of 16 bits, multiplies them to 32 bits each and adds every two neighbours, so that
    /// sixteen sums come out where the sixteen pairs were:
    /// <code>
    ///   left      [x0    | x1   ] [x0    | x1   ] ...     one pair of activations in all lanes, the low half first
    ///   right     [v0    | v1   ] [w0    | w1   ] ...     the weights of column v, of column w, ...
    ///   products   x0*v0   x1*v1   x0*w0   x1*w1          32 bits each
    ///   result    [x0*v0 + x1*v1] [x0*w0 + x1*w1] ...     lanes of 32 bits, a column each
    /// </code>
    /// The addend has lanes of 32 bits and is added by a second instruction.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAdd(Vector512<int> left, Vector512<int> right, Vector512<int> addend) =>
        Multiply(left, right) + addend;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector512<int> left, Vector512<int> right0, Vector512<int> right1, ref Vector512<int> sum0, ref Vector512<int> sum1)
    {
        Vector512<int> product0 = Multiply(left, right0);
        Vector512<int> product1 = Multiply(left, right1);
        sum0 += product0;
        sum1 += product1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Multiply(Vector512<int> left, Vector512<int> right) =>
        Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());
}
