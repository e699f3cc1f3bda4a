using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Two doubles, converted one by one: what any processor has.</summary>
/// <remarks>Lane 0 is the element at the address, lane 1 the one behind it.</remarks>
internal readonly struct DoubleLanes128 : IDoubleLanes<Vector128<double>>
{
    /// <inheritdoc/>
    public static int Count => Vector128<double>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector128<double> Load<T>(T* source)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            return Vector128.Create((double)((short*)source)[0], ((short*)source)[1]);
        }

        return typeof(T) == typeof(int)
            ? Vector128.Create((double)((int*)source)[0], ((int*)source)[1])
            : Vector128.Load((double*)source);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector128<double> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            ((short*)destination)[0] = (short)value[0];
            ((short*)destination)[1] = (short)value[1];
        }
        else if (typeof(T) == typeof(int))
        {
            ((int*)destination)[0] = (int)value[0];
            ((int*)destination)[1] = (int)value[1];
        }
        else if (typeof(T) == typeof(long))
        {
            ((long*)destination)[0] = (long)value[0];
            ((long*)destination)[1] = (long)value[1];
        }
        else
        {
            value.Store((double*)destination);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Min(Vector128<double> left, Vector128<double> right) => Vector128.MinNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Max(Vector128<double> left, Vector128<double> right) => Vector128.MaxNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Floor(Vector128<double> value) => Vector128.Floor(value);
}
