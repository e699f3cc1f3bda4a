using System.Runtime.CompilerServices;

namespace AkidaQuant.Kernels.Lanes;

/// <summary>One int at a time: runs anywhere, and is what the vector forms are tested against.</summary>
internal readonly struct ScalarIntegerLanes : IIntegerLanes<int>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe int Load<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(short) ? *(short*)source
        : typeof(T) == typeof(int) ? *(int*)source
        : typeof(T) == typeof(long) ? (int)Math.Clamp(*(long*)source, int.MinValue, int.MaxValue)
        : (int)Math.Clamp(*(double*)source, int.MinValue, int.MaxValue);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store<T>(int value, T* destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(short))
        {
            *(short*)destination = (short)Math.Clamp(value, short.MinValue, short.MaxValue);
        }
        else if (typeof(T) == typeof(int))
        {
            *(int*)destination = value;
        }
        else
        {
            *(long*)destination = value;
        }
    }

    /// <inheritdoc/>
    public static int Broadcast(int value) => value;

    /// <inheritdoc/>
    public static int Add(int left, int right) => unchecked(left + right);

    /// <inheritdoc/>
    public static int Multiply(int left, int right) => unchecked(left * right);

    /// <inheritdoc/>
    public static int Min(int left, int right) => Math.Min(left, right);

    /// <inheritdoc/>
    public static int Max(int left, int right) => Math.Max(left, right);

    /// <inheritdoc/>
    public static int ShiftRight(int value, int counts) => value >> counts;

    /// <inheritdoc/>
    public static int ShiftLeft(int value, int counts) => value << counts;
}
