using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Quantization;

/// <summary>
/// Calibrated ranges of a network that brings its own (<see cref="Model.Ranges"/>), so that no samples need to run. Layers without one
/// get that of a layer beside them where the two can be told from each other: pools, rectifiers, concatenations, sums.
/// </summary>
internal sealed class KnownRanges
{
    private readonly Model _floating;
    private readonly Dictionary<string, TensorRange> _ranges;
    private readonly List<string> _sums = [];

    private KnownRanges(Model floating)
    {
        _floating = floating;
        _ranges = new Dictionary<string, TensorRange>(floating.Ranges, StringComparer.Ordinal);
        foreach (Node node in floating.Nodes.Reverse().Where(node => !_ranges.ContainsKey(node.Name)))
        {
            if (FromBehind(node) is { } range)
            {
                _ranges[node.Name] = range;
            }
        }

        foreach (Node node in floating.Nodes.Where(node => !_ranges.ContainsKey(node.Name) && node.Inputs.All(_ranges.ContainsKey)))
        {
            if (FromFront(node) is { } range)
            {
                _ranges[node.Name] = range;
            }
        }
    }

    /// <summary>The ranges of all quantizers.</summary>
    /// <param name="floating">The rewritten float model, which has some.</param>
    /// <param name="structure">The quantized model, not calibrated yet.</param>
    /// <param name="tell">Told what was taken from where; null for nobody.</param>
    /// <exception cref="QuantException"><c>RangesIncomplete</c>: there is no range for some quantizers.</exception>
    public static CalibratedRanges Of(Model floating, Model structure, Action<string>? tell) =>
        new KnownRanges(floating).Of(structure, tell);

    private CalibratedRanges Of(Model structure, Action<string>? tell)
    {
        CalibratedRanges calibrated = new();
        List<string> missing = [];
        List<string> bounded = [];
        int count = 0;
        foreach (Node node in structure.Nodes)
        {
            string? source = node.Layer is InputQuantizer ? node.Inputs[0]
                : node.Layer is QuantizedLayer { OutputQuantizer: not null } ? node.Name : null;
            if (source is null)
            {
                continue;
            }

            if (!_ranges.TryGetValue(source, out TensorRange range))
            {
                missing.Add(source);
                continue;
            }

            count++;
            bounded.AddRange(_sums.Where(sum => sum == source));
            Shape shape = _floating.Plan[source].Prepared.Output.Shape;
            switch (node.Layer)
            {
                case InputQuantizer input:
                    var ends = (Fill(range.Least, input.PerAxis, shape), Fill(range.Greatest, input.PerAxis, shape));
                    if (source == structure.Input.Name)
                    {
                        calibrated.Input = ends;
                    }
                    else
                    {
                        calibrated.Crossing[node.Name] = ends;
                    }

                    break;
                case QuantizedLayer { OutputQuantizer: { } output }:
                    bool isPositive = _floating.NodeOf(source).Layer.IsNeverNegative;
                    calibrated[node.Name] = Fill(isPositive ? Math.Max(range.Greatest, 0) : range.Magnitude, output.PerAxis, shape);
                    break;
            }
        }

        if (missing.Count > 0)
        {
            throw new QuantException(
                "RangesIncomplete",
                QuantErrorKind.InvalidArgument,
                $"The file of '{_floating.Name}' holds ranges of activations, but none for {Listing.Of(missing.Select(name => $"'{name}'"))}. Give samples to calibrate with: -Sample.",
                _floating.Name);
        }

        tell?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"The ranges of {count} quantizers are those that the file of '{_floating.Name}' holds; no samples were run."));
        if (bounded.Count > 0)
        {
            tell?.Invoke(
                $"The file holds none for {Listing.Of(bounded.Select(name => $"'{name}'"))}: the ranges of what is added there bound the sums.");
        }

        return calibrated;
    }

    private static NdArray<float> Fill(float value, bool perAxis, Shape shape) =>
        NdArray<float>.Filled(perAxis ? new Shape(shape.Channels) : Shape.Scalar, value);

    /// <summary>
    /// What follows from a range behind: values that are only moved or chosen from have as wide a one, and of what a rectifier takes
    /// only the part that it passes matters.
    /// </summary>
    private TensorRange? FromBehind(Node node)
    {
        IReadOnlyList<Node> consumers = _floating.Consumers(node.Name);
        foreach (Node next in consumers.Where(next => next.Inputs.Count == 1 && _ranges.ContainsKey(next.Name)))
        {
            TensorRange behind = _ranges[next.Name];
            switch (next.Layer)
            {
                case MaxPooling2D or Flatten or Reshape or Permute or Dropout:
                case var layer when IdentityConvolution.IsOne(layer):
                    return behind;
                case ReLU when consumers.Count == 1 && node.Layer is not InputLayer:
                    return new TensorRange(-behind.Greatest, behind.Greatest);
                case Rescaling rescaling:
                    return behind.Before(rescaling.Scale, rescaling.Offset);
            }
        }

        return null;
    }

    private TensorRange? FromFront(Node node)
    {
        if (node.Inputs.Count == 0)
        {
            return null;
        }

        TensorRange[] inputs = [.. node.Inputs.Select(input => _ranges[input])];
        TensorRange all = inputs.Aggregate((left, right) => left.With(right));
        switch (node.Layer)
        {
            case MaxPooling2D or GlobalAveragePooling2D or AveragePooling2D or Flatten or Reshape or Permute or Dropout or Concatenate:
            case var layer when IdentityConvolution.IsOne(layer):
                return all;
            case ZeroPadding2D:
                return all.With(default);
            case ReLU { NegativeSlope: 0, Threshold: 0 } relu:
                return new TensorRange(0, Math.Min(relu.MaxValue ?? float.MaxValue, Math.Max(all.Greatest, 0)));
            case Add:
                _sums.Add(node.Name);
                return new TensorRange(inputs.Sum(range => range.Least), inputs.Sum(range => range.Greatest));
            default:
                return null;
        }
    }
}
