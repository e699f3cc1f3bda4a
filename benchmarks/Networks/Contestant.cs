using System.Diagnostics;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>Something that is timed again and again, in turn with others.</summary>
/// <param name="name">What it is.</param>
/// <param name="run">Does it once.</param>
internal sealed class Contestant(string name, Action run)
{
    /// <summary>Calls so short, in milliseconds, that it counts whether the threads which help are awake.</summary>
    private const double ShortCall = 20;

    private readonly List<double> _times = [];

    /// <summary>What it is.</summary>
    public string Name => name;

    /// <summary>The number of times that it was timed.</summary>
    public int Count => _times.Count;

    /// <summary>The shortest time, in milliseconds.</summary>
    public double Minimum => _times.Min();

    /// <summary>The time in the middle of all, in milliseconds.</summary>
    public double Median => Medians.Of(_times);

    /// <summary>Whether no time of the second half is shorter, by more than a hundredth, than the shortest of the first.</summary>
    private bool IsSettled => Minimum > 0.99 * _times.Take(_times.Count / 2).Min();

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

    /// <summary>Does it once and keeps the time. A short call comes right behind another one, as if there were no others.</summary>
    public void Measure()
    {
        if (_times.Count == 0 || _times[^1] < ShortCall)
        {
            run();
        }

        long start = Stopwatch.GetTimestamp();
        run();
        _times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>
    /// Measures all in turn, again and again, for at least five rounds and until the time is over; and then for as long again as it takes
    /// until the second half of the rounds has brought nobody a shorter time that counts, at most four times the time in all. On a
    /// machine that others use too, quiet moments come by chance, and those who met none are given more.
    /// </summary>
    public static void Race(IReadOnlyList<Contestant> contestants, TimeSpan time)
    {
        const int LeastRounds = 5;
        const int MostTimes = 4;
        var clock = Stopwatch.StartNew();
        bool isOver = false;
        for (int round = 1; !isOver; round++)
        {
            foreach (Contestant contestant in contestants)
            {
                contestant.Measure();
                Rest();
            }

            isOver = round >= LeastRounds
                && (clock.Elapsed > MostTimes * time || (clock.Elapsed > time && contestants.All(contestant => contestant.IsSettled)));
        }
    }

    /// <summary>
    /// Waits until the threads of this process are idle: those of ONNX Runtime spin for some time when a call has ended, and would take
    /// the cores from whoever comes next. Linux adds up the time of other threads at its ticks only, 1 to 10 ms apart, so that a shorter
    /// look would find threads idle that spin.
    /// </summary>
    private static void Rest()
    {
        const int MostMilliseconds = 200;
        const int Tick = 10;
        var idle = TimeSpan.FromMilliseconds(0.5);
        var clock = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int quiet = 0; quiet < 2 && clock.ElapsedMilliseconds < MostMilliseconds;)
        {
            Thread.Sleep(Tick);
            TimeSpan now = Environment.CpuUsage.TotalTime;
            quiet = now - before < idle ? quiet + 1 : 0;
            before = now;
        }
    }
}
