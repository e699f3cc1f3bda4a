using AkidaQuant.Kernels.Lanes;

namespace AkidaQuant.Tests.Kernels.Lanes;

/// <summary>What holds for lanes of every kind.</summary>
internal static class LaneCases
{
    /// <summary>Two vectors multiplied together, in whichever order, give what each does alone.</summary>
    /// <param name="left">The operand of both.</param>
    /// <param name="right">Operands, from <paramref name="first"/> on whole vectors.</param>
    /// <param name="addend">As many sums.</param>
    /// <param name="expected">What comes out.</param>
    /// <param name="first">The first element.</param>
    public static unsafe void CheckTwo<T, TVector, TLanes>(T left, T[] right, T[] addend, T[] expected, int first = 0)
        where T : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        (T[] asFirst, T[] asSecond) = ([.. expected[..first], .. new T[expected.Length - first]], (T[])expected.Clone());
        Array.Clear(asSecond, first, expected.Length - first);
        fixed (T* b = right, c = addend, to = asFirst, alsoTo = asSecond)
        {
            TVector x = TLanes.Broadcast(left);
            for (int i = first; i < expected.Length; i += TLanes.Count)
            {
                int next = i + TLanes.Count < expected.Length ? i + TLanes.Count : first;
                TVector sum = TLanes.Load(c + i);
                TVector other = TLanes.Load(c + next);
                TLanes.MultiplyAddTwo(x, TLanes.Load(b + i), TLanes.Load(b + next), ref sum, ref other);
                TLanes.Store(sum, to + i);
                TLanes.Store(other, alsoTo + next);
            }
        }

        Assert.Equal(expected, asFirst);
        Assert.Equal(expected, asSecond);
    }
}
