namespace AkidaQuant.Quantization;

/// <summary>What calibration saw: the range of every layer that has an output quantizer, and of the input.</summary>
public sealed class CalibratedRanges
{
    private readonly Dictionary<string, NdArray<float>> _outputs = new(StringComparer.Ordinal);

    /// <summary>The least and greatest input values, of shape () or (channels); null for a typed input.</summary>
    public (NdArray<float> Min, NdArray<float> Max)? Input { get; set; }

    /// <summary>The least and greatest values of the tensors that InputQuantizers inside the network take, by the names of these.</summary>
    public IDictionary<string, (NdArray<float> Min, NdArray<float> Max)> Crossing { get; } =
        new Dictionary<string, (NdArray<float> Min, NdArray<float> Max)>(StringComparer.Ordinal);

    /// <summary>The calibrated maximum of a layer's output, of shape () or (channels).</summary>
    /// <exception cref="QuantException">There is none for that layer.</exception>
    public NdArray<float> this[string layer]
    {
        get => _outputs.TryGetValue(layer, out NdArray<float>? range) ? range : throw new QuantException(
            "RangeMissing", QuantErrorKind.NotFound, $"There is no calibrated range for layer '{layer}'.", layer);
        set => _outputs[layer] = value;
    }

    /// <summary>Whether all of them are numbers; those of a network that overflows are not.</summary>
    internal bool AreFinite => _outputs.Values
        .Concat(Input is { } input ? [input.Min, input.Max] : Array.Empty<NdArray<float>>())
        .All(range => Array.TrueForAll(range.Values, float.IsFinite));

    /// <summary>The layers that have a range.</summary>
    public IEnumerable<string> Layers => _outputs.Keys;
}
