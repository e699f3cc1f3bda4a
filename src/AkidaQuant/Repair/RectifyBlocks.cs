namespace AkidaQuant.Repair;

/// <summary>
/// Brings a chain into the blocks of Akida 1.0, which end in a rectifier, pools in front of it, and a last one without (convert.md 2.4):
/// pools and rectifiers that belong to no convolution get an identity, averages of values that are never negative a rectifier behind
/// them, and blocks without a rectifier one that both signs of their outputs pass.
/// </summary>
internal sealed class RectifyBlocks : IRepair
{
    /// <summary>The rules that blocks of other forms break.</summary>
    public static readonly string[] Rules = ["AkidaPatternUnknown", "AkidaV1QuantizerPlace", "AkidaV1ReluNotQuantized"];

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context) =>
        context.Version == AkidaVersion.V1
        && context.AnyProblem(Rules) is not null
        && Version1Chain.Of(model) is { } chain
        && new Version1Blocks(model, context).Mend(chain) is { } mended
            ? mended : model;
}
