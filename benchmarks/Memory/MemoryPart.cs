using AkidaQuant.Akida.Conversion;
using AkidaQuant.Benchmarks.Networks;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Benchmarks.Shapes;
using AkidaQuant.Execution;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks.Memory;

/// <summary>The buffers of plans, and the greatest memory that processes take with large images and with many layers.</summary>
internal sealed class MemoryPart : IPart
{
    private const int LargeImage = 1024;
    private const int LargeCount = 4;
    private const int CalibrationCount = 8;
    private const double MiB = 1 << 20;

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public string Title => "Memory";

    /// <inheritdoc/>
    public void Run(BenchmarkOptions options, Report report)
    {
        Model mobile = MobileNetShape.Create(224);
        Model mobileQuantized = Quantize(mobile, 224);
        AddPlans(report, "MobileNet's shape", mobile, mobileQuantized);
        AddPlans(report, "DenseNet's shape", DenseNetShape.Create(224), null);
        if (BenchNetwork.AreThere(options, report))
        {
            foreach (string name in BenchNetwork.NamesOf(options))
            {
                BenchNetwork network = new(options.NetworkFolder, name);
                AddPlans(report, name, network.Float, network.Quantized);
            }
        }

        using TemporaryFolder folder = new();
        AddLargeImages(report, folder, mobile, mobileQuantized);
        AddManyLayers(report, folder);
    }

    private static Model Quantize(Model model, int size) =>
        Quantizer.Quantize(model, new QuantizeOptions { Samples = Images(size, 2) });

    private static SampleSet Images(int size, int count) => NetworkSketch.Images(new Shape(size, size, 3), count);

    private static void AddPlans(Report report, string network, Model floating, Model? quantized)
    {
        Add("float", floating.Plan);
        if (quantized is not null)
        {
            Add("quantized", quantized.Plan);
            Add("emulator", AkidaConverter.Convert(quantized, AkidaVersion.V2).Plan);
        }

        void Add<TNode>(string form, ExecutionPlan<TNode> plan)
            where TNode : IPlanNode
        {
            var results = RunnerResults.Of([plan.OutputStep]);
            double held = plan.BytesPerSample(results);
            double alive = plan.LargestAlive(results);
            double layers = PlanMemory.OfLayers(plan);
            report.Add(new Figure(
                $"{network}, {form}: buffers of a worker / largest sum of tensors alive at one step",
                held / alive,
                "",
                1.5,
                $"{Figure.Text(held / MiB)} and {Figure.Text(alive / MiB)} MiB a sample; layers one by one {Figure.Text(layers / MiB)}"));
        }
    }

    private static void AddLargeImages(Report report, TemporaryFolder folder, Model floating, Model quantized)
    {
        Shape image = new(LargeImage, LargeImage, 3);
        string samples = folder.Write(NetworkSketch.Bytes(LargeCount * image.Size), image.Prepend(LargeCount), "large.npy");
        foreach ((string form, Model model) in new[] { ("float", floating), ("quantized", quantized) })
        {
            string path = folder.Write(model.WithInputShape(image), $"{form}.h5");
            IReadOnlyDictionary<string, double> found = ShellScript.Run("Measure-Run.ps1", "-Model", path, "-Sample", samples);
            report.Add(new Figure(
                $"Invoke-QuantModel, {form}, {LargeCount} images of {LargeImage}x{LargeImage} with MobileNet's shape: peak of the process",
                found["peak"] / MiB,
                "MiB",
                1.5 * 1024,
                $"{Figure.Text(found["before"] / MiB)} MiB before; {Figure.Text(found["milliseconds"] / 1000)} s"));
        }
    }

    private static void AddManyLayers(Report report, TemporaryFolder folder)
    {
        const int Size = 224;
        Model dense = DenseNetShape.Create(Size);
        string path = folder.Write(dense, "densenet.h5");
        Shape image = new(Size, Size, 3);
        string samples = folder.Write(NetworkSketch.Bytes(CalibrationCount * image.Size), image.Prepend(CalibrationCount), "dense.npy");
        IReadOnlyDictionary<string, double> found = ShellScript.Run("Measure-Quantize.ps1", "-Model", path, "-Sample", samples);
        string remark = $"{dense.Nodes.Count} layers become {found["layers"]}";
        string what = $"Invoke-Quantize, {CalibrationCount} samples, DenseNet-121's shape";
        remark = $"{remark}; {Figure.Text(found["before"] / MiB)} MiB before";
        report.Add(new Figure($"{what}: peak of the process", found["peak"] / MiB, "MiB", 1024, remark));
        report.Add(new Figure($"{what}: time", found["milliseconds"] / 1000, "s", 2, "in a fresh process"));
    }
}
