using AkidaQuant.Formats.Files;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Gives the layers of a model their weights, in the shapes that follow from the input, layer by layer.</summary>
internal sealed class WeightFiller
{
    private readonly IReadOnlyDictionary<string, LayerEntry> _entries;
    private readonly DescriptionSource _source;
    private readonly IWeightSource _weights;
    private readonly long _most;
    private long _count;

    private WeightFiller(
        IReadOnlyDictionary<string, LayerEntry> entries, DescriptionSource source, IWeightSource weights, long maxSize)
    {
        _most = maxSize / sizeof(float);
        _entries = entries;
        _source = source;
        _weights = weights;
    }

    /// <summary>The model with its weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="entries">What was written of its layers, for errors.</param>
    /// <param name="source">Where that comes from.</param>
    /// <param name="weights">Where the weights come from.</param>
    /// <param name="maxSize">The most bytes that they may take.</param>
    /// <exception cref="QuantException">
    /// A layer does not fit its inputs, <c>NetworkTooLarge</c>, <c>InputShapeMissing</c>, or what the source of the weights reports.
    /// </exception>
    public static Model Fill(
        Model model,
        IReadOnlyDictionary<string, LayerEntry> entries,
        DescriptionSource source,
        IWeightSource weights,
        long maxSize = ArrayBudget.Least)
    {
        WeightFiller filler = new(entries, source, weights, maxSize);
        Dictionary<string, Layer> filled = model.InputShape.IsKnown ? filler.FillKnown(model)
            : weights.KnowsShapes ? filler.FillOpen(model)
            : throw new QuantException(
                "InputShapeMissing",
                QuantErrorKind.InvalidArgument,
                $"The network '{DescriptionSource.Shorten(model.Name)}' leaves sizes of its input {model.InputShape} open, and new weights need all of them. Give them in '{DescriptionKeys.InputShape}', or the weights in '{DescriptionKeys.Weights}'.",
                model.Name);
        weights.Finish();
        return model.WithLayers(layer => filled.GetValueOrDefault(layer.Name, layer));
    }

    private Dictionary<string, Layer> FillKnown(Model model)
    {
        Dictionary<string, Layer> filled = new(StringComparer.Ordinal);
        Dictionary<string, TensorSpec> specs = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is InputLayer input)
            {
                specs[node.Name] = input.Spec(model.IsQuantized);
                continue;
            }

            try
            {
                TensorSpec[] inputs = [.. node.Inputs.Select(name => specs[name])];
                Node whole = node with { Layer = node.Layer.TakesInputs(inputs.Length) ? FillKnown(node.Layer, inputs) : node.Layer };
                filled[node.Name] = whole.Layer;
                TensorSpec output = whole.Prepare(inputs).Output;
                _ = output.Shape.Size;
                specs[node.Name] = output;
            }
            catch (OverflowException e)
            {
                throw TooLarge(node, e);
            }
            catch (QuantException e)
            {
                throw _source.OfLayer(e, _entries[node.Name]);
            }
        }

        return filled;
    }

    private Layer FillKnown(Layer layer, TensorSpec[] inputs)
    {
        IReadOnlyList<WeightShape> shapes = layer.WeightShapes([.. inputs.Select(input => input.Shape)]);
        foreach (WeightShape weight in shapes)
        {
            if (weight.Shape.Any(dimension => dimension < 1))
            {
                throw new QuantException(
                    "LayerArgumentInvalid",
                    QuantErrorKind.InvalidData,
                    $"Layer '{layer.Name}' ({layer.ClassName}): on an input of {inputs[0].Shape} its weights would have the shape {weight.Shape}. Give it positive sizes.",
                    layer.Name);
            }

            double size = weight.Shape.Aggregate(1.0, (product, dimension) => product * dimension);
            if (size + _count > _most)
            {
                throw new OverflowException("The weights are more than a network may have.");
            }

            _count += (long)size;
        }

        return shapes.Count == 0
            ? layer
            : layer.WithVariables([.. layer.Variables.Zip(shapes, (variable, weight) => _weights.Take(layer, variable.Name, weight))]);
    }

    private Dictionary<string, Layer> FillOpen(Model model) => model.GraphLayers
        .Where(layer => layer.Variables.Count > 0)
        .ToDictionary(
            layer => layer.Name,
            layer => layer.WithVariables([.. layer.Variables.Select(variable => TakeOpen(layer, variable.Name))]),
            StringComparer.Ordinal);

    private NdArray<float> TakeOpen(Layer layer, string variable)
    {
        NdArray<float> weight = _weights.Take(layer, variable, null);
        _count += weight.Values.Length;
        return _count <= _most ? weight : throw TooLarge(new Node(layer, []), null);
    }

    private QuantException TooLarge(Node node, Exception? inner) => new(
        "NetworkTooLarge",
        QuantErrorKind.NotSupported,
        $"{_source.Title(_entries[node.Name].Number, _entries[node.Name].ClassName)}: with '{DescriptionSource.Shorten(node.Name)}' the network has more than {_most} weights, or a tensor of more than {int.MaxValue} values. Make it smaller{(_source.Path is null ? string.Empty : ", or allow more weights with Import-QuantModel -MaxSize")}.",
        node.Name,
        inner);
}
