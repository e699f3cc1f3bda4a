using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight ints with AVX2.</summary>
internal readonly struct IntegerLanes256 : IIntegerLanes<Vector256<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<int> Load<T>(T* source)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            return Avx2.ConvertToVector256Int32(Vector128.Load((short*)source));
        }

        // Four elements of 64 bits become the lower half, the next four the upper one.
        return typeof(T) == typeof(int) ? Vector256.Load((int*)source)
            : typeof(T) == typeof(long) ? Vector256.Create(Narrow((long*)source), Narrow((long*)source + Vector256<long>.Count))
            : Vector256.Create(Narrow((double*)source), Narrow((double*)source + Vector256<double>.Count));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector256<int> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            Sse2.PackSignedSaturate(value.GetLower(), value.GetUpper()).Store((short*)destination);
        }
        else if (typeof(T) == typeof(int))
        {
            value.Store((int*)destination);
        }
        else
        {
            Avx2.ConvertToVector256Int64(value.GetLower()).Store((long*)destination);
            Avx2.ConvertToVector256Int64(value.GetUpper()).Store((long*)destination + Vector256<long>.Count);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Multiply(Vector256<int> left, Vector256<int> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Min(Vector256<int> left, Vector256<int> right) => Vector256.Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Max(Vector256<int> left, Vector256<int> right) => Vector256.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftRight(Vector256<int> value, Vector256<int> counts) =>
        Avx2.ShiftRightArithmeticVariable(value, counts.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ShiftLeft(Vector256<int> value, Vector256<int> counts) =>
        Avx2.ShiftLeftLogicalVariable(value, counts.AsUInt32());

    /// <remarks>Clamped in 64 bits, of which each lane then keeps its low half: the even ones of eight halves.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<int> Narrow(long* source)
    {
        Vector256<long> clamped = Vector256.Max(
            Vector256.Min(Vector256.Load(source), Vector256.Create((long)int.MaxValue)), Vector256.Create((long)int.MinValue));
        return Avx2.PermuteVar8x32(clamped.AsInt32(), Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<int> Narrow(double* source) => Avx.ConvertToVector128Int32WithTruncation(Vector256.MinNative(
        Vector256.MaxNative(Vector256.Load(source), Vector256.Create((double)int.MinValue)), Vector256.Create((double)int.MaxValue)));
}
