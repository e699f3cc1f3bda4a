using BenchmarkDotNet.Attributes;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>What BenchmarkDotNet runs: every kernel case.</summary>
public class KernelBenchmark
{
    private Action _run = () => { };

    /// <summary>All cases.</summary>
    public static IEnumerable<KernelCase> Cases =>
        [.. ConvolutionCases.All, .. DepthwiseCases.All, .. PointwiseCases.All, .. ZeroCases.All];

    /// <summary>The case to run.</summary>
    [ParamsSource(nameof(Cases))]
    public KernelCase Case { get; set; } = null!;

    /// <summary>
    /// Makes the kernel and runs it until the runtime has compiled it as well as it will, which it does when nothing new was compiled
    /// for a tenth of a second.
    /// </summary>
    [GlobalSetup]
    public void Setup()
    {
        _run = Case.Create();
        RunFor(200);
        Thread.Sleep(150);
        RunFor(150);
        Thread.Sleep(50);
    }

    /// <summary>Runs the kernel once.</summary>
    [Benchmark]
    public void Run() => _run();

    private void RunFor(int milliseconds)
    {
        const int LeastCalls = 40;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int calls = 0; calls < LeastCalls || clock.ElapsedMilliseconds < milliseconds; calls++)
        {
            _run();
        }
    }
}
