using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Quantized layers that become one Akida layer (convert.md 2.3).</summary>
internal sealed class Block
{
    private const int MostDescribed = 6;

    /// <summary>A block of neighbouring layers, from input to output.</summary>
    public Block(IReadOnlyList<PlanStep<Node>> layers, ConversionContext context)
    {
        Layers = layers;
        Matched = [.. layers.Where(step => !context.IsSkippable(step))];
    }

    /// <summary>All layers.</summary>
    public IReadOnlyList<PlanStep<Node>> Layers { get; }

    /// <summary>The layers that patterns are compared with.</summary>
    public IReadOnlyList<PlanStep<Node>> Matched { get; }

    /// <summary>The first of the matched layers.</summary>
    public PlanStep<Node> Root => Matched[0];

    /// <summary>
    /// The layer whose quantizer is that of the block: the last one, or the convolution in front of a maximum pool that ends the block.
    /// The largest sum gives the largest output of its window, so that quantizing and pooling change places.
    /// </summary>
    public PlanStep<Node> OutputStep => EndsWithMaxPool && Matched.Count > 1 ? Matched[^2] : Matched[^1];

    /// <summary>Whether nothing stands behind a maximum pool.</summary>
    public bool EndsWithMaxPool => Matched[^1].Node.Layer is QuantizedMaxPool2D;

    /// <summary>The quantizer of the block; null when it gives raw sums.</summary>
    public OutputQuantizer? OutputQuantizer => (OutputStep.Node.Layer as QuantizedLayer)?.OutputQuantizer;

    /// <summary>The layers of the block as messages list them: the first few and the last.</summary>
    public string Description =>
        Matched.Count <= MostDescribed
            ? string.Join(", ", Matched.Select(Describe))
            : $"{string.Join(", ", Matched.Take(MostDescribed - 1).Select(Describe))} and {Matched.Count - MostDescribed + 1} more up to {Describe(Matched[^1])}";

    /// <summary>The layer of that class, null when the block has none.</summary>
    public PlanStep<Node>? Find<TLayer>()
        where TLayer : Layer => Matched.FirstOrDefault(step => step.Node.Layer is TLayer);

    /// <summary>A layer as messages name it.</summary>
    public static string Describe(PlanStep<Node> step) => $"'{step.Node.Name}' ({step.Node.Layer.ClassName})";
}
