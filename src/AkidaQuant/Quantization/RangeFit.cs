using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Quantization;

/// <summary>A network whose ranges fit their bits: the same function, with channels between kernels scaled by powers of two.</summary>
/// <param name="Floating">The float network, scaled.</param>
/// <param name="Quantized">The quantized model without ranges, scaled.</param>
/// <param name="Ranges">The calibrated ranges, scaled; channels that never fired have a range now.</param>
/// <param name="Changes">What was changed, layer by layer; none where nothing was wrong, and then all others are what came in.</param>
/// <param name="Exponents">The exponents that the channels of what a layer gives are scaled by; null where none is.</param>
internal sealed record FittedRanges(
    Model Floating,
    Model Quantized,
    CalibratedRanges Ranges,
    IReadOnlyList<FitChange> Changes,
    Func<string, int[]>? Exponents = null);

/// <summary>
/// Mends ranges that the plain scheme loses precision with (numerics.md 2.2, layers.md 8), before they are applied. A quantizer has at
/// most as many fractional bits as value bits, so that a range below 0.5 uses few of its integers; a Flatten aligns channels within
/// their value bits, so that the wider ones saturate; a channel that never fired has the finest step of all, to which a kernel
/// aligns the others. Channels are scaled by powers of two, which kernels take up, so that none of this happens.
/// </summary>
internal sealed class RangeFit
{
    /// <summary>Ranges below it use at most a quarter of their integers.</summary>
    private const float Least = 0.5f;

    /// <summary>The most that a channel is scaled by: float32 holds kernels scaled so.</summary>
    private const int MostExponent = 90;

    /// <summary>Value bits of the sum that an Add aligns its inputs in, less one for the sum itself.</summary>
    private const int AlignedBits = 30;

    /// <summary>So often are Flattens gone through that share channels: the last one fits, and the others mostly.</summary>
    private const int Sweeps = 3;

    private readonly Model _structure;
    private readonly ExecutionPlan<Node> _plan;
    private readonly ScalingDomains _domains;
    private readonly ChannelSources _sources;
    private readonly Dictionary<string, float[]> _ranges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutputQuantizer> _quantizers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _absorbed = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _exponents = [];
    private readonly List<FitChange> _changes = [];

    private RangeFit(Model structure, CalibratedRanges ranges)
    {
        _structure = structure;
        _plan = structure.Plan;
        _domains = ScalingDomains.Of(structure, _plan);
        _sources = ChannelSources.Of(_plan);
        foreach (Node node in structure.Nodes)
        {
            if (node.Layer is QuantizedLayer { OutputQuantizer: { } output })
            {
                _ranges[node.Name] = [.. ranges[node.Name].Values];
                _quantizers[node.Name] = output;
                if (RangeApplication.CanRescale(_plan, node)
                    && RangeApplication.Absorber(structure, _plan, node, output, out _) is not null)
                {
                    _absorbed.Add(node.Name);
                }
            }
        }
    }

    /// <summary>Fits a network's ranges.</summary>
    /// <param name="floating">The rewritten float network.</param>
    /// <param name="quantized">The quantized model made from it, not calibrated; may be one that cannot be planned for its biases.</param>
    /// <param name="structure">The same without biases (<see cref="BiasFreeForm"/>).</param>
    /// <param name="ranges">What calibration saw.</param>
    public static FittedRanges Apply(Model floating, Model quantized, Model structure, CalibratedRanges ranges)
    {
        RangeFit fit = new(structure, ranges);
        (NdArray<float>, NdArray<float>)? input = fit.WithInputRanges(ranges.Input);
        fit.GiveDeadChannelsRanges();
        fit.RaiseSmallRanges();
        fit.AlignFlattened();
        if (fit._changes.Count == 0)
        {
            return new FittedRanges(floating, quantized, ranges, []);
        }

        PowerScaling scaling = new(fit.Exponents);
        return new FittedRanges(
            scaling.Apply(floating), scaling.Apply(quantized), fit.Scaled(ranges, input), fit._changes, fit.Exponents);
    }

    private int[] Exponents(string layer) =>
        [.. Enumerable.Range(0, _domains.Channels(layer)).Select(channel => Exponent(_domains.Find(layer, channel)))];

    private int Exponent(int? domain) => domain is { } id ? _exponents.GetValueOrDefault(id) : 0;

    private int Exponent(string layer, int index) => Exponent(_domains.Find(layer, index));

    private float ScaledRange(string layer, int index) => _ranges[layer][index] * Rounding.Pow2(Exponent(layer, index));

    /// <summary>A channel that is always 0 gets the widest range of its layer: its integers are 0 whatever it has.</summary>
    private void GiveDeadChannelsRanges()
    {
        foreach ((string layer, float[] ranges) in _ranges)
        {
            int dead = ranges.Count(range => !float.IsNormal(range));
            float widest = ranges.Max();
            if (dead == 0 || !float.IsNormal(widest))
            {
                continue;
            }

            for (int i = 0; i < ranges.Length; i++)
            {
                ranges[i] = float.IsNormal(ranges[i]) ? ranges[i] : widest;
            }

            Say(layer, "range_max", "0", Text(widest), $"{Count(dead)} never fired, and the finest step of all is not needed for 0.");
        }
    }

    /// <summary>The ranges of the input, where channels that are always 0 get those of the others.</summary>
    private (NdArray<float> Min, NdArray<float> Max)? WithInputRanges((NdArray<float> Min, NdArray<float> Max)? ranges)
    {
        if (ranges is not var (min, max) || min.Values.Length < 2)
        {
            return ranges;
        }

        bool[] dead = [.. min.Values.Zip(max.Values, (least, most) => least == 0 && most == 0)];
        if (!dead.Contains(true) || !dead.Contains(false))
        {
            return ranges;
        }

        (float least, float most) = (min.Values.Min(), max.Values.Max());
        Say(
            _structure.Nodes.First(node => node.Layer is InputQuantizer).Name,
            "range_max",
            "0",
            Text(most),
            $"{Count(dead.Count(isDead => isDead))} of the samples never had another value, and the finest step is not needed for 0.");
        return (
            min with { Values = [.. min.Values.Select((value, i) => dead[i] ? least : value)] },
            max with { Values = [.. max.Values.Select((value, i) => dead[i] ? most : value)] });
    }

    /// <summary>Scales every domain with a range below <see cref="Least"/>, so that its least one is from 1 to 2.</summary>
    private void RaiseSmallRanges()
    {
        Dictionary<int, float> widest = [];
        foreach ((string layer, int domain, float range) in RangesByDomain())
        {
            widest[domain] = Math.Max(widest.GetValueOrDefault(domain), range);
        }

        Dictionary<string, (float Least, int Most, int Count)> raised = new(StringComparer.Ordinal);
        foreach ((string layer, int domain, float range) in RangesByDomain())
        {
            // What an Add aligns must fit its sum; a range so much finer than another adds nothing to it.
            int bits = _quantizers[layer].ValueBits;
            float bounded = Math.Max(range, widest[domain] * Rounding.Pow2(bits - AlignedBits));
            if (bounded >= Least || !float.IsNormal(range))
            {
                continue;
            }

            int exponent = Math.Min(-Rounding.FloorLog2(bounded), MostExponent);
            _exponents[domain] = Math.Max(Exponent(domain), exponent);
            (float least, int most, int count) = raised.GetValueOrDefault(layer, (range, exponent, 0));
            raised[layer] = (Math.Min(least, range), Math.Max(most, exponent), count + 1);
        }

        foreach ((string layer, (float least, int most, int count)) in raised)
        {
            Say(
                layer,
                "channels",
                Text(least),
                Text(least * Rounding.Pow2(most)),
                $"{(count == 1 ? "A range" : $"{count} ranges")} from {Text(least)} on would use few of {1 << _quantizers[layer].ValueBits} integers; powers of two up to 2^{most} go into the kernels before and behind.");
        }
    }

    /// <summary>The widest range of every quantizer in every domain that it has channels of.</summary>
    private IEnumerable<(string Layer, int Domain, float Range)> RangesByDomain() =>
        from pair in _ranges
        from entry in pair.Value
            .Select((range, index) => (Domain: _domains.Find(pair.Key, index), Range: range))
            .Where(entry => entry.Domain is not null)
            .GroupBy(entry => entry.Domain!.Value, entry => entry.Range)
        select (pair.Key, entry.Key, entry.Max());

    /// <summary>Gives all channels that go into a Flatten the same fractional bits.</summary>
    private void AlignFlattened()
    {
        Node[] flattens = [.. _structure.Nodes.Where(node => node.Layer is QuantizedFlatten)];
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (Node flatten in flattens)
            {
                ScaleChannels(flatten);
            }
        }

        foreach (Node flatten in flattens)
        {
            WidenRanges(flatten);
        }
    }

    /// <summary>Scales the domains of narrow channels up to the widest one.</summary>
    private void ScaleChannels(Node flatten)
    {
        (ChannelSource Source, int Excess)[] channels = Excesses(flatten);
        int scaled = 0;
        foreach (IGrouping<int?, (ChannelSource Source, int Excess)> group in channels.GroupBy(channel =>
            _domains.Find(channel.Source.Layer, channel.Source.Index)))
        {
            int excess = group.Min(channel => channel.Excess);
            if (group.Key is { } domain && excess > 0 && Exponent(domain) + excess <= MostExponent)
            {
                _exponents[domain] = Exponent(domain) + excess;
                scaled += group.Count();
            }
        }

        SayAligned(flatten, channels, scaled, "Powers of two in the kernels before and behind make them equal");
    }

    /// <summary>What powers of two cannot make equal rates do; where no kernel takes those up, narrow channels get wide ranges.</summary>
    private void WidenRanges(Node flatten)
    {
        (ChannelSource Source, int Excess)[] channels = Excesses(flatten);
        int rescaled = 0;
        int widened = 0;
        foreach ((ChannelSource source, int excess) in channels.Where(channel => channel.Excess > 0))
        {
            if (_absorbed.Contains(source.Layer))
            {
                rescaled++;
                continue;
            }

            OutputQuantizer quantizer = _quantizers[source.Layer];
            int exponent = quantizer.ValueBits - (FracBits(source) - excess) - Exponent(source.Layer, source.Index);
            _ranges[source.Layer][source.Index] = RangeApplication.Ideal(Rounding.Pow2(exponent), quantizer.Bitwidth);
            widened++;
        }

        SayAligned(flatten, channels, rescaled, "Rates, which the kernel behind takes up, make them equal");
        SayAligned(flatten, channels, widened, "The widest range serves them all");
    }

    /// <summary>The channels that go into a Flatten, with how many fractional bits each has more than the widest.</summary>
    private (ChannelSource Source, int Excess)[] Excesses(Node flatten)
    {
        ChannelSource[] sources = [.. _sources[flatten.Inputs[0]].Distinct()];
        if (sources.Length == 0 || !sources.All(source => _ranges.ContainsKey(source.Layer)))
        {
            return [];
        }

        int[] bits = Array.ConvertAll(sources, FracBits);
        int least = bits.Min();
        return [.. sources.Zip(bits, (source, own) => (source, own - least))];
    }

    private void SayAligned(Node flatten, (ChannelSource Source, int Excess)[] channels, int changed, string how)
    {
        if (changed > 0)
        {
            Say(
                flatten.Inputs[0],
                "channels",
                $"ranges up to 2^{channels.Max(channel => channel.Excess)} apart",
                "equal ones",
                $"'{flatten.Name}' aligns them within their bits, and values of the wider ones would saturate. {how}: {Count(changed)}.");
        }
    }

    private int FracBits(ChannelSource source)
    {
        OutputQuantizer quantizer = _quantizers[source.Layer];
        float range = ScaledRange(source.Layer, source.Index);
        return Rounding.MaxFracBits(
            quantizer.ValueBits, _absorbed.Contains(source.Layer) ? RangeApplication.Ideal(range, quantizer.Bitwidth) : range);
    }

    private CalibratedRanges Scaled(CalibratedRanges ranges, (NdArray<float>, NdArray<float>)? input)
    {
        CalibratedRanges scaled = new() { Input = input };
        foreach (string layer in ranges.Layers)
        {
            scaled[layer] = _ranges.TryGetValue(layer, out float[]? own)
                ? ranges[layer] with { Values = [.. Enumerable.Range(0, own.Length).Select(index => ScaledRange(layer, index))] }
                : ranges[layer];
        }

        return scaled;
    }

    private void Say(string layer, string what, string before, string after, string reason) =>
        _changes.Add(new FitChange(layer, what, before, after, reason));

    private static string Count(int channels) => channels == 1 ? "One channel" : $"{channels} channels";

    private static string Text(float value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
