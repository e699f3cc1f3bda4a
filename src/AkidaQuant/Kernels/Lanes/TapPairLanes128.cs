using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight channels of two taps, with the operations that x86 or ARM have for them, else with those of any processor.</summary>
/// <remarks>A vector is one block of 128 bits, so that low and high pairs are in the order of the channels.</remarks>
internal readonly struct TapPairLanes128 : ITapPairLanes<Vector128<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector128<short>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<int> Load(short* source) => Vector128.Load((int*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Low(Vector128<int> first, Vector128<int> second)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.UnpackLow(first.AsInt16(), second.AsInt16()).AsInt32();
        }

        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.ZipLow(first.AsInt16(), second.AsInt16()).AsInt32()
            : (Vector128.WidenLower(first.AsUInt16()) | (Vector128.WidenLower(second.AsUInt16()) << 16)).AsInt32();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> High(Vector128<int> first, Vector128<int> second)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.UnpackHigh(first.AsInt16(), second.AsInt16()).AsInt32();
        }

        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.ZipHigh(first.AsInt16(), second.AsInt16()).AsInt32()
            : (Vector128.WidenUpper(first.AsUInt16()) | (Vector128.WidenUpper(second.AsUInt16()) << 16)).AsInt32();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> pairs, Vector128<int> weights) => Sse2.IsSupported
        ? Sse2.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16())
        : PairLanes128.MultiplyAdd(pairs, weights, default);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAdd(Vector128<int> pairs, Vector128<int> weights, Vector128<int> sums) => Sse2.IsSupported
        ? Sse2.Add(Sse2.MultiplyAddAdjacent(pairs.AsInt16(), weights.AsInt16()), sums)
        : PairLanes128.MultiplyAdd(pairs, weights, sums);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(Vector128<int> low, Vector128<int> high, int* destination)
    {
        low.Store(destination);
        high.Store(destination + 4);
    }
}
