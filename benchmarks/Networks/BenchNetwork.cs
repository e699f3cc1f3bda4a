using AkidaQuant.Akida.Conversion;
using AkidaQuant.Benchmarks.Results;
using AkidaQuant.Formats;
using AkidaQuant.Quantization;

namespace AkidaQuant.Benchmarks.Networks;

/// <summary>One of the networks that are compared with ONNX Runtime: its files, and what we make of it.</summary>
internal sealed class BenchNetwork
{
    /// <summary>The network of which narrow weights are to be faster.</summary>
    public const string ResNet = "resnet18_half_224";

    private static readonly string[] Names = ["mobilenet_v2_224", ResNet];
    private static readonly string[] Endings = [".onnx", "_qdq_int8.onnx", "_quantizeml.onnx", "_inputs.npz"];

    private readonly string _folder;
    private readonly float[] _values;
    private readonly Lazy<AkidaModel> _narrow;

    /// <summary>Reads a network and its images, quantizes it with these and converts it to Akida 2.0.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="name">The name that they begin with.</param>
    public BenchNetwork(string folder, string name)
    {
        _folder = folder;
        Name = name;
        SampleSet images = SampleReader.Read(PathOf("_inputs.npz"));
        ImageShape = images.SampleShape;
        ImageCount = images.Count;
        _values = new float[images.Count * ImageShape.Size];
        images.CopyTo(0, images.Count, _values);
        Float = ModelReader.Read(PathOf(".onnx"));
        Quantized = Quantizer.Quantize(Float, new QuantizeOptions { Samples = Samples(ImageCount) });
        Akida = AkidaConverter.Convert(Quantized, AkidaVersion.V2);
        _narrow = new Lazy<AkidaModel>(() =>
        {
            QuantizationParams scheme = new() { WeightBits = 4 };
            Model quantized = Quantizer.Quantize(Float, new QuantizeOptions { Samples = Samples(ImageCount), Parameters = scheme });
            return AkidaConverter.Convert(quantized, AkidaVersion.V2);
        });
    }

    /// <summary>The name of the network.</summary>
    public string Name { get; }

    /// <summary>The shape of an image, channels first, as the network takes it.</summary>
    public Shape ImageShape { get; }

    /// <summary>The number of different images.</summary>
    public int ImageCount { get; }

    /// <summary>The network as it was imported.</summary>
    public Model Float { get; }

    /// <summary>The network quantized by the default scheme.</summary>
    public Model Quantized { get; }

    /// <summary>The network as it runs on Akida 2.0.</summary>
    public AkidaModel Akida { get; }

    /// <summary>Whether there is such a network.</summary>
    public static bool IsKnown(string name) => Names.Contains(name);

    /// <summary>The networks that are asked for.</summary>
    public static IEnumerable<string> NamesOf(BenchmarkOptions options) =>
        Names.Where(name => options.OnlyNetwork is null || options.OnlyNetwork == name);

    /// <summary>Whether the networks that are asked for are there; if not, it is said where they are expected.</summary>
    public static bool AreThere(BenchmarkOptions options, Report report)
    {
        string[] missing =
        [
            .. from name in NamesOf(options)
               from ending in Endings
               where !File.Exists(Path.Combine(options.NetworkFolder, name + ending))
               select name + ending,
        ];
        if (missing.Length == 0)
        {
            return true;
        }

        report.Add(new Figure(
            "files of networks that are missing",
            missing.Length,
            Bound: 0,
            Remark: $"{string.Join(", ", missing)} in {options.NetworkFolder}: give their folder with --networks, "
                + "or see benchmarks/networks/README.md for how they are built"));
        return false;
    }

    /// <summary>The network on Akida 2.0 with weights of 4 bits in all layers but the first.</summary>
    public AkidaModel NarrowAkida => _narrow.Value;

    /// <summary>The path of a file of this network.</summary>
    /// <param name="ending">What follows the name.</param>
    public string PathOf(string ending) => Path.Combine(_folder, $"{Name}{ending}");

    /// <summary>The images again and again, as many as asked for.</summary>
    public float[] Values(int count)
    {
        float[] values = new float[count * ImageShape.Size];
        for (int i = 0; i < count; i++)
        {
            _values.AsSpan(i % ImageCount * ImageShape.Size, ImageShape.Size).CopyTo(values.AsSpan(i * ImageShape.Size));
        }

        return values;
    }

    /// <summary>The images again and again as samples.</summary>
    public SampleSet Samples(int count) => SampleSet.FromArray(Values(count), ImageShape, source: $"the images of {Name}");

    /// <summary>The shape of a batch, as ONNX Runtime takes it.</summary>
    public long[] BatchShape(int count) => [count, .. ImageShape.Select(size => (long)size)];
}
