using AkidaQuant.Benchmarks.Results;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace AkidaQuant.Benchmarks.Kernels;

/// <summary>
/// Kernels one by one on one thread, timed by BenchmarkDotNet, in products a cycle against what the vector units could do.
/// </summary>
internal sealed class KernelPart : IPart
{
    /// <inheritdoc/>
    public string Name => "kernels";

    /// <inheritdoc/>
    public string Title => "Kernels";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        double before = CycleClock.Measure();
        BenchmarkDotNet.Reports.Summary summary = BenchmarkRunner.Run<KernelBenchmark>(Config(options.IsQuick));
        double after = CycleClock.Measure();
        double frequency = Math.Max(before, after);
        report.Add(new Figure("cycles a nanosecond", frequency, "", Remark: $"{Figure.Text(before)} before, {Figure.Text(after)} after"));
        Table table = new(
            "Kernels on one thread", ["kernel", "microseconds, least", "median", "counted", "a cycle", "of at most", "share of it"]);
        string[] order = [.. KernelBenchmark.Cases.Select(kernel => kernel.Name)];
        table.Rows.AddRange(
            summary.Reports.OrderBy(kernel => Array.IndexOf(order, CaseOf(kernel).Name)).Select(kernel => Row(kernel, frequency)));

        report.Add(table);
    }

    private static KernelCase CaseOf(BenchmarkReport report) => (KernelCase)report.BenchmarkCase.Parameters.Items.Single().Value;

    private static IReadOnlyList<string> Row(BenchmarkReport report, double frequency)
    {
        KernelCase kernel = CaseOf(report);
        if (report.ResultStatistics is not { } statistics)
        {
            return [kernel.Name, "failed", "", kernel.Unit, "", "", ""];
        }

        double rate = kernel.Operations / (statistics.Min * frequency);
        return
        [
            kernel.Name,
            Figure.Text(statistics.Min / 1000),
            Figure.Text(statistics.Median / 1000),
            kernel.Unit,
            Figure.Text(rate),
            kernel.Bound is { } bound ? Figure.Text(bound) : "",
            kernel.Bound is { } most ? Figure.Text(rate / most) : "",
        ];
    }

    /// <summary>In this process, since nothing but kernels runs in it, and short: minima are steady.</summary>
    private static ManualConfig Config(bool isQuick) => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(2)
            .WithIterationCount(isQuick ? 5 : 15)
            .WithIterationTime(TimeInterval.FromMilliseconds(15)))
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance)
        .WithArtifactsPath(Repository.PathOf("artifacts/benchmarkdotnet"))
        .WithOptions(ConfigOptions.DisableLogFile);
}
