using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Tests.Kernels;

/// <summary>Cases of kernels that sum products of integers.</summary>
internal static class SumCases
{
    /// <summary>Compares a kernel's sums with the expected ones, all of which its range must hold.</summary>
    /// <param name="expected">The saturated sums.</param>
    /// <param name="range">The range that the kernel says.</param>
    /// <param name="wide">Whether the output has 64 bits rather than the fewest that hold the range.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="run">Fills the output.</param>
    public static void Check(long[] expected, ValueRange range, bool wide, int batch, Action<IntegerData> run)
    {
        Assert.All(expected, value => Assert.InRange(value, range.Min, range.Max));
        IntegerStorage narrowest = Array.Find(
            Enum.GetValues<IntegerStorage>(), storage => range.Min >= storage.Range().Min && range.Max <= storage.Range().Max);
        IntegerData output = new(expected.Length / batch, batch, wide ? IntegerStorage.Int64 : narrowest);
        run(output);
        Assert.Equal(expected, Cases.Values(output));
    }
}
