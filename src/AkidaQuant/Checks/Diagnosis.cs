using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Checks;

/// <summary>Finds why a layer lost what came in, and what undoes it.</summary>
internal sealed class Diagnosis
{
    /// <summary>So much of a layer's error must have one cause.</summary>
    private const double Most = 0.5;

    /// <summary>So many bits and fewer are few.</summary>
    private const int FewBits = 4;

    /// <summary>Channels that reach less than this part of the range have few steps.</summary>
    private const int FewSteps = 8;

    /// <summary>More bits than these make sums that are too wide.</summary>
    private const int ManyBits = 12;

    private const string Optimize = "run Optimize-QuantModel on the model with such samples";

    private readonly Model _model;
    private readonly LayerErrors _layer;
    private readonly double _noise;

    private Diagnosis(Model model, LayerErrors layer)
    {
        _model = model;
        _layer = layer;
        _noise = layer.Sums.Noise.Sum();
    }

    /// <summary>The layer that computes what the quantizer of this one brings to few bits.</summary>
    private PlanStep<Node> Producer
    {
        get
        {
            PlanStep<Node> step = _layer.Step;
            while (step.Node.Layer is QuantizedLayer && step.Node.Layer.Variables.Count == (HasQuantizer(step) ? 2 : 0)
                && step.Inputs is [int before] && !HasQuantizer(_model.Plan.Steps[before]))
            {
                step = _model.Plan.Steps[before];
            }

            return step;
        }
    }

    /// <summary>A check of a damaged model with the layer, the cause and the remedy.</summary>
    /// <param name="check">What was found so far.</param>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The float model.</param>
    /// <param name="layers">All layers that were compared.</param>
    /// <param name="layer">The one where the damage begins.</param>
    /// <param name="samples">A few samples, or those of one time step.</param>
    public static QuantCheck Add(
        QuantCheck check, Model quantized, Model floating, IReadOnlyList<LayerErrors> layers, LayerErrors layer, SampleSet samples)
    {
        Diagnosis diagnosis = new(quantized, layer);
        PlanStep<Node>? source = diagnosis.Quantizer(layer.Step);
        (DamageCause cause, string reason, string remedy) = diagnosis.Find(
            SumDamage.Of(quantized, floating, layer, samples),
            layers.FirstOrDefault(other => ReferenceEquals(other.Step, source)),
            floating.Find(layer.Node.Name)?.Layer ?? layer.Node.Layer);
        return check with { Begins = layer.Node.Name, Cause = cause, Reason = reason, Remedy = remedy };
    }

    private (DamageCause Cause, string Reason, string Remedy) Find(SumDamage? sums, LayerErrors? before, Layer twin) =>
        OfFlatten()
        ?? OfBias()
        ?? (sums is { NoiseShare: > Most } ? OfSums(sums) : null)
        ?? OfAccumulator()
        ?? OfSmallRanges()
        ?? OfDeadChannels()
        ?? OfOutputs()
        ?? (before is null ? null : OfInputs(before, twin))
        ?? OfWidth();

    private (DamageCause, string, string)? OfFlatten()
    {
        if (_layer.Node.Layer is not QuantizedFlatten || Shifts(_layer.Step) is not { } shifts || shifts.Max() is not (> 0 and var largest))
        {
            return null;
        }

        string source = Quantizer(_layer.Step) is { } quantizer ? $" before it, '{quantizer.Node.Name}'," : " before it";
        string remedy = $"Use per-tensor activations, or set output_quantizer.axis of the layer{source} to 'per-tensor'; or {Optimize}.";
        return DeadChannelsBefore(_layer.Step) is { } dead
            ? (DamageCause.DeadChannels, dead, remedy)
            : (
                DamageCause.FlattenAlignment,
                $"it aligns channels whose ranges differ by 2^{largest}, so that values of the wider ones saturate beyond the range of the narrowest",
                remedy);
    }

    /// <summary>Sums that an output quantizer hides.</summary>
    private (DamageCause, string, string)? OfSums(SumDamage sums)
    {
        int buffer = (_layer.Node.Layer as QuantizedLayer)?.OutputQuantizer?.BufferBitwidth ?? 0;
        PlanStep<Node> producer = Producer;
        bool isProduct = sums.Probe.ProductsSaturated > sums.Probe.Saturated;
        bool isSum = 100 * sums.Probe.Saturated > sums.Probe.Count;
        string reason = isProduct
            ? Text($"{sums.Probe.Share:0.##} % of its sums, times their scale, pass the {buffer} bits of their buffer and saturate")
            : Text($"{sums.Probe.Share:0.##} % of its sums reach the ends of their buffer and saturate");
        string narrower = FewerBits(producer, out int more);
        int bits = sums.Probe.ProductBits + 1 + (isSum ? more : 0);
        string remedy = !isProduct || bits > SettingKeys.BufferLimit ? narrower
            : !isSum ? $"Set output_quantizer.buffer_bitwidth of '{_layer.Node.Name}' to {bits}"
            : more == 0 ? narrower
            : $"{narrower} and output_quantizer.buffer_bitwidth of '{_layer.Node.Name}' to {bits}";
        int[] saturating = [.. Enumerable.Range(0, sums.Channels.Length).Where(i => sums.Channels[i])];
        int wide = saturating.Count(i => IsWideBias(producer, i, value => sums.Probe.IsTooWide(value, i)));
        return OfWideSums(producer, reason, remedy, 2 * wide >= saturating.Length);
    }

    /// <summary>Sums that are the layer's output.</summary>
    private (DamageCause, string, string)? OfAccumulator()
    {
        if (_layer.Node.Layer is not QuantizedLayer || HasQuantizer(_layer.Step)
            || _layer.Step.Prepared.Output is not QuantizedSpec spec || _layer.Sums.Clipped.Sum() <= Most * _noise)
        {
            return null;
        }

        long most = ValueRange.OfBits(spec.ValueBits).Max;
        int wide = Enumerable.Range(0, _layer.Sums.Channels).Count(i => IsWideBias(_layer.Step, i, value => value >= most));
        return OfWideSums(
            _layer.Step,
            Text($"{_layer.Saturation:0.##} % of its sums reach the ends of their buffer of {spec.ValueBits + 1} bits and saturate"),
            FewerBits(_layer.Step, out _),
            2 * wide >= _layer.Sums.Channels);
    }

    private (DamageCause, string, string) OfWideSums(PlanStep<Node> producer, string reason, string remedy, bool isBias)
    {
        if (isBias)
        {
            return (
                DamageCause.Bias,
                $"the bias of '{producer.Node.Name}' is so great beside its weights that {reason}",
                $"{remedy}; or {Optimize}.");
        }

        if (DeadChannelsBefore(producer) is { } dead)
        {
            return (DamageCause.DeadChannels, $"{dead}; {reason}", $"{remedy}, or use per-tensor activations; or {Optimize}.");
        }

        int weights = producer.Node.Layer.WeightBits ?? 0;
        int inputs = producer.Taken.Max(input => (input as QuantizedSpec)?.ValueBits + 1) ?? 0;
        return Math.Max(weights, inputs) > ManyBits
            ? (
                DamageCause.Width,
                $"{(weights > 0 ? $"{weights}-bit weights and " : string.Empty)}{inputs}-bit inputs are so wide that {reason}",
                $"Use at most {ManyBits} bits. {remedy}; or {Optimize}.")
            : (DamageCause.SumSaturation, reason, $"{remedy}; or {Optimize}.");
    }

    /// <summary>Narrower sums, or a wider buffer where the layer can have one, by so many bits.</summary>
    private static string FewerBits(PlanStep<Node> producer, out int more)
    {
        QuantSettings settings = (producer.Node.Layer as QuantizedLayer)?.Settings ?? [];
        int buffer = settings.TryGetValue(SettingKeys.BufferBitwidth, out object? value) && value is int bits ? bits : 32;
        more = Math.Max(QuantizerSettings.ProductBufferLimit - buffer, 0);
        string? weights = settings.Keys.LastOrDefault(key => key.EndsWith("weight_quantizer", StringComparison.Ordinal));
        return more > 0
            ? $"Set buffer_bitwidth of '{producer.Node.Name}' to {QuantizerSettings.ProductBufferLimit}"
            : weights is null ? $"Give the inputs of '{producer.Node.Name}' fewer bits"
            : $"Give {weights}.bitwidth of '{producer.Node.Name}' fewer bits";
    }

    private (DamageCause, string, string)? OfDeadChannels()
    {
        int[] dead = [.. Enumerable.Range(0, _layer.Sums.Channels).Where(_layer.IsDead)];
        return Share(dead) > Most
            ? (
                DamageCause.DeadChannels,
                $"{dead.Length} of its {_layer.Sums.Channels} channels never fire, although those of the float network do",
                $"{MoreBits()}; or {Optimize}.")
            : null;
    }

    private (DamageCause, string, string)? OfSmallRanges()
    {
        float[] ranges = _layer.Ranges;
        if (_layer.ValueBits is not { } valueBits || ranges.Length == 0)
        {
            return null;
        }

        int[] small =
        [
            .. Enumerable.Range(0, _layer.Sums.Channels).Where(channel => Rounding.CeilLog2(ranges[channel % ranges.Length]) < 0),
        ];
        return small.Length > 0 && Share(small) > Most && _layer.Sums.Clipped.Sum() < Most * _noise
            ? (
                DamageCause.SmallRanges,
                Text($"its range is {ranges.Min():g3}, but its steps are never finer than 2^-{valueBits}, so that few of them are left"),
                $"{MoreBits()}; or {Optimize}.")
            : null;
    }

    private (DamageCause, string, string)? OfOutputs() => _layer.Sums.Clipped.Sum() > Most * _noise
        ? (
            DamageCause.OutputSaturation,
            Text($"{_layer.Saturation:0.##} % of its values lie beyond the calibrated range and saturate"),
            $"Calibrate with larger batches (-BatchSize) and with samples like these; or {Optimize}.")
        : null;

    private (DamageCause, string, string)? OfBias()
    {
        double error = BiasError(_layer.Step);
        if (error == 0 || error * _layer.Sums.Count / _layer.Sums.Channels <= Most * _noise)
        {
            return null;
        }

        RecordedTensor bias = _layer.Step.Prepared.Recorded.Tensor("bias_quantizer/qweights")!;
        ValueRange bounds = ValueRange.OfBits(bias.ValueBits);
        return bias.Values.Values.Any(value => value <= bounds.Min || value >= bounds.Max)
            ? (
                DamageCause.Bias,
                $"its bias is so great beside its weights that it passes the {bias.ValueBits + 1} bits of their sums",
                $"{FewerBits(_layer.Step, out _)}; or {Optimize}.")
            : (
                DamageCause.Bias,
                "its bias is rounded to too few bits",
                $"Give bias_quantizer.bitwidth of '{_layer.Node.Name}' more bits; or {Optimize}.");
    }

    /// <summary>Whether a few channels of what comes in have the error: their steps are too coarse for their weights.</summary>
    /// <param name="before">The layer whose output is taken.</param>
    /// <param name="twin">The float layer.</param>
    private static (DamageCause, string, string)? OfInputs(LayerErrors before, Layer twin)
    {
        int channels = before.Sums.Channels;
        if (before.ValueBits is null || twin is not WeightedLayer || twin.Variables is not [{ Value: { Shape.Rank: >= 2 } kernel }, ..]
            || kernel.Shape[kernel.Shape.Rank - 2] % channels != 0)
        {
            return null;
        }

        double[] energies = new double[channels];
        int width = kernel.Shape[^1];
        float[] values = kernel.Values;
        for (int i = 0; i < values.Length; i++)
        {
            energies[i / width % kernel.Shape[kernel.Shape.Rank - 2] % channels] += (double)values[i] * values[i];
        }

        for (int i = 0; i < channels; i++)
        {
            energies[i] *= before.Sums.Noise[i];
        }

        double all = energies.Sum() * Most;
        float reach = before.Sums.FloatPeaks.Max() / FewSteps;
        string name = before.Node.Name;
        string remedy = before.Node.Layer is InputQuantizer
            ? $"Use inputs of more bits; or {Optimize}."
            : $"Give output_quantizer.bitwidth of '{name}' more bits; or {Optimize}.";
        int[] dead = [.. Enumerable.Range(0, channels).Where(before.IsDead)];
        int[] small = [.. Enumerable.Range(0, channels).Where(i => before.Sums.FloatPeaks[i] < reach)];
        return dead.Sum(i => energies[i]) > all
            ? (
                DamageCause.DeadChannels,
                $"{dead.Length} of the {channels} channels of '{name}', which it takes, never fire, although those of the float network do",
                remedy)
            : small.Sum(i => energies[i]) > all
            ? (
                DamageCause.SmallRanges,
                $"{small.Length} of the {channels} channels of '{name}', which it takes, reach a small part of its range only, of few steps",
                remedy)
            : null;
    }

    private (DamageCause, string, string) OfWidth()
    {
        PlanStep<Node> producer = Producer;
        int? weights = producer.Node.Layer.WeightBits;
        int? outputs = _layer.Node.Layer.OutputBits;
        bool fewWeights = weights <= FewBits;
        bool fewOutputs = outputs <= FewBits;
        if (fewWeights || fewOutputs)
        {
            string what = fewWeights && fewOutputs ? $"{weights}-bit weights and {outputs}-bit outputs"
                : fewWeights ? $"{weights}-bit weights" : $"{outputs}-bit outputs";
            return (DamageCause.Width, $"its {what} are too few bits for plain rounding", $"Use more bits; or {Optimize}.");
        }

        return (
            DamageCause.Rounding,
            "no layer stands out, and errors of rounding add up",
            $"Use more bits, and real samples; or {Optimize}.");
    }

    /// <summary>The part of the error that some channels have.</summary>
    private double Share(int[] channels) => _noise == 0 ? 0 : channels.Sum(channel => _layer.Sums.Noise[channel]) / _noise;

    private string MoreBits() => _layer.Node.Layer is InputQuantizer
        ? "Scale the inputs up"
        : $"Give output_quantizer.bitwidth of '{_layer.Node.Name}' more bits";

    /// <summary>Whether the bias of a channel alone fills half of the buffer.</summary>
    private static bool IsWideBias(PlanStep<Node> producer, int channel, Func<long, bool> isTooWide) =>
        producer.Prepared.Recorded.Tensor("bias_quantizer/qweights") is { } bias
        && isTooWide(2 * Math.Abs(bias.Values.Values[channel % bias.Values.Values.Length]));

    /// <summary>The energy of the error of a bias, for one position.</summary>
    private double BiasError(PlanStep<Node> step)
    {
        if (step.Prepared.Recorded.Tensor("bias_quantizer/qweights") is not { Source: { } source, Scales: { } scales } bias)
        {
            return 0;
        }

        double energy = 0;
        for (int i = 0; i < source.Values.Length; i++)
        {
            double real = Math.ScaleB(bias.Values.Values[i % bias.Values.Values.Length], -bias.FracBits.At(i % bias.FracBits.Count))
                * scales.Values[i % scales.Values.Length];
            energy += (real - source.Values[i]) * (real - source.Values[i]);
        }

        return energy * _layer.Sums.Scale * _layer.Sums.Scale;
    }

    /// <summary>Says that channels that never fired have the finest steps, on which all are aligned; null where it is not so.</summary>
    private string? DeadChannelsBefore(PlanStep<Node> step)
    {
        if (Shifts(step) is not { } shifts || Quantizer(step) is not { Node.Layer: QuantizedLayer { OutputQuantizer: { } output } } source)
        {
            return null;
        }

        float[] ranges = output.RangeMax.Values;
        int[] dead = [.. Enumerable.Range(0, shifts.Length).Where(i => ranges[i % ranges.Length] == 0)];
        int[] alive = [.. shifts.Where((_, i) => ranges[i % ranges.Length] != 0)];
        return dead.Length > 0 && alive.Length > 0 && alive.Min() > 0
            ? $"{dead.Length} channels of '{source.Node.Name}' never fired in calibration and got the finest steps, on which all others are aligned by 2^{alive.Max()}, so that these saturate"
            : null;
    }

    /// <summary>The layer whose output quantizer gave a step its input.</summary>
    private PlanStep<Node>? Quantizer(PlanStep<Node> step)
    {
        while (step.Inputs is [int before, ..])
        {
            step = _model.Plan.Steps[before];
            if (HasQuantizer(step))
            {
                return step;
            }
        }

        return null;
    }

    private static bool HasQuantizer(PlanStep<Node> step) => step.Node.Layer is QuantizedLayer { OutputQuantizer: not null };

    private static int[]? Shifts(PlanStep<Node> step) => step.Prepared.Recorded.Integers("input_shift")?.Values;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
