using System.Numerics;

namespace AkidaQuant.Numerics;

/// <summary>Shapes that differ in axes of size 1 or in leading axes.</summary>
internal static class Broadcasting
{
    /// <summary>The dimensions to which both expand, null where they do not fit: counted from the last, they must be equal or 1.</summary>
    /// <param name="left">Some dimensions.</param>
    /// <param name="right">Others.</param>
    /// <param name="meet">What two others become, null where they do not fit; none fit without it.</param>
    public static T[]? Dimensions<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, Func<T, T, T?>? meet = null)
        where T : struct, IBinaryInteger<T>
    {
        var dimensions = new T[Math.Max(left.Count, right.Count)];
        for (int i = 1; i <= dimensions.Length; i++)
        {
            T a = i <= left.Count ? left[^i] : T.One;
            T b = i <= right.Count ? right[^i] : T.One;
            if ((a == b || b == T.One ? a : a == T.One ? b : meet?.Invoke(a, b)) is not { } dimension)
            {
                return null;
            }

            dimensions[^i] = dimension;
        }

        return dimensions;
    }
}
