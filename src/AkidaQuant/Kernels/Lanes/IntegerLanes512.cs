using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Sixteen ints with AVX-512 F, BW and DQ.</summary>
internal readonly struct IntegerLanes512 : IIntegerLanes<Vector512<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<int> Load<T>(T* source)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            return Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
        }

        if (typeof(T) == typeof(int))
        {
            return Vector512.Load((int*)source);
        }

        // Eight elements of 64 bits become the lower half, the next eight the upper one.
        if (typeof(T) == typeof(long))
        {
            return Vector512.Create(
                Avx512F.ConvertToVector256Int32WithSaturation(Vector512.Load((long*)source)),
                Avx512F.ConvertToVector256Int32WithSaturation(Vector512.Load((long*)source + Vector512<long>.Count)));
        }

        return Vector512.Create(Narrow((double*)source), Narrow((double*)source + Vector512<double>.Count));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector512<int> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            Avx512F.ConvertToVector256Int16WithSaturation(value).Store((short*)destination);
        }
        else if (typeof(T) == typeof(int))
        {
            value.Store((int*)destination);
        }
        else
        {
            Avx512F.ConvertToVector512Int64(value.GetLower()).Store((long*)destination);
            Avx512F.ConvertToVector512Int64(value.GetUpper()).Store((long*)destination + Vector512<long>.Count);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> left, Vector512<int> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Min(Vector512<int> left, Vector512<int> right) => Vector512.Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Max(Vector512<int> left, Vector512<int> right) => Vector512.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftRight(Vector512<int> value, Vector512<int> counts) =>
        Avx512F.ShiftRightArithmeticVariable(value, counts.AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftLeft(Vector512<int> value, Vector512<int> counts) =>
        Avx512F.ShiftLeftLogicalVariable(value, counts.AsUInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<int> Narrow(double* source) => Avx512F.ConvertToVector256Int32WithTruncation(Vector512.MinNative(
        Vector512.MaxNative(Vector512.Load(source), Vector512.Create((double)int.MinValue)), Vector512.Create((double)int.MaxValue)));
}
