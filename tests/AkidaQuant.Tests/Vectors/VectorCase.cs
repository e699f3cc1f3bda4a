using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Text;

namespace AkidaQuant.Tests.Vectors;

/// <summary>A network with what the reference made of it: see tests/vectors/README.md.</summary>
public sealed class VectorCase
{
    private readonly string _folder;

    private VectorCase(string folder)
    {
        _folder = folder;
        Name = Path.GetFileName(folder);
    }

    public string Name { get; }

    /// <summary>The folder that holds a subfolder for each case.</summary>
    public static string Root { get; } = Path.Combine(VectorsFolder(), "keras");

    public static TheoryData<string> All =>
        [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public static VectorCase Open(string name) => new(Path.Combine(Root, name));

    public string PathOf(string file) => Path.Combine(_folder, file);

    public string Text(string file) => File.ReadAllText(PathOf(file));

    public Model ReadModel(string file) => ModelReader.Read(PathOf(file));

    public SampleSet Samples(string file) => SampleReader.Read(PathOf(file));

    public IReadOnlyDictionary<string, NpyArray> Arrays(string file) => NpzReader.ReadAll(PathOf(file));

    /// <summary>The inputs for which the output of every layer was kept, as one batch.</summary>
    public int LayerBatch => Arrays("layers.npz").Values.First(array => array.Shape.Rank > 1).Shape[0];

    /// <summary>The options that the reference was called with.</summary>
    public QuantizeOptions Options(Model reference)
    {
        using JsonDocument document = JsonDocument.Parse(Text("options.json"));
        JsonElement root = document.RootElement;
        QuantizationParams parameters = new();
        foreach (JsonProperty field in root.GetProperty("qparams").EnumerateObject())
        {
            parameters = field.Name switch
            {
                "activation_bits" => parameters with { ActivationBits = field.Value.GetInt32() },
                "per_tensor_activations" => parameters with { PerTensorActivations = field.Value.GetBoolean() },
                "weight_bits" => parameters with { WeightBits = field.Value.GetInt32() },
                "output_bits" => parameters with { OutputBits = field.Value.GetInt32() },
                "input_weight_bits" => parameters with { InputWeightBits = field.Value.GetInt32() },
                "input_dtype" => parameters with { InputType = IntegerTypes.Parse(field.Value.GetString()!)!.Value },
                "buffer_bits" => parameters with { BufferBits = field.Value.GetInt32() },
                "last_output_bits" => parameters with { LastOutputBits = field.Value.GetInt32() },
                _ => throw new InvalidDataException($"Unknown parameter {field.Name}."),
            };
        }

        return new QuantizeOptions
        {
            Parameters = parameters,
            Config = root.GetProperty("q_config") is { ValueKind: JsonValueKind.Object } config
                ? QuantConfig.From((System.Collections.IDictionary)PythonJsonReader.Parse(config.GetRawText())!)
                : null,
            BatchSize = Optional(root, "batch_size"),
            SampleCount = Optional(root, "num_samples"),
            Epochs = Optional(root, "epochs") ?? 1,
            Until = root.TryGetProperty("quantize_until", out JsonElement until) ? until.GetString() : null,
            Names = NamesOf(reference),
        };
    }

    /// <summary>Automatic names that continue where the reference's process was.</summary>
    private static LayerNames NamesOf(Model reference)
    {
        LayerNames names = new();
        foreach (Layer layer in reference.GraphLayers)
        {
            string? kind =
                layer is InputQuantizer ? "input_quantizer"
                : layer is Dequantizer && !layer.Name.Contains('/') ? "dequantizer"
                : null;
            if (kind is not null)
            {
                names.StartAt(kind, layer.Name == kind ? 0 : int.Parse(layer.Name[(kind.Length + 1)..], CultureInfo.InvariantCulture));
            }
        }

        return names;
    }

    private static int? Optional(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private static string VectorsFolder([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "vectors"));
}
