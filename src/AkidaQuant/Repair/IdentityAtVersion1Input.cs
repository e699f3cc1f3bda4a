using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Puts an identity convolution behind an input of images whose first layer is none of Akida 1.0 that takes bytes: that is a convolution,
/// pooled by
/// maximum or not, with a rectifier, and no separable or dense layer and no average (convert.md 2.4). Where samples are never negative
/// a rectifier follows it; else both signs of its outputs go on (<see cref="RectifyBlocks"/>).
/// </summary>
internal sealed class IdentityAtVersion1Input : IRepair
{
    private static readonly string[] Rules = ["AkidaV1InputBits", "ZeroPointNotPossible", "AkidaWeightBits", .. RectifyBlocks.Rules];

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (context.Version != AkidaVersion.V1
            || context.AnyProblem(Rules) is not { } problem
            || !Version1Chain.TakesImages(model)
            || Version1Chain.Of(model) is not { } chain
            || Version1Chain.First(chain) is not { } first
            || TakesBytes(model, first))
        {
            return model;
        }

        GraphEditor editor = new(model);
        List<string> added = [];
        if (!chain.Any(node => node.Layer is Rescaling))
        {
            // A convolution of one channel by itself would be rewritten to a depthwise one, unless a Rescaling comes before it.
            Insert(new Rescaling { Name = editor.FreeName("rescaling"), Scale = [1] });
        }

        string identity = editor.FreeName(model.Input.Name + IdentityConvolution.Suffix);
        Insert(IdentityConvolution.Create(identity, model.InputShape.Channels));
        string reason = string.Empty;
        if (IsNeverNegative(chain, context))
        {
            Insert(new ReLU { Name = editor.FreeName($"{identity}_relu") });
            reason = ", with a rectifier, since no sample is below 0";
        }

        context.Changed(problem, first.Name, $"gets the identity convolution '{identity}' in front, which takes images{reason}", added);
        return editor.Build();

        void Insert(Layer layer)
        {
            editor.InsertBefore(first.Name, 0, layer);
            added.Add(layer.Name);
        }
    }

    private static bool TakesBytes(Model model, Node first) =>
        first.Layer is Conv2D { Groups: 1 } && model.Consumers(first.Name) is not [{ Layer: GlobalAveragePooling2D }];

    /// <summary>Whether what the first layer takes is never negative, by the type of the input or by all samples.</summary>
    private static bool IsNeverNegative(IReadOnlyList<Node> chain, RepairContext context)
    {
        foreach (Rescaling rescaling in chain.Select(node => node.Layer).OfType<Rescaling>())
        {
            if (!rescaling.Scale.All(scale => scale >= 0) || !rescaling.Offset.All(offset => offset >= 0))
            {
                return false;
            }
        }

        return ((InputLayer)chain[0].Layer).Type is not null || (context.Samples is { } samples && Least(samples) >= 0);
    }

    private static float Least(SampleSet samples)
    {
        float[] sample = new float[samples.SampleShape.Size];
        float least = float.PositiveInfinity;
        for (int i = 0; i < samples.Count; i++)
        {
            samples.CopyTo(i, 1, sample);
            least = Math.Min(least, sample.Min());
        }

        return least;
    }
}
