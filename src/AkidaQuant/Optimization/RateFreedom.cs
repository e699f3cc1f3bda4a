using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Which output quantizers may rescale what they give: freely where only kernels take it up; by one power of two for all whose
/// outputs meet in additions, which need the same scale; not at all where an output, a table or a recurrence takes the values
/// (quantize.md 12.1; optimization.md, steps 0 and 5).
/// </summary>
internal sealed class RateFreedom
{
    /// <summary>Ranges so far below the greatest of their tensor say nothing of what it needs.</summary>
    private const float Negligible = 1f / 64;

    private const int MostExponent = 24;

    /// <summary>Stands for tensors that cannot be rescaled.</summary>
    private const float Fixed = 0f;

    private readonly Model _model;
    private readonly Func<string, bool> _mayChange;
    private readonly Dictionary<string, string[]> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float> _factors = new(StringComparer.Ordinal);

    /// <summary>Works out what each quantizer may do.</summary>
    /// <param name="model">The quantized model.</param>
    /// <param name="mayChange">Whether a layer may change.</param>
    public RateFreedom(Model model, Func<string, bool> mayChange)
    {
        _model = model;
        _mayChange = mayChange;
        foreach (Node node in model.Nodes.Where(node => node.Layer is QuantizedAdd))
        {
            Tie(node);
        }

        foreach (IGrouping<string, string> group in _groups.Keys.ToArray().GroupBy(GroupOf))
        {
            _members[group.Key] = [.. model.Nodes.Select(node => node.Name).Where(group.Contains)];
            _factors[group.Key] = Start(_members[group.Key]);
        }
    }

    /// <summary>The tensors that meet in additions and may be rescaled together, group by group.</summary>
    public IEnumerable<string[]> Groups => _members.Where(group => _factors[group.Key] != Fixed).Select(group => group.Value);

    /// <summary>The quantizers of those tensors that meet in additions and may be rescaled together.</summary>
    public IEnumerable<string> Shared => Groups.SelectMany(members => members).Where(HasQuantizer);

    /// <summary>Chooses the factors of tensors that meet, by what quantizing them costs.</summary>
    /// <param name="samples">The float values of each of <see cref="Shared"/>, with what an error of its channels counts.</param>
    public void Choose(IReadOnlyDictionary<string, (ChannelSamples Samples, float[] Importance)> samples)
    {
        foreach ((string group, string[] members) in _members)
        {
            if (_factors[group] != Fixed)
            {
                _factors[group] = SharedFactor.Choose(_factors[group], [.. members.Where(HasQuantizer).Select(member => (
                    samples[member].Samples, ((QuantizedLayer)_model.NodeOf(member).Layer).OutputQuantizer!, samples[member].Importance))]);
            }
        }
    }

    /// <summary>The factor that a tensor must have; null where any serves, or one a channel.</summary>
    public float? Required(string layer) =>
        _groups.ContainsKey(layer) ? _factors[GroupOf(layer)] is var factor && factor != Fixed ? factor : 1f
        : IsTaken(layer, layer, isJoined: false) ? null
        : 1f;

    private string GroupOf(string layer)
    {
        while (_groups[layer] != layer)
        {
            layer = _groups[layer];
        }

        return layer;
    }

    private void Join(string first, string second)
    {
        _groups.TryAdd(first, first);
        _groups.TryAdd(second, second);
        _groups[GroupOf(second)] = GroupOf(first);
    }

    /// <summary>Ties an addition with all whose values meet in it, unchanged since their last quantizer.</summary>
    private void Tie(Node add)
    {
        foreach (string input in add.Inputs)
        {
            Join(add.Name, Source(input));
        }
    }

    /// <summary>The layer that gave a tensor its factor: a quantizer, an addition, or what has none.</summary>
    private string Source(string layer)
    {
        Node node = _model.NodeOf(layer);
        return node.Layer is QuantizedAdd or InputLayer || node.Inputs.Count != 1 || RescalingDomains.Rated(node.Layer) is not null
            || node.Layer.Equalization is Equalization.Absorbs or Equalization.AbsorbsOneRate
            ? layer
            : Source(node.Inputs[0]);
    }

    private bool HasQuantizer(string layer) => _model.NodeOf(layer).Layer is QuantizedLayer { OutputQuantizer: not null };

    /// <summary>A power of two that brings the smallest range of a channel of tensors that meet up to a half.</summary>
    private float Start(string[] members)
    {
        float least = float.PositiveInfinity;
        foreach (string member in members)
        {
            Layer layer = _model.NodeOf(member).Layer;
            bool isFree = layer is QuantizedAdd || (RescalingDomains.Rated(layer) is not null && _mayChange(member));
            if (!isFree || !IsTaken(member, member, isJoined: false))
            {
                return Fixed;
            }

            if (layer is QuantizedLayer { OutputQuantizer: { } quantizer })
            {
                float[] ranges = Ranges(quantizer);
                float most = ranges.Max();
                least = Math.Min(least, ranges.Where(range => range > most * Negligible).DefaultIfEmpty(float.PositiveInfinity).Min());
            }
        }

        return float.IsInfinity(least) || least >= 0.5f
            ? 1f
            : MathF.ScaleB(1f, Math.Min(MostExponent, -1 - MathF.ILogB(least)));
    }

    /// <summary>The ranges that a quantizer was calibrated for, before its rates.</summary>
    private static float[] Ranges(OutputQuantizer quantizer) =>
        [.. quantizer.RangeMax.Values.Zip(quantizer.RescalingRate.Values, (range, rate) => range / rate)];

    /// <summary>Whether all that a tensor comes to takes up factors, or passes them on to what does.</summary>
    /// <param name="layer">The tensor.</param>
    /// <param name="source">The tensor whose factors it has, or has among others.</param>
    /// <param name="isJoined">Whether others are beside them, so that an addition would have to scale all alike.</param>
    private bool IsTaken(string layer, string source, bool isJoined)
    {
        if (_model.Outputs.Contains(layer))
        {
            return false;
        }

        foreach (Node next in _model.Consumers(layer))
        {
            bool isTaken = next.Layer switch
            {
                { Equalization: Equalization.Absorbs } => _mayChange(next.Name) && ChannelsFit(layer, source),
                { Equalization: Equalization.AbsorbsOneRate } => false,
                QuantizedReLU { MaxValue: not null } => false,
                QuantizedAdd => !isJoined,
                QuantizedConcatenate when _model.Plan[next.Name].Prepared.Output.Shape.Channels
                    != next.Inputs.Sum(input => _model.Plan[input].Prepared.Output.Shape.Channels) => false,
                QuantizedConcatenate => IsTaken(next.Name, next.Name, isJoined: true),
                { Equalization: Equalization.Passes or Equalization.Reshapes } or QuantizedReLU or QuantizedRescaling =>
                    _mayChange(next.Name) && RescalingDomains.Rated(next.Layer) is { PerAxis: true }
                    || IsTaken(next.Name, source, isJoined),
                _ => false,
            };
            if (!isTaken)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the channels of a quantizer come round and round in what a kernel takes.</summary>
    private bool ChannelsFit(string layer, string source) =>
        _model.Plan[layer].Prepared.Output.Shape.Channels % _model.Plan[source].Prepared.Output.Shape.Channels == 0;
}
