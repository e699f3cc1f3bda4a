using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>A float network as its parameters would quantize it, and all that keeps it from becoming an Akida model.</summary>
/// <param name="Floating">The rewritten float network.</param>
/// <param name="Quantized">The network quantized; null where that is not possible.</param>
/// <param name="Problems">What is broken, layer by layer; none where the network converts whole.</param>
/// <param name="Blocks">The blocks that become Akida layers.</param>
internal sealed record Judgement(
    Model Floating, Model? Quantized, IReadOnlyList<ConversionProblem> Problems, IReadOnlyList<InspectedBlock> Blocks)
{
    /// <summary>The Akida layers that could be made; some may miss what feeds them.</summary>
    public IReadOnlyList<AkidaLayer> Layers { get; init; } = [];

    /// <summary>The rule of layers that stay in float although layers with weights stand behind them.</summary>
    public const string StaysFloat = "StaysFloat";

    /// <summary>Samples that are looked at: ranges decide rules of pads and shifts only, and few do for them.</summary>
    private const int MostSamples = 16;

    /// <summary>The rule of layers that are in an order which the converter does not know.</summary>
    public const string UnknownPattern = "AkidaPatternUnknown";

    /// <summary>
    /// Whether the network converts whole, and in forms that the reference's converter takes, too. Paddings of pools that make no
    /// difference are written as it wants them in networks that are changed anyway; others stay as they are.
    /// </summary>
    /// <param name="isChanged">Whether the network was changed already.</param>
    public bool IsFine(bool isChanged) =>
        Problems.Count == 0 && !Blocks.Any(block => isChanged ? block.OwnRule is not null : block.OwnRule == UnknownPattern);

    /// <summary>The block that a layer belongs to; null for layers in float.</summary>
    public InspectedBlock? BlockOf(string layer) => BlockByLayer.Value.GetValueOrDefault(layer);

    private Lazy<Dictionary<string, InspectedBlock>> BlockByLayer { get; } = new(() =>
    {
        Dictionary<string, InspectedBlock> blocks = new(StringComparer.Ordinal);
        foreach (InspectedBlock block in Blocks)
        {
            foreach (string layer in block.Layers)
            {
                blocks.TryAdd(layer, block);
            }
        }

        return blocks;
    });

    /// <summary>Judges a float network.</summary>
    /// <param name="floating">The rewritten float network, whose input shape is known.</param>
    /// <param name="options">The version, the scheme and samples.</param>
    /// <param name="withHost">Whether layers may be left to the host, as the conversion leaves them.</param>
    public static Judgement Of(Model floating, RepairOptions options, bool withHost = false)
    {
        Model? quantized = null;
        try
        {
            quantized = Quantizer.Draft(floating, Quantization(floating, options));
            return Of(floating, quantized, options.Version, withHost);
        }
        catch (QuantException error)
        {
            ConversionProblem problem = new(error.Id, error.Target as string, error.Message);
            return new Judgement(floating, quantized, [problem, .. FloatProblems(floating)], []);
        }
    }

    /// <summary>Judges a quantized network.</summary>
    /// <param name="floating">The float network that it came from.</param>
    /// <param name="quantized">The quantized network.</param>
    /// <param name="version">The version to convert to.</param>
    /// <param name="withHost">Whether layers may be left to the host, as the conversion leaves them.</param>
    public static Judgement Of(Model floating, Model quantized, AkidaVersion version, bool withHost = false)
    {
        AkidaInspection inspection = AkidaConverter.Inspect(quantized, version, withHost);
        return new Judgement(floating, quantized, [.. FloatProblems(quantized), .. inspection.Problems], inspection.Blocks)
        {
            Layers = inspection.Layers,
        };
    }

    /// <summary>
    /// The scheme that a network is quantized with where none is given: its own, or the usual one of the version (convert.md 1.3).
    /// </summary>
    public static QuantizationParams Scheme(Model floating, RepairOptions options) =>
        options.Parameters ?? floating.Input.Scheme
        ?? (options.Version == AkidaVersion.V1 ? Version1Scheme.Usual : new QuantizationParams());

    private static QuantizeOptions Quantization(Model floating, RepairOptions options) => new()
    {
        Parameters = Scheme(floating, options),
        Config = options.Config,
        Samples = options.Samples?.Slice(0, MostSamples) ?? Random(floating),
        BatchSize = floating.IsStateful ? 1 : null,
        Threads = options.Threads,
        Cancellation = options.Cancellation,
    };

    /// <summary>
    /// A random sample; of floats one with both signs, because what is padded with then has a zero point, which rules are about.
    /// </summary>
    private static SampleSet Random(Model floating) => floating.Input.Type is null
        ? RandomSamples.CreateFloats(floating.InputShape, 1, seed: 0, min: -1, max: 1)
        : RandomSamples.Create(floating, 1, seed: 0);

    /// <summary>
    /// Layers that have no integers themselves, with kernels behind them. What is behind the last kernel is left to the host.
    /// </summary>
    private static IEnumerable<ConversionProblem> FloatProblems(Model model)
    {
        HashSet<string> needed = KernelsBehind.Of(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not (QuantizedLayer or InputLayer or Dequantizer or InputQuantizer)
                && node.Layer.QuantizationObstacle is { } obstacle
                && needed.Contains(node.Name))
            {
                yield return new ConversionProblem(
                    StaysFloat,
                    node.Name,
                    Printable.Of(
                        $"Layer '{node.Name}' ({node.Layer.ClassName}) stays in float, and with it all layers behind it: {obstacle}."));
            }
        }
    }
}
