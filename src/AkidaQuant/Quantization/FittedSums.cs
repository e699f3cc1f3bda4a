namespace AkidaQuant.Quantization;

/// <summary>A calibrated model whose sums fit their accumulators.</summary>
/// <param name="Model">The model, without a float source; the one that came in where all sums fitted.</param>
/// <param name="Floating">The float network with the same layer names, identity convolutions that the model got included.</param>
/// <param name="Changes">What was changed, layer by layer.</param>
internal sealed record FittedSums(Model Model, Model Floating, IReadOnlyList<FitChange> Changes);
