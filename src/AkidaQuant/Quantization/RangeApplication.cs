using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Numerics;
using AkidaQuant.Transforms;

namespace AkidaQuant.Quantization;

/// <summary>
/// Gives quantizers their calibrated ranges, equalizes across layers so that ranges become what their bits
/// represent exactly, and folds the input's zero point (quantize.md 12).
/// </summary>
internal sealed class RangeApplication
{
    private readonly Model _model;
    private readonly ExecutionPlan<Node> _plan;
    private readonly CalibratedRanges _ranges;
    private readonly Dictionary<string, Layer> _layers;
    private readonly bool _isFree;

    private RangeApplication(Model model, CalibratedRanges ranges, bool isFree, ExecutionPlan<Node> plan)
    {
        _model = model;
        _plan = plan;
        _ranges = ranges;
        _isFree = isFree;
        _layers = model.GraphLayers.ToDictionary(layer => layer.Name, StringComparer.Ordinal);
    }

    /// <summary>The calibrated model.</summary>
    /// <param name="model">The model without ranges.</param>
    /// <param name="ranges">What calibration saw.</param>
    /// <param name="isFree">
    /// Whether a kernel may take up more than the reference asks it to: ranges below 0.5, which it clamps, and what the ranges of
    /// channels in front of a Flatten differ by. Rates may then be above 1.
    /// </param>
    /// <param name="plan">
    /// A plan of the model, or of one with other weights: shapes are taken from it, and where there are scales; null for the model's own.
    /// </param>
    public static Model Apply(Model model, CalibratedRanges ranges, bool isFree = false, ExecutionPlan<Node>? plan = null)
    {
        RangeApplication application = new(model, ranges, isFree, plan ?? model.Plan);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is InputQuantizer input)
            {
                application.ApplyInput(node, input);
            }
        }

        foreach (Node node in model.Nodes)
        {
            if (node.Layer is QuantizedLayer { OutputQuantizer: { } output })
            {
                application.ApplyOutput(node, output);
            }
        }

        return model.WithLayers(layer => application._layers[layer.Name]);
    }

    private void ApplyOutput(Node node, OutputQuantizer quantizer)
    {
        NdArray<float> observed = Checked(node.Name, _ranges[node.Name], quantizer.RangeMax.Shape);
        NdArray<float> range = observed;
        NdArray<float> rate = observed.Map(_ => 1f);
        if (CanRescale(_plan, node) && Absorber(_model, _plan, node, quantizer, out bool reshaped) is { } target)
        {
            NdArray<float> ideal = observed.Map(value => Ideal(value, quantizer.Bitwidth));
            bool isDead = !quantizer.PerAxis && ideal.Values[0] == 0;
            ideal = _isFree ? Free(ideal, quantizer, reshaped) : ideal;
            if (!ideal.Values.AsSpan().SequenceEqual(observed.Values))
            {
                range = ideal;
                if (!isDead)
                {
                    rate = Rates(ideal, observed);
                    ScalarOrVector<float> rates = ScalarOrVector<float>.From(rate);
                    _layers[target.Name] = _layers[target.Name].DivideInputs(
                        reshaped ? RescalingDomains.Repeat(rates, InputChannels(_plan, target))!.Value : rates);
                }
            }
        }

        _layers[node.Name] = (QuantizedLayer)_layers[node.Name] with
        {
            OutputQuantizer = quantizer with { RangeMax = range, RescalingRate = rate },
        };
    }

    /// <summary>Whether an output quantizer has scales that a rate can go into.</summary>
    internal static bool CanRescale(ExecutionPlan<Node> plan, Node node) =>
        plan[node.Name].Prepared.Recorded.Tensor("out_quantizer/qscales") is not null;

    /// <summary>
    /// Ranges that use all integers: none below that of 1, because fractional bits are at most the value bits (numerics.md 2.2), and
    /// in front of a Flatten all as wide as the widest where they differ, because it aligns them (layers.md 8).
    /// </summary>
    private static NdArray<float> Free(NdArray<float> ideal, OutputQuantizer quantizer, bool reshaped)
    {
        float least = Ideal(1f, quantizer.Bitwidth);
        NdArray<float> free = ideal.Map(range => range > 0 && range < least / 2 ? least : range);
        float widest = free.Values.Max();
        return reshaped && free.Values.Any(range => range > 0 && FracBits(range) != FracBits(widest))
            ? free.Map(range => range > 0 ? widest : 0f)
            : free;

        int FracBits(float range) => Rounding.MaxFracBits(quantizer.ValueBits, range);
    }

    /// <summary>The layer whose kernel can take up the rescaling of an output, null when there is none (quantize.md 12.1).</summary>
    internal static Node? Absorber(
        Model model, ExecutionPlan<Node> plan, Node node, OutputQuantizer quantizer, out bool reshaped)
    {
        reshaped = false;
        while (model.Consumers(node.Name) is [Node next] && !model.Outputs.Contains(node.Name))
        {
            switch (next.Layer.Equalization)
            {
                case Equalization.Absorbs:
                    return !reshaped || InputChannels(plan, next) % quantizer.RangeMax.Values.Length == 0 ? next : null;
                case Equalization.AbsorbsOneRate:
                    return quantizer.PerAxis ? null : next;
                case Equalization.Passes:
                    break;
                case Equalization.Reshapes when !quantizer.PerAxis:
                    break;
                case Equalization.Reshapes when !reshaped:
                    reshaped = true;
                    break;
                default:
                    return null;
            }

            node = next;
        }

        return null;
    }

    /// <summary>The largest number of that many bits below the power of two above the range (quantize.md 12.1).</summary>
    internal static float Ideal(float range, int bitwidth)
    {
        int exponent = Rounding.FloorLog2(range);
        return exponent == int.MinValue
            ? 0f
            : Rounding.Pow2(exponent) * (float)(1 - Math.ScaleB(1.0, -bitwidth));
    }

    private static NdArray<float> Rates(NdArray<float> ideal, NdArray<float> observed)
    {
        float[] rates = new float[ideal.Values.Length];
        for (int i = 0; i < rates.Length; i++)
        {
            rates[i] = ideal.Values[i] == 0 ? 1f : ideal.Values[i] / observed.Values[i];
        }

        return observed with { Values = rates };
    }

    /// <summary>The number of input channels of a layer with a kernel.</summary>
    private static int InputChannels(ExecutionPlan<Node> plan, Node target) =>
        plan.Steps[plan[target.Name].Inputs[0]].Prepared.Output.Shape.Channels;

    private void ApplyInput(Node node, InputQuantizer quantizer)
    {
        (NdArray<float> min, NdArray<float> max) = _ranges.Input ?? throw new QuantException(
            "RangeMissing", QuantErrorKind.NotFound, "There is no calibrated range for the input.", node.Name);
        Checked(node.Name, min, quantizer.RangeMin.Shape);
        Checked(node.Name, max, quantizer.RangeMax.Shape);
        if (!quantizer.Signed)
        {
            min = min.Map(value => Math.Min(value, 0f));
            max = max.Map(value => Math.Max(value, 0f));
        }

        quantizer = quantizer with { RangeMin = min, RangeMax = max };
        _layers[node.Name] = quantizer;
        if (ZeroPoint(_model, node, quantizer) is var (target, offset))
        {
            _layers[target.Name] = FoldZeroPoint(_layers[target.Name], offset);
        }
    }

    /// <summary>
    /// The layer that takes up the zero point of the inputs, and the offset of its own input: the least input value
    /// behind all Rescaling in between (quantize.md 12.2). Null when there is nothing to take up.
    /// </summary>
    internal static (Node Target, float[] Offset)? ZeroPoint(Model model, Node node, InputQuantizer quantizer)
    {
        if (quantizer.Signed || quantizer.RangeMin.Values.All(value => value == 0))
        {
            return null;
        }

        float[] offset = quantizer.RangeMin.Values;
        Node target = OnlyConsumer(model, node);
        while (target.Layer is QuantizedRescaling rescaling)
        {
            float scale = (float)rescaling.Scale;
            offset = Array.ConvertAll(offset, value => value * scale);
            target = OnlyConsumer(model, target);
        }

        return (target, offset);
    }

    /// <summary>The layer with the zero point taken up in its bias and its border.</summary>
    internal static Layer FoldZeroPoint(Layer layer, float[] offset) =>
        layer switch
        {
            QuantizedConv2D convolution => convolution with
            {
                Bias = Plus(convolution.Bias, OffsetFolding.Sum(convolution.Kernel, offset)),
                PaddingValue = convolution.PaddingValue is { } padding ? Minus(padding, offset) : null,
            },
            QuantizedDense dense => dense with { Bias = Plus(dense.Bias, OffsetFolding.Sum(dense.Kernel, offset)) },
            QuantizedBufferTempConv temporal => temporal with
            {
                Bias = Plus(temporal.Bias, OffsetFolding.Sum(temporal.Kernel, Repeat(offset, temporal.KernelSize))),
            },
            _ => throw NoZeroPoint(layer),
        };

    /// <summary>The offset of every channel of every frame that a kernel over time sees.</summary>
    private static float[] Repeat(float[] offset, int frames) =>
        offset.Length == 1 ? offset : [.. Enumerable.Repeat(offset, frames).SelectMany(values => values)];

    private static Node OnlyConsumer(Model model, Node node) =>
        model.Consumers(node.Name) is [Node consumer] ? consumer : throw NoZeroPoint(node.Layer);

    private static QuantException NoZeroPoint(Layer layer) =>
        new(
            "ZeroPointNotPossible",
            QuantErrorKind.NotSupported,
            $"Layer '{layer.Name}' ({layer.ClassName}) cannot take up the zero point of the inputs, or pass it on to one that can. Use a signed input type such as int8.",
            layer.Name);

    private static NdArray<float> Plus(NdArray<float> bias, float[] sum)
    {
        float[] values = new float[sum.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bias.Values[i] + sum[i];
        }

        return bias with { Values = values };
    }

    private static float[] Minus(float[] padding, float[] offset)
    {
        float[] values = new float[Math.Max(padding.Length, offset.Length)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = padding[padding.Length == 1 ? 0 : i] - offset[offset.Length == 1 ? 0 : i];
        }

        return values.All(value => value == values[0]) ? [values[0]] : values;
    }

    private static NdArray<float> Checked(string layer, NdArray<float> range, Shape expected)
    {
        if (range.Shape != expected)
        {
            throw new QuantException(
                "RangeShapeMismatch",
                QuantErrorKind.InvalidArgument,
                $"The calibrated range of layer '{layer}' has the shape {range.Shape}, but its quantizer needs {expected}.",
                layer);
        }

        return range.Values.All(float.IsFinite)
            ? range
            : throw new QuantException(
                "RangeNotFinite",
                QuantErrorKind.InvalidData,
                $"The calibrated range of layer '{layer}' is not finite. The float model overflows on these samples; check them and the weights.",
                layer);
    }
}
