using System.Numerics;
using System.Numerics.Tensors;

namespace AkidaQuant.Kernels.Integer;

/// <summary>What happens to finished sums of integers on their way to the output buffer.</summary>
internal static class IntegerSums
{
    /// <summary>Whether the buffer holds sums of this type, so that they need no scratch.</summary>
    public static bool WritesDirectly<T>(IntegerData output) =>
        (output.Storage == IntegerStorage.Int16 && typeof(T) == typeof(short))
        || (output.Storage == IntegerStorage.Int32 && typeof(T) == typeof(int))
        || (output.Storage == IntegerStorage.Int64 && typeof(T) == typeof(long));

    /// <summary>Clamps the sums to the range, if there is one: each lane by itself, between the same two bounds.</summary>
    /// <remarks>Bounds beyond what a sum's type holds become its extremes, which clamp nothing.</remarks>
    public static void Saturate<T>(Span<T> sums, ValueRange? range)
        where T : unmanaged, INumber<T>
    {
        if (range is { } limits)
        {
            TensorPrimitives.Clamp(sums, T.CreateSaturating(limits.Min), T.CreateSaturating(limits.Max), sums);
        }
    }
}
