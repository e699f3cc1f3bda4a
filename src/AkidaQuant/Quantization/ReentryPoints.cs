using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>
/// The layers in float behind which quantization goes on, where that is asked for: one tensor comes out of the float part, and only layers
/// that have an integer form take it.
/// </summary>
internal sealed class ReentryPoints
{
    private readonly Model _floating;
    private readonly HashSet<string> _places;
    private readonly HashSet<string> _allowed;
    private readonly List<string> _used = [];
    private bool _isClosed;

    /// <summary>Finds where the network may be entered again.</summary>
    public ReentryPoints(Model floating, QuantizeOptions options)
    {
        _floating = floating;
        _places = options.Hybrid ? [.. ModelCut.Places(floating)] : [];
        _allowed = [.. _places.Where(name => floating[name].Layer is not InputLayer && floating.Consumers(name).All(CanTake))];
    }

    /// <summary>The layers behind which an InputQuantizer is put, in the order of the network.</summary>
    public IReadOnlyList<string> Used => _used;

    /// <summary>Whether a layer, some of whose inputs are float, is entered from there; remembered as used.</summary>
    public bool Takes(Node node)
    {
        if (_isClosed || node.Inputs is not [var first, ..] || !_allowed.Contains(first))
        {
            return false;
        }

        if (!_used.Contains(first))
        {
            _used.Add(first);
        }

        return true;
    }

    /// <summary>Ends all: the last layer to quantize was met.</summary>
    public void Close() => _isClosed = true;

    /// <summary>
    /// Forbids the points where crossing would only cost accuracy: no kernel computes in integers behind them, or only such as no processor
    /// computes, because floats take several tensors and no kernel is in front of all of them, or because something else stands in front
    /// of the kernels, behind which there may be a point, too. All is to be done anew then.
    /// </summary>
    /// <param name="replaced">The layers as they are with the points used so far.</param>
    /// <returns>Whether a point was forbidden.</returns>
    public bool DropUseless(Dictionary<string, Layer> replaced)
    {
        string[] useless = [.. _used.Where(point => !IsUseful(point, replaced))];
        _allowed.ExceptWith(useless);
        if (useless.Length > 0)
        {
            _used.Clear();
            _isClosed = false;
        }

        return useless.Length > 0;
    }

    private static bool CanTake(Node node) => node.Layer.QuantizationObstacle is null && node.Inputs.Count == 1;

    private bool IsUseful(string point, Dictionary<string, Layer> replaced)
    {
        if (!_floating.Consumers(point).All(consumer => Begins(consumer, replaced)))
        {
            return false;
        }

        HashSet<string> integers = Behind(point, replaced);
        bool endsOnce = integers.Count(name => IsEnd(name, replaced)) == 1;
        return endsOnce ? HasKernel(integers, replaced) : integers.Any(name =>
            _places.Contains(name)
            && replaced[name] is QuantizedLayer { OutputQuantizer: not null }
            && HasKernel(ModelCut.Behind(_floating, name).Front.Select(node => node.Name).Where(integers.Contains), replaced));
    }

    /// <summary>Whether a processor can begin with a layer: a kernel, behind layers at most that kernels take in.</summary>
    private bool Begins(Node node, Dictionary<string, Layer> replaced) => replaced[node.Name] is QuantizedLayer layer
        && (layer.HasQuantizableWeights
            || (layer is QuantizedFlatten or QuantizedDropout
                && _floating.Consumers(node.Name).All(consumer => Begins(consumer, replaced))));

    /// <summary>The quantized layers that take integers from a point.</summary>
    private HashSet<string> Behind(string point, Dictionary<string, Layer> replaced)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> open = new([point]);
        while (open.TryPop(out string? name))
        {
            foreach (Node consumer in _floating.Consumers(name))
            {
                if (replaced[consumer.Name] is QuantizedLayer && seen.Add(consumer.Name))
                {
                    open.Push(consumer.Name);
                }
            }
        }

        return seen;
    }

    /// <summary>Whether floats, or who runs the network, take what a quantized layer gives.</summary>
    private bool IsEnd(string name, Dictionary<string, Layer> replaced) =>
        _floating.Outputs.Contains(name) || _floating.Consumers(name).Any(consumer => replaced[consumer.Name] is not QuantizedLayer);

    private static bool HasKernel(IEnumerable<string> names, Dictionary<string, Layer> replaced) =>
        names.Any(name => replaced[name] is QuantizedLayer { HasQuantizableWeights: true });
}
