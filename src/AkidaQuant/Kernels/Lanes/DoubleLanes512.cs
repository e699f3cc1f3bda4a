using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Eight doubles, converted with AVX-512 F, DQ and VL.</summary>
internal readonly struct DoubleLanes512 : IDoubleLanes<Vector512<double>>
{
    /// <inheritdoc/>
    public static int Count => Vector512<double>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<double> Load<T>(T* source)
        where T : unmanaged
    {
        // Eight shorts (128 bits of memory) are widened to eight ints (256 bits) and those to eight doubles (512 bits).
        if (typeof(T) == typeof(short))
        {
            return Avx512F.ConvertToVector512Double(Avx2.ConvertToVector256Int32(Vector128.Load((short*)source)));
        }

        return typeof(T) == typeof(int)
            ? Avx512F.ConvertToVector512Double(Vector256.Load((int*)source))
            : Vector512.Load((double*)source);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector512<double> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            // Eight doubles to eight ints (256 bits), of which the low 16 bits are kept; callers see to it that nothing is lost,
            // or report it.
            Avx512F.VL.ConvertToVector128Int16(Avx512F.ConvertToVector256Int32WithTruncation(value)).Store((short*)destination);
        }
        else if (typeof(T) == typeof(int))
        {
            Avx512F.ConvertToVector256Int32WithTruncation(value).Store((int*)destination);
        }
        else if (typeof(T) == typeof(long))
        {
            // The native form is one instruction; the other one would also clamp what is beyond 64 bits, which never comes here.
            Vector512.ConvertToInt64Native(value).Store((long*)destination);
        }
        else
        {
            value.Store((double*)destination);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Min(Vector512<double> left, Vector512<double> right) => Vector512.MinNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Max(Vector512<double> left, Vector512<double> right) => Vector512.MaxNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Floor(Vector512<double> value) => Vector512.Floor(value);
}
