using AkidaQuant.Benchmarks.Calibrations;
using AkidaQuant.Benchmarks.Kernels;
using AkidaQuant.Benchmarks.Memory;
using AkidaQuant.Benchmarks.Networks;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Benchmarks.Scaling;
using AkidaQuant.Benchmarks.Starts;

namespace AkidaQuant.Benchmarks;

/// <summary>The parts of the benchmarks, one after the other, and the files that they leave.</summary>
internal static class Parts
{
    private static readonly IPart[] All =
    [
        new NetworkPart(), new CalibrationPart(), new MemoryPart(), new StartPart(), new LinearPart(), new EqualityPart(), new KernelPart(),
    ];

    /// <summary>Runs the parts that are named, or all; the exit code says whether that was possible, not whether bounds hold.</summary>
    public static int Run(string[] arguments)
    {
        BenchmarkOptions options;
        IPart[] parts;
        try
        {
            options = BenchmarkOptions.Read(arguments);
            parts = [.. Chosen(options.Parts)];
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine($"{error.Message}\n\n{BenchmarkOptions.Usage}");
            return 2;
        }

        Machine machine = new();
        Console.WriteLine(machine.Markdown());
        string folder = Repository.PathOf($"benchmarks/results/{machine.Folder}");
        List<Report> reports = [];
        foreach (IPart part in parts)
        {
            Console.WriteLine($"\n{part.Title}\n");
            Report report = new(part.Name, part.Title);
            part.Run(options, report);
            reports.Add(report);
            if (!options.IsQuick && options.OnlyNetwork is null)
            {
                report.Write(folder, machine);
            }
        }

        Summary.Print(reports);
        if (!options.IsQuick && options.OnlyNetwork is null && parts.Length == All.Length)
        {
            Summary.Write(reports, folder, machine);
        }

        return 0;
    }

    private static IEnumerable<IPart> Chosen(IReadOnlyList<string> names) => names.Count == 0 ? All : names.Select(name =>
        Array.Find(All, part => part.Name == name) ?? throw new ArgumentException($"There is no part {name}."));
}
