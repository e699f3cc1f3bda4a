using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// Turns blocks of certain layers into one Akida layer. A converter is found by being here: adding one adds its
/// patterns (convert.md 2.4).
/// </summary>
internal abstract class BlockConverter
{
    /// <summary>Whether it makes layers of that version.</summary>
    public abstract bool Supports(AkidaVersion version);

    /// <summary>Whether it makes layers that begin a model.</summary>
    public virtual bool IsInput => false;

    /// <summary>Whether, besides <see cref="IsInput"/>, the model's input must be images of unsigned bytes.</summary>
    public virtual bool NeedsImage => IsInput;

    /// <summary>The layer classes of its blocks.</summary>
    public abstract IReadOnlyList<Type[]> Patterns { get; }

    /// <summary>Whether a layer that is not the last of its block may quantize its output.</summary>
    public virtual bool AllowsInnerQuantizer(PlanStep<Node> step) => false;

    /// <summary>Whether a layer that is not the last of this block may quantize its output.</summary>
    public virtual bool AllowsInnerQuantizer(Block block, PlanStep<Node> step) => AllowsInnerQuantizer(step);

    /// <summary>
    /// The identifier of the rule by which the reference's converter refuses a block that this one takes; null where it takes it, too.
    /// </summary>
    public virtual string? OwnRule(Block block, ConversionContext context) => null;

    /// <summary>Checks the rules of the layer before anything is converted.</summary>
    /// <exception cref="QuantException">A rule is broken.</exception>
    public abstract void Check(Block block, ConversionContext context);

    /// <summary>Makes the Akida layer; null when the block only changed the layer before it.</summary>
    public abstract AkidaLayer? Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context);
}
