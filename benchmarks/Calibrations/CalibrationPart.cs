using AkidaQuant.Benchmarks.Networks;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks.Calibrations;

/// <summary>How long quantizing takes, against ONNX Runtime with the float network over the same samples as often.</summary>
internal sealed class CalibrationPart : IPart
{
    private static readonly int[] Counts = [8, 64];
    private static readonly (int Epochs, double Bound)[] Epochs = [(1, 1.6), (2, 1.0)];

    /// <inheritdoc/>
    public string Name => "calibration";

    /// <inheritdoc/>
    public string Title => "Quantizing, ours against ONNX Runtime's float over the same samples";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        if (!BenchNetwork.AreThere(options, report))
        {
            return;
        }

        Table times = new("Milliseconds", ["network", "samples", "epochs", "what", "median", "minimum", "rounds"]);
        foreach (string name in BenchNetwork.NamesOf(options))
        {
            BenchNetwork network = new(options.NetworkFolder, name);
            using Theirs theirs = new(network.PathOf(".onnx"), Environment.ProcessorCount);
            long[] shape = network.BatchShape(1);
            float[][] images = [.. Enumerable.Range(0, network.ImageCount).Select(i => network.Values(i + 1)[^network.ImageShape.Size..])];
            Dictionary<int, double> shortest = [];
            foreach (int count in Counts)
            {
                SampleSet samples = network.Samples(count);
                foreach ((int epochs, double bound) in Epochs)
                {
                    Contestant ours = new("Quantizer.Quantize", () => Quantize(network.Float, samples, epochs));
                    Contestant runtime = new("ONNX Runtime, float", () => RunAll(theirs, images, shape, count * epochs));
                    Contestant[] contestants = [ours, runtime];
                    foreach (Contestant contestant in contestants)
                    {
                        contestant.WarmUp(TimeSpan.FromSeconds(options.IsQuick ? 0.3 : 1));
                    }

                    Contestant.Race(contestants, TimeSpan.FromSeconds(options.IsQuick ? 1 : 4));
                    if (epochs == 1)
                    {
                        shortest[count] = ours.Minimum;
                    }

                    report.Add(new Figure(
                        $"{name}, {count} samples, epochs: {epochs}: quantizing / ONNX Runtime float",
                        ours.Minimum / runtime.Minimum,
                        "",
                        count == Counts[^1] ? bound : null,
                        $"of minima; of medians {Figure.Text(ours.Median / runtime.Median)}"));
                    times.Rows.AddRange(contestants.Select(contestant => (IReadOnlyList<string>)
                    [
                        name, $"{count}", $"{epochs}", contestant.Name,
                        Figure.Text(contestant.Median), Figure.Text(contestant.Minimum), $"{contestant.Count}",
                    ]));
                }
            }

            double sample = (shortest[Counts[1]] - shortest[Counts[0]]) / (Counts[1] - Counts[0]);
            report.Add(new Figure($"{name}: quantizing, for each further sample", sample, "ms"));
            report.Add(new Figure($"{name}: quantizing, whatever the samples", shortest[Counts[0]] - (sample * Counts[0]), "ms"));
        }

        report.Add(times);
    }

    private static void Quantize(Model model, SampleSet samples, int epochs) =>
        Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, Epochs = epochs });

    /// <summary>One image after the other, as calibration goes through them unless told otherwise.</summary>
    private static void RunAll(Theirs theirs, float[][] images, long[] shape, int count)
    {
        for (int i = 0; i < count; i++)
        {
            theirs.Run(images[i % images.Length], shape);
        }
    }
}
