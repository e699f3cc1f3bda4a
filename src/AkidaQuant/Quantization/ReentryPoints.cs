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
    private readonly HashSet<string> _allowed;
    private readonly List<string> _used = [];
    private bool _isClosed;

    /// <summary>Finds where the network may be entered again.</summary>
    public ReentryPoints(Model floating, QuantizeOptions options)
    {
        _floating = floating;
        _allowed = options.Hybrid
            ? [.. ModelCut.Places(floating).Where(name => floating[name].Layer is not InputLayer && floating.Consumers(name).All(CanTake))]
            : [];
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
    /// Forbids the points behind which no kernel computes in integers, where crossing would only cost accuracy; all is to be done anew
    /// then.
    /// </summary>
    /// <param name="replaced">The layers as they are with the points used so far.</param>
    /// <returns>Whether a point was forbidden.</returns>
    public bool DropUseless(Dictionary<string, Layer> replaced)
    {
        string[] useless = [.. _used.Where(point => !HasKernel(point, replaced))];
        _allowed.ExceptWith(useless);
        if (useless.Length > 0)
        {
            _used.Clear();
            _isClosed = false;
        }

        return useless.Length > 0;
    }

    private static bool CanTake(Node node) => node.Layer.QuantizationObstacle is null && node.Inputs.Count == 1;

    private bool HasKernel(string point, Dictionary<string, Layer> replaced)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> open = new([point]);
        while (open.TryPop(out string? name))
        {
            foreach (Node consumer in _floating.Consumers(name))
            {
                if (replaced[consumer.Name] is QuantizedLayer layer && seen.Add(consumer.Name))
                {
                    if (layer.HasQuantizableWeights)
                    {
                        return true;
                    }

                    open.Push(consumer.Name);
                }
            }
        }

        return false;
    }
}
