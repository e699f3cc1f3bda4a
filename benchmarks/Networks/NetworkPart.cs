using System.Runtime.Intrinsics.X86;
using AkidaQuant.Benchmarks.Results;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>
/// Our float, quantized and Akida models against ONNX Runtime with the float network, its own quantized one (QDQ) and the reference's
/// graph, in one process on the same images, each in turn.
/// </summary>
internal sealed class NetworkPart : IPart
{
    private const string Emulator = "ours, emulator";
    private const string Emulator4 = "ours, emulator, 4-bit weights";
    private const string Float = "ours, float";
    private const string Quantized = "ours, quantized";
    private const string TheirFloat = "ONNX Runtime, float";
    private const string TheirQdq = "ONNX Runtime, QDQ int8";
    private const string TheirGraph = "ONNX Runtime, reference's graph";

    /// <summary>The first calls take the compiler's threads along with them.</summary>
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan RaceTime = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan QuickRaceTime = TimeSpan.FromSeconds(1.5);
    private static readonly int[] Batches = [1, 16];
    private static readonly int[] Threads = [1, 2];

    /// <inheritdoc/>
    public string Name => "networks";

    /// <inheritdoc/>
    public string Title => "Networks, ours against ONNX Runtime";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        if (!BenchNetwork.AreThere(options, report))
        {
            return;
        }

        Table times = new(
            "Milliseconds for a batch", ["network", "batch", "threads", "what", "median", "minimum", "rounds", "minimum / emulator's"]);
        foreach (string name in BenchNetwork.NamesOf(options))
        {
            BenchNetwork network = new(options.NetworkFolder, name);
            AddOutputs(report, network);
            Dictionary<(int Batch, int Threads), double> emulator = [];
            foreach (int threads in Threads)
            {
                Race(network, threads, options, (batch, contestants) =>
                {
                    emulator[(batch, threads)] = contestants[Emulator].Minimum;
                    AddRows(times, [name, $"{batch}", $"{threads}"], contestants);
                    AddRatios(report, $"{name}, batch {batch}, threads: {threads}", contestants, name == BenchNetwork.ResNet);
                });
            }

            foreach (int batch in Batches)
            {
                double ratio = emulator[(batch, 2)] / emulator[(batch, 1)];
                report.Add(new Figure($"{name}, batch {batch}: emulator on 2 threads / on 1", ratio, "", 0.6));
            }
        }

        report.Add(times);
    }

    /// <summary>Times mean nothing where results are wrong.</summary>
    private static void AddOutputs(Report report, BenchNetwork network)
    {
        int count = network.ImageCount;
        SampleSet samples = network.Samples(count);
        using Theirs theirs = new(network.PathOf(".onnx"), 1);
        float[] expected = theirs.Run(network.Values(count), network.BatchShape(count));
        float[] floats = [.. Ours.Run(network.Float, samples, count, 1).SelectMany(batch => batch.Values)];
        float[] quantized = [.. Ours.Run(network.Quantized, samples, count, 1).SelectMany(batch => batch.Values)];
        float[] emulated = [.. Ours.Run(network.Akida, samples, count, 1).SelectMany(batch => batch.Values)];
        report.Add(new Figure(
            $"{network.Name}: greatest difference of our float from ONNX Runtime's / greatest output",
            floats.Zip(expected, (our, their) => Math.Abs(our - their)).Max() / expected.Max(Math.Abs),
            "",
            1e-4));
        report.Add(new Figure(
            $"{network.Name}: outputs of the emulator that are not those of the quantized model",
            emulated.Zip(quantized).Count(pair => !pair.First.Equals(pair.Second)),
            "",
            0));
    }

    private static void Race(
        BenchNetwork network, int threads, BenchmarkOptions options, Action<int, IReadOnlyDictionary<string, Contestant>> finished)
    {
        using Theirs theirFloat = new(network.PathOf(".onnx"), threads);
        using Theirs theirQdq = new(network.PathOf("_qdq_int8.onnx"), threads);
        using Theirs theirGraph = new(network.PathOf("_quantizeml.onnx"), threads);
        foreach (int batch in Batches)
        {
            float[] values = network.Values(batch);
            SampleSet samples = network.Samples(batch);
            long[] shape = network.BatchShape(batch);
            Contestant[] contestants =
            [
                new(Emulator, () => Ours.Run(network.Akida, samples, batch, threads)),
                new(TheirFloat, () => theirFloat.Run(values, shape)),
                new(Float, () => Ours.Run(network.Float, samples, batch, threads)),
                new(TheirQdq, () => theirQdq.Run(values, shape)),
                new(Quantized, () => Ours.Run(network.Quantized, samples, batch, threads)),
                new(TheirGraph, () => theirGraph.Run(values, shape)),
                new(Emulator4, () => Ours.Run(network.NarrowAkida, samples, batch, threads)),
            ];
            bool isFirst = batch == Batches[0] && threads == Threads[0];
            foreach (Contestant contestant in contestants)
            {
                contestant.WarmUp(isFirst ? FirstWarmUp : WarmUp);
            }

            Contestant.Race(contestants, options.IsQuick ? QuickRaceTime : RaceTime);
            finished(batch, contestants.ToDictionary(contestant => contestant.Name));
        }
    }

    private static void AddRows(Table times, string[] keys, IReadOnlyDictionary<string, Contestant> contestants)
    {
        foreach (Contestant contestant in contestants.Values)
        {
            times.Rows.Add(
            [
                .. keys,
                contestant.Name,
                Figure.Text(contestant.Median),
                Figure.Text(contestant.Minimum),
                $"{contestant.Count}",
                Figure.Text(contestant.Minimum / contestants[Emulator].Minimum),
            ]);
        }
    }

    private static void AddRatios(
        Report report, string setting, IReadOnlyDictionary<string, Contestant> contestants, bool isNarrowBound)
    {
        Add("emulator / ONNX Runtime float", Emulator, TheirFloat, 1.0);
        Add("emulator / ONNX Runtime QDQ int8", Emulator, TheirQdq, AvxVnni.IsSupported ? 1.0 : 2.0);
        Add("our float / ONNX Runtime float", Float, TheirFloat, 1.2);
        Add("emulator / ONNX Runtime with the reference's graph", Emulator, TheirGraph, null);
        Add("our quantized / ONNX Runtime with the reference's graph", Quantized, TheirGraph, null);
        Add("emulator with 4-bit weights / with 8-bit weights", Emulator4, Emulator, isNarrowBound ? 0.8 : null);

        void Add(string name, string ours, string theirs, double? bound) => report.Add(new Figure(
            $"{setting}: {name}",
            contestants[ours].Minimum / contestants[theirs].Minimum,
            "",
            bound,
            $"of minima; of medians {Figure.Text(contestants[ours].Median / contestants[theirs].Median)}"));
    }
}
