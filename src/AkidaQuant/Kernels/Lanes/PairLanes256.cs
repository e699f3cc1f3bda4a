using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight pairs of 16-bit integers with AVX2.</summary>
/// <remarks>
/// Eight lanes of 32 bits with two integers each; why no lane overflows stands at <see cref="ScalarPairLanes"/>.
/// </remarks>
internal readonly struct PairLanes256 : ILanes<int, Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Load(int* source) => Vector256.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector256<int> value, int* destination) => value.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    /// <remarks>
    /// vpmaddwd sees sixteen lanes of 16 bits, multiplies them to 32 bits each and adds every two neighbours, so that
    /// eight sums come out where the eight pairs were:
    /// <code>
    ///   left      [x0    | x1   ] [x0    | x1   ] ...     one pair of activations in all lanes, the low half first
    ///   right     [v0    | v1   ] [w0    | w1   ] ...     the weights of column v, of column w, ...
    ///   products   x0*v0   x1*v1   x0*w0   x1*w1          32 bits each
    ///   result    [x0*v0 + x1*v1] [x0*w0 + x1*w1] ...     lanes of 32 bits, a column each
    /// </code>
    /// The addend has lanes of 32 bits and is added by a second instruction.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        Multiply(left, right) + addend;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector256<int> left, Vector256<int> right0, Vector256<int> right1, ref Vector256<int> sum0, ref Vector256<int> sum1)
    {
        Vector256<int> product0 = Multiply(left, right0);
        Vector256<int> product1 = Multiply(left, right1);
        sum0 += product0;
        sum1 += product1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Multiply(Vector256<int> left, Vector256<int> right) =>
        Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());
}
