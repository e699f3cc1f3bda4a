using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Four ints, what any processor has; elements of 64 bits and, where the processor cannot, shifts one by one.</summary>
internal readonly struct IntegerLanes128 : IIntegerLanes<Vector128<int>>
{
    /// <inheritdoc/>
    public static int Count => Vector128<int>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<int> Load<T>(T* source)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            return Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());
        }

        return typeof(T) == typeof(int)
            ? Vector128.Load((int*)source)
            : Vector128.Create(
                ScalarIntegerLanes.Load(source),
                ScalarIntegerLanes.Load(source + 1),
                ScalarIntegerLanes.Load(source + 2),
                ScalarIntegerLanes.Load(source + 3));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector128<int> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            *(long*)destination = Vector128.NarrowWithSaturation(value, value).AsInt64().ToScalar();
        }
        else if (typeof(T) == typeof(int))
        {
            value.Store((int*)destination);
        }
        else
        {
            (Vector128<long> lower, Vector128<long> upper) = Vector128.Widen(value);
            lower.Store((long*)destination);
            upper.Store((long*)destination + Vector128<long>.Count);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> left, Vector128<int> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Min(Vector128<int> left, Vector128<int> right) => Vector128.Min(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Max(Vector128<int> left, Vector128<int> right) => Vector128.Max(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRight(Vector128<int> value, Vector128<int> counts) =>
        Avx2.IsSupported ? Avx2.ShiftRightArithmeticVariable(value, counts.AsUInt32())
        : AdvSimd.IsSupported ? AdvSimd.ShiftArithmetic(value, -counts)
        : Vector128.Create(value[0] >> counts[0], value[1] >> counts[1], value[2] >> counts[2], value[3] >> counts[3]);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> value, Vector128<int> counts) =>
        Avx2.IsSupported ? Avx2.ShiftLeftLogicalVariable(value, counts.AsUInt32())
        : AdvSimd.IsSupported ? AdvSimd.ShiftLogical(value, counts)
        : Vector128.Create(value[0] << counts[0], value[1] << counts[1], value[2] << counts[2], value[3] << counts[3]);
}
