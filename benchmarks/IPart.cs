using AkidaQuant.Benchmarks.Results;

namespace AkidaQuant.Benchmarks;

/// <summary>A part of the benchmarks.</summary>
internal interface IPart
{
    /// <summary>The name by which it is asked for.</summary>
    string Name { get; }

    /// <summary>What it shows.</summary>
    string Title { get; }

    /// <summary>Measures.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="report">Takes what is found.</param>
    void Run(BenchmarkOptions options, Report report);
}
