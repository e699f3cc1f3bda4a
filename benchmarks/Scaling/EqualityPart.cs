using AkidaQuant.Akida.Conversion;
using AkidaQuant.Benchmarks.Networks;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Benchmarks.Shapes;
using AkidaQuant.Execution;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks.Scaling;

/// <summary>The same outputs, bit for bit, whatever the number of threads and the batch.</summary>
internal sealed class EqualityPart : IPart
{
    private const int Count = 100;
    private static readonly int[] Threads = [1, 2, 7];
    private static readonly int[] Batches = [1, 16, 100];

    /// <inheritdoc/>
    public string Name => "equality";

    /// <inheritdoc/>
    public string Title => "Equal outputs";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        Digits digits = new();
        Add(report, "digits", digits.Float, digits.Quantized, digits.Akida, Digits.Samples(Count));
        SampleSet images = NetworkSketch.Images(new Shape(64, 64, 3), Count);
        Model mobile = MobileNetShape.Create(64);
        Model quantized = Quantizer.Quantize(mobile, new QuantizeOptions { Samples = images.Slice(0, 4) });
        Add(report, "MobileNet's shape", mobile, quantized, AkidaConverter.Convert(quantized, AkidaVersion.V2), images);
        if (!BenchNetwork.AreThere(options, report))
        {
            return;
        }

        foreach (string name in BenchNetwork.NamesOf(options))
        {
            BenchNetwork network = new(options.NetworkFolder, name);
            Add(report, name, network.Float, network.Quantized, network.Akida, network.Samples(Batches[1] + 1));
        }
    }

    private static void Add(Report report, string network, Model floating, Model quantized, AkidaModel akida, SampleSet samples)
    {
        Add("float", (batch, threads) => Ours.Run(floating, samples, batch, threads));
        Add("quantized", (batch, threads) => Ours.Run(quantized, samples, batch, threads));
        Add("emulator", (batch, threads) => Ours.Run(akida, samples, batch, threads));

        void Add(string form, Func<int, int, IReadOnlyList<OutputBatch>> run)
        {
            uint[] expected = Bits(run(Batches[0], Threads[0]));
            int different = 0;
            int runs = 0;
            foreach (int threads in Threads)
            {
                foreach (int batch in Batches)
                {
                    different += Bits(run(batch, threads)).Zip(expected).Count(pair => pair.First != pair.Second);
                    runs++;
                }
            }

            report.Add(new Figure(
                $"{network}, {form}: outputs that differ",
                different,
                "",
                0,
                $"of {expected.Length}, in {runs} runs: {string.Join(", ", Threads)} threads, batches of {string.Join(", ", Batches)}"));
        }
    }

    private static uint[] Bits(IReadOnlyList<OutputBatch> batches) =>
        [.. batches.SelectMany(batch => batch.Values).Select(BitConverter.SingleToUInt32Bits)];
}
