using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// An activation that becomes part of the Akida 2.0 layer in front of it. It is found by being here: the sequences that
/// converters accept are composed with it (convert.md 2.4).
/// </summary>
internal abstract class BlockActivation
{
    private static readonly Lazy<BlockActivation[]> Activations = new(() =>
    [
        .. typeof(BlockActivation).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(BlockActivation)) && !type.IsAbstract)
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .Select(type => (BlockActivation)Activator.CreateInstance(type)!),
    ]);

    /// <summary>All activations, sorted by the names of their classes.</summary>
    public static IReadOnlyList<BlockActivation> All => Activations.Value;

    /// <summary>The class of the quantized layer.</summary>
    public abstract Type Layer { get; }

    /// <summary>What the Akida layer does after its sum.</summary>
    public abstract ActivationType Type { get; }

    /// <summary>
    /// Whether it reads integers that the layer in front of it quantizes: Akida layers that quantize at their end only cannot have it.
    /// </summary>
    public virtual bool ReadsQuantized => false;

    /// <summary>Whether a layer is one of them.</summary>
    public static bool Is(PlanStep<Node> step) => All.Any(activation => activation.Layer == step.Node.Layer.GetType());

    /// <summary>The activation of a block and its layer; null when it has none.</summary>
    public static (BlockActivation Activation, PlanStep<Node> Step)? In(Block block)
    {
        foreach (PlanStep<Node> step in block.Matched)
        {
            if (All.FirstOrDefault(activation => activation.Layer == step.Node.Layer.GetType()) is { } found)
            {
                return (found, step);
            }
        }

        return null;
    }

    /// <summary>Whether a layer's quantizer makes the integers that the activation of its block reads.</summary>
    public static bool IsReadFrom(Block block, PlanStep<Node> step) =>
        step == block.Root && In(block) is { Activation.ReadsQuantized: true };

    /// <summary>Checks the activation of a block, if it has one.</summary>
    /// <exception cref="QuantException">A rule is broken.</exception>
    public static void CheckIn(Block block, ConversionContext context)
    {
        if (In(block) is var (activation, step))
        {
            activation.Check(context, block, step);
        }
    }

    /// <summary>Checks the rules of the activation before anything is converted.</summary>
    /// <exception cref="QuantException">A rule is broken.</exception>
    protected virtual void Check(ConversionContext context, Block block, PlanStep<Node> step)
    {
    }

    /// <summary>Sets the variables that the Akida layer computes the activation with.</summary>
    public abstract void AddVariables(
        ConversionContext context, Block block, PlanStep<Node> step, int bufferBits, int channels, AkidaVariables variables);
}
