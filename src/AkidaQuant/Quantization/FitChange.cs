namespace AkidaQuant.Quantization;

/// <summary>A setting, range or weight that was chosen otherwise than the plain scheme would, so that a network comes out right.</summary>
/// <param name="Layer">The layer that differs.</param>
/// <param name="What">What differs: <c>range_max</c>, <c>weight_quantizer.bitwidth</c>, <c>channels</c> …</param>
/// <param name="Before">The value of the plain scheme.</param>
/// <param name="After">The value in its place.</param>
/// <param name="Reason">Why, as a sentence.</param>
internal sealed record FitChange(string Layer, string What, string Before, string After, string Reason)
{
    /// <summary>One line: <c>Layer 'conv': range_max from 0.01 to 0.996. Why.</c></summary>
    public override string ToString() => $"Layer '{Layer}': {What} from {Before} to {After}. {Reason}";
}
