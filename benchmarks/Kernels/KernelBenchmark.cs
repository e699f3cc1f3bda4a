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

    /// <summary>Makes the kernel and runs it until the runtime has compiled it as well as it will.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _run = Case.Create();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 300)
        {
            _run();
        }
    }

    /// <summary>Runs the kernel once.</summary>
    [Benchmark]
    public void Run() => _run();
}
