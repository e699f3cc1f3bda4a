using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight pairs of 16-bit integers with AVX-VNNI, products and sums in one instruction.</summary>
/// <remarks>
/// Eight lanes of 32 bits with two integers each; why no lane overflows stands at <see cref="ScalarPairLanes"/>.
/// </remarks>
internal readonly struct PairLanes256Vnni : ILanes<int, Vector256<int>>
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
    /// vpdpwssd is vpmaddwd and the sum in one: it multiplies sixteen lanes of 16 bits, and adds both products of a pair
    /// to the addend's lane of 32 bits.
    /// <code>
    ///   left      [x0    | x1   ] [x0    | x1   ] ...     one pair of activations in all lanes, the low half first
    ///   right     [v0    | v1   ] [w0    | w1   ] ...     the weights of column v, of column w, ...
    ///   addend    [s            ] [t            ] ...     their sums so far, lanes of 32 bits
    ///   result    [s + x0*v0 + x1*v1] [t + x0*w0 + x1*w1] ...
    /// </code>
    /// This form wraps where a sum exceeds 32 bits, as the two instructions do; the other one, which saturates, would give
    /// other partial sums.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        AvxVnni.MultiplyWideningAndAdd(addend, left.AsInt16(), right.AsInt16());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAddTwo(
        Vector256<int> left, Vector256<int> right0, Vector256<int> right1, ref Vector256<int> sum0, ref Vector256<int> sum1)
    {
        sum0 = MultiplyAdd(left, right0, sum0);
        sum1 = MultiplyAdd(left, right1, sum1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;
}
