using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the conversion of a quantized model would give, and all that keeps it from it.</summary>
/// <param name="Problems">The broken rules, in the order in which they were found; none where the model converts.</param>
/// <param name="Blocks">The blocks from input to output.</param>
/// <param name="Layers">The Akida layers that were made, those included that stand for no block; some may miss what feeds them.</param>
internal sealed record AkidaInspection(
    IReadOnlyList<ConversionProblem> Problems, IReadOnlyList<InspectedBlock> Blocks, IReadOnlyList<AkidaLayer> Layers);

/// <summary>Layers of a quantized model that belong together, and the Akida layer that they become.</summary>
/// <param name="Layers">The names of the layers, those that mean nothing to Akida included.</param>
/// <param name="IsEmpty">Whether none of them means anything to Akida.</param>
/// <param name="Akida">What they become; null where they are taken into the layer before, or cannot be judged yet.</param>
/// <param name="OwnRule">The rule by which the reference's converter refuses what this one takes; null where it takes it, too.</param>
internal sealed record InspectedBlock(IReadOnlyList<string> Layers, bool IsEmpty, AkidaLayer? Akida, string? OwnRule = null);
