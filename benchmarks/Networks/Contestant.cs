using System.Diagnostics;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>Something that is timed again and again, in turn with others.</summary>
/// <param name="name">What it is.</param>
/// <param name="run">Does it once.</param>
internal sealed class Contestant(string name, Action run)
{
    private readonly List<double> _times = [];

    /// <summary>What it is.</summary>
    public string Name => name;

    /// <summary>The number of times that it was timed.</summary>
    public int Count => _times.Count;

    /// <summary>The shortest time, in milliseconds.</summary>
    public double Minimum => _times.Min();

    /// <summary>The time in the middle of all, in milliseconds.</summary>
    public double Median => Medians.Of(_times);

    /// <summary>Does it for a while, so that the runtime has compiled it as well as it will.</summary>
    public void WarmUp(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        do
        {
            run();
        }
        while (clock.Elapsed < time);
    }

    /// <summary>Does it once and keeps the time.</summary>
    public void Measure()
    {
        long start = Stopwatch.GetTimestamp();
        run();
        _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Measures all in turn, again and again, for at least five rounds and until the time is over.</summary>
    public static void Race(IReadOnlyList<Contestant> contestants, TimeSpan time)
    {
        const int LeastRounds = 5;
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < LeastRounds || clock.Elapsed < time; round++)
        {
            foreach (Contestant contestant in contestants)
            {
                contestant.Measure();
            }
        }
    }
}
