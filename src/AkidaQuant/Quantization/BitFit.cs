using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Quantization;

/// <summary>
/// Takes bits from inputs and weights whose sums are too fine: first from channels that are narrower than others, then from whichever
/// of inputs and weights has more. Inputs give bits by wider ranges of the quantizers before them, weights by fewer bits of their own.
/// </summary>
internal static class BitFit
{
    /// <summary>The greatest power of two of float32.</summary>
    private const int MostExponent = 127;

    /// <summary>The model with ranges and weight bits whose sums fit.</summary>
    /// <param name="model">The calibrated model.</param>
    /// <param name="sources">Where the fractional bits of its tensors come from.</param>
    /// <param name="crowded">The layers with sums that are too fine.</param>
    /// <param name="changes">Takes what was changed.</param>
    public static Model Apply(Model model, ChannelSources sources, IEnumerable<LayerSums> crowded, List<FitChange> changes)
    {
        Dictionary<ChannelSource, int> fracBits = [];
        Dictionary<string, Layer> layers = new(StringComparer.Ordinal);
        foreach (LayerSums layer in crowded)
        {
            IReadOnlyList<ChannelSource> inputs = sources[model.NodeOf(layer.Layer.Name).Inputs[0]];
            (int ofInputs, int ofWeights) = Share(layer, inputs.Count > 0);
            if (ofWeights > 0)
            {
                layers[layer.Layer.Name] = WithWeightBits(layer, layer.WeightBits + 1 - ofWeights, changes);
            }

            int[] bits = layer.Input.FracBits.Expand(layer.Input.Shape.Channels);
            for (int i = 0; i < bits.Length && ofInputs > 0; i++)
            {
                int target = layer.IsAligned ? Math.Min(bits[i], bits.Max() - ofInputs) : bits[i] - ofInputs;
                fracBits[inputs[i]] = Math.Min(fracBits.GetValueOrDefault(inputs[i], bits[i]), target);
            }
        }

        foreach (var source in fracBits.GroupBy(pair => pair.Key.Layer, StringComparer.Ordinal))
        {
            Layer layer = layers.GetValueOrDefault(source.Key) ?? model.NodeOf(source.Key).Layer;
            layers[source.Key] = WithRanges(layer, source.ToDictionary(pair => pair.Key.Index, pair => pair.Value), changes);
        }

        return model.WithLayers(layer => layers.GetValueOrDefault(layer.Name) ?? layer);
    }

    /// <summary>The bits that inputs and weights give.</summary>
    private static (int OfInputs, int OfWeights) Share(LayerSums layer, bool isMovable)
    {
        int drop = layer.Drop();
        if (!isMovable)
        {
            return (0, Math.Min(drop, layer.WeightBits - 1));
        }

        int narrow = Math.Min(drop, layer.Alignment);
        drop -= narrow;
        int ofWeights = (drop + layer.WeightBits - layer.Input.ValueBits) / 2;
        ofWeights = Math.Clamp(ofWeights, Math.Max(0, drop - Math.Max(0, layer.Input.ValueBits - LayerSums.KeptBits)), drop);
        ofWeights = Math.Min(ofWeights, Math.Max(0, layer.WeightBits - LayerSums.KeptBits));
        return (narrow + drop - ofWeights, ofWeights);
    }

    /// <summary>A layer with a kernel of fewer bits, sign included.</summary>
    /// <param name="layer">The layer and its sums.</param>
    /// <param name="bits">The bits of its weights from now on.</param>
    /// <param name="changes">Takes what was changed.</param>
    public static QuantizedWeightedLayer WithWeightBits(LayerSums layer, int bits, List<FitChange> changes)
    {
        QuantSettings settings = layer.Layer.Settings!.Clone();
        var quantizer = (QuantSettings)settings[layer.Quantizer]!;
        changes.Add(new FitChange(
            layer.Layer.Name,
            $"{layer.Quantizer}.{SettingKeys.Bitwidth}",
            Text(layer.WeightBits + 1),
            Text(bits),
            "With more its sums would pass the accumulator, or 32 bits with their scale, and saturate."));
        quantizer[SettingKeys.Bitwidth] = bits;
        return layer.Layer with { Settings = settings };
    }

    /// <summary>No float32 range is wide enough for what the layers behind need.</summary>
    private static QuantException TooWide(Layer layer) => new(
        "RangeNotUsable",
        QuantErrorKind.InvalidData,
        $"The sums behind layer '{layer.Name}' ({layer.ClassName}) pass every accumulator, whatever the range of its output. Check the weights and the biases of the float network for values that are huge.",
        layer.Name);

    private static Layer WithRanges(Layer layer, Dictionary<int, int> fracBits, List<FitChange> changes)
    {
        NdArray<float> before;
        NdArray<float> after;
        Layer widened;
        if (layer is InputQuantizer input)
        {
            before = input.RangeMax;
            after = before with
            {
                Values = [.. before.Values.Select((value, i) =>
                    fracBits.TryGetValue(i, out int bits) ? Widened(value, input.RangeMin.Values[i], input, bits) : value)],
            };
            widened = input with { RangeMax = after };
        }
        else
        {
            var quantized = (QuantizedLayer)layer;
            OutputQuantizer output = quantized.OutputQuantizer!;
            before = output.RangeMax;
            after = before with
            {
                Values = [.. before.Values.Select((value, i) => fracBits.TryGetValue(i, out int bits)
                    && Rounding.MaxFracBits(output.ValueBits, value) > bits
                        ? Widest(output.ValueBits, bits, output.Bitwidth) : value)],
            };
            widened = quantized with { OutputQuantizer = output with { RangeMax = after } };
        }

        if (!Array.TrueForAll(after.Values, float.IsFinite))
        {
            throw TooWide(layer);
        }

        if (!before.Values.AsSpan().SequenceEqual(after.Values))
        {
            changes.Add(new FitChange(
                layer.Name,
                "range_max",
                string.Create(CultureInfo.InvariantCulture, $"{before.Values.Min():G3}"),
                string.Create(CultureInfo.InvariantCulture, $"{after.Values.Min():G3}"),
                "With finer steps the sums of the layers behind would pass the accumulator, or 32 bits with their scale, and saturate."));
        }

        return widened;
    }

    /// <summary>The greatest input of a range with so many fractional bits.</summary>
    private static float Widened(float max, float min, InputQuantizer quantizer, int bits)
    {
        float magnitude = quantizer.Signed ? Math.Max(Math.Abs(max), Math.Abs(min)) : max - min;
        return Rounding.MaxFracBits(quantizer.ValueBits, magnitude) <= bits ? max
            : Widest(quantizer.ValueBits, bits, quantizer.Bitwidth) + (quantizer.Signed ? 0f : min);
    }

    /// <summary>The widest range with so many fractional bits; infinity where float32 has none.</summary>
    private static float Widest(int valueBits, int fracBits, int bitwidth) => valueBits - fracBits < MostExponent
        ? RangeApplication.Ideal(Rounding.Pow2(valueBits - fracBits), bitwidth)
        : float.PositiveInfinity;

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
