using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>Four doubles, converted with AVX2.</summary>
internal readonly struct DoubleLanes256 : IDoubleLanes<Vector256<double>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<double>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector256<double> Load<T>(T* source)
        where T : unmanaged
    {
        // Four shorts (64 bits of memory) are widened to four ints (128 bits) and those to four doubles (256 bits); the int
        // between them is there because no instruction goes from 16 bits to a double.
        if (typeof(T) == typeof(short))
        {
            return Avx.ConvertToVector256Double(Sse41.ConvertToVector128Int32((short*)source));
        }

        return typeof(T) == typeof(int)
            ? Avx.ConvertToVector256Double(Vector128.Load((int*)source))
            : Vector256.Load((double*)source);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(Vector256<double> value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            // The pack narrows two vectors of four ints to eight shorts, [i0 i1 i2 i3 i0 i1 i2 i3]: its lower half, 64 bits, is
            // what is wanted. It clamps an int beyond 16 bits; callers see to it that there is none,
            // or report it.
            Vector128<int> integers = Avx.ConvertToVector128Int32WithTruncation(value);
            Sse2.PackSignedSaturate(integers, integers).GetLower().Store((short*)destination);
        }
        else if (typeof(T) == typeof(int))
        {
            Avx.ConvertToVector128Int32WithTruncation(value).Store((int*)destination);
        }
        else if (typeof(T) == typeof(long))
        {
            Vector256.ConvertToInt64(value).Store((long*)destination);
        }
        else
        {
            value.Store((double*)destination);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => left * right;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Min(Vector256<double> left, Vector256<double> right) => Vector256.MinNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> left, Vector256<double> right) => Vector256.MaxNative(left, right);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Floor(Vector256<double> value) => Vector256.Floor(value);
}
