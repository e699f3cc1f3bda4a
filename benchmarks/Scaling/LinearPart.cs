using System.Diagnostics;
using System.Globalization;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Benchmarks.Shapes;
using AkidaQuant.Execution;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks.Scaling;

/// <summary>What further samples cost: memory that is allocated and, over many of them, time and memory that is held.</summary>
internal sealed class LinearPart : IPart
{
    /// <summary>The hidden verb of the process that runs some of the digits and prints its greatest memory.</summary>
    public const string ChildVerb = "child-run-digits";

    private const int Few = 100;
    private const int Many = 1_000;
    private const int Most = 10_000;
    private const int Repetitions = 5;

    /// <inheritdoc/>
    public string Name => "linear";

    /// <inheritdoc/>
    public string Title => "Further samples";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        Digits digits = new();
        SampleSet samples = Digits.Samples(Most);
        AddAllocations(report, "digits", digits.Akida, samples);
        Model mobile = MobileNetShape.Create(32);
        SampleSet images = NetworkSketch.Images(new Shape(32, 32, 3), Many);
        Model quantized = Quantizer.Quantize(mobile, new QuantizeOptions { Samples = images.Slice(0, 4) });
        AddAllocations(report, "MobileNet's shape for 32x32", AkidaConverter.Convert(quantized, AkidaVersion.V2), images);

        double many = Shortest(digits.Akida, samples.Slice(0, Many));
        double most = Shortest(digits.Akida, samples);
        report.Add(new Figure(
            $"emulator, {Most} digits / {Many} digits, time",
            most / many,
            Remark: $"{Figure.Text(most)} and {Figure.Text(many)} ms, shortest of {Repetitions}"));
        double manyPeak = PeakOfChild(Many);
        double mostPeak = PeakOfChild(Most);
        report.Add(new Figure(
            $"emulator, {Most} digits / {Many} digits, peak of a process that holds {Most}",
            mostPeak / manyPeak,
            Remark: $"{Figure.Text(mostPeak / (1 << 20))} and {Figure.Text(manyPeak / (1 << 20))} MiB"));
    }

    /// <summary>What the process of <see cref="ChildVerb"/> does.</summary>
    public static int RunChild(string count)
    {
        Digits digits = new();
        SampleSet samples = Digits.Samples(Most).Slice(0, int.Parse(count, CultureInfo.InvariantCulture));
        Consume(digits.Akida, samples);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(process.PeakWorkingSet64);
        return 0;
    }

    private static double PeakOfChild(int count)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, [ChildVerb, $"{count}"]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    private static void AddAllocations(Report report, string network, AkidaModel model, SampleSet samples)
    {
        Consume(model, samples.Slice(0, Many));
        double few = Allocated(model, samples.Slice(0, Few));
        double many = Allocated(model, samples.Slice(0, Many));
        double results = sizeof(float) * model.OutputShape.Size;
        report.Add(new Figure(
            $"emulator, {network}: bytes that a warm run allocates for each further sample beyond its results",
            ((many - few) / (Many - Few)) - results,
            "",
            64,
            $"{Few} samples {Figure.Text(few)}, {Many} samples {Figure.Text(many)} bytes; results {Figure.Text(results)} bytes a sample"));
    }

    /// <summary>The least that was allocated, all threads together: compilers and timers of the runtime come and go.</summary>
    private static double Allocated(AkidaModel model, SampleSet samples) => Enumerable.Range(0, Repetitions).Min(_ =>
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Consume(model, samples);
        return (double)(GC.GetTotalAllocatedBytes(precise: true) - before);
    });

    private static double Shortest(AkidaModel model, SampleSet samples) => Enumerable.Range(0, Repetitions).Min(_ =>
    {
        long start = Stopwatch.GetTimestamp();
        Consume(model, samples);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    });

    private static void Consume(AkidaModel model, SampleSet samples)
    {
        foreach (OutputBatch batch in Emulator.Run(model, samples))
        {
            ArgumentOutOfRangeException.ThrowIfZero(batch.Count);
        }
    }
}
