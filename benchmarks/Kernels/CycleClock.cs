using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>How many cycles the processor does in a nanosecond, found by operations of one cycle that wait for each other.</summary>
internal static class CycleClock
{
    private const int Rounds = 200_000;
    private const int OperationsOfARound = 16;
    private const int Repetitions = 50;

    /// <summary>The greatest frequency seen, in cycles a nanosecond.</summary>
    public static double Measure()
    {
        double shortest = double.MaxValue;
        ulong value = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            value = Chain(value, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F);
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        GC.KeepAlive(value);
        return (double)Rounds * OperationsOfARound / shortest;
    }

    /// <summary>Additions and exclusive ors by turns, which no compiler brings together.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Chain(ulong value, ulong one, ulong other)
    {
        for (int round = 0; round < Rounds; round++)
        {
            value = (((((((value + one) ^ other) + one) ^ other) + one) ^ other) + one) ^ other;
            value = (((((((value + one) ^ other) + one) ^ other) + one) ^ other) + one) ^ other;
        }

        return value;
    }
}
