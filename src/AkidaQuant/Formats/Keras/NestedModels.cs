using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Puts the layers of nested models in the place of the models, and activations that are layers behind theirs: nesting is packaging, and
/// Akida networks are flat.
/// </summary>
internal sealed class NestedModels
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _taken;

    private NestedModels(Model model) =>
        _taken = [.. model.GraphLayers.Where(layer => layer is not NestedModel).Select(layer => layer.Name)];

    /// <summary>
    /// The model without models in it. Layers keep their names where these stay unique; others get the name of
    /// their model in front.
    /// </summary>
    /// <exception cref="QuantException">A nested model turns its input into integers.</exception>
    public static Model Flatten(Model model)
    {
        if (!model.GraphLayers.Any(layer => layer is NestedModel or ActivatedLayer))
        {
            return model;
        }

        NestedModels flat = new(model);
        IReadOnlyList<string> outputs = flat.Add(model, null, null, isFrozen: false);
        bool isChain = flat._nodes.Index().All(entry => entry.Index == 0
            ? entry.Item.Inputs.Count == 0
            : entry.Item.Inputs is [var input] && input == flat._nodes[entry.Index - 1].Name);
        return Model.Create(model.Name, model.IsSequential && isChain, flat._nodes, outputs);
    }

    /// <summary>Adds the layers of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prefix">The name that it has in the model around it; null for the outermost.</param>
    /// <param name="producer">The node that feeds it; null for the outermost.</param>
    /// <param name="isFrozen">Whether training leaves it as it is.</param>
    /// <returns>The names of the layers that give its outputs.</returns>
    private string[] Add(Model model, string? prefix, Node? producer, bool isFrozen)
    {
        Dictionary<string, Node> placed = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes)
        {
            switch (node.Layer)
            {
                case InputLayer input when producer is not null:
                    RequireSameType(prefix!, input, producer.Layer);
                    placed.Add(node.Name, producer);
                    break;
                case NestedModel nested:
                    string output = Add(nested.Inner, nested.Name, placed[node.Inputs[0]], isFrozen || !nested.Trainable)[0];
                    placed.Add(node.Name, _nodes.Find(other => other.Name == output)!);
                    break;
                default:
                    string name = prefix is null ? node.Name : FreeName(prefix, node.Name);
                    Node added = Place(node.Layer is ActivatedLayer both ? both.Plain : node.Layer, name, Placed(node.Inputs), isFrozen);
                    placed.Add(
                        node.Name,
                        node.Layer is ActivatedLayer { Behind: var activation }
                            ? Place(activation, FreeName(prefix ?? name, $"{name}_activ"), [added.Name], isFrozen)
                            : added);
                    break;
            }
        }

        return Placed(model.Outputs);

        string[] Placed(IEnumerable<string> names) => [.. names.Select(name => placed[name].Name)];
    }

    private Node Place(Layer layer, string name, IReadOnlyList<string> inputs, bool isFrozen)
    {
        Layer renamed = layer with { Name = name };
        Node node = new(isFrozen ? renamed.Frozen() : renamed, inputs);
        _nodes.Add(node);
        return node;
    }

    private string FreeName(string prefix, string name)
    {
        string free = new LayerNames().Next(_taken.Contains(name) ? $"{prefix}_{name}" : name, _taken.Contains);
        _taken.Add(free);
        return free;
    }

    private static void RequireSameType(string name, InputLayer input, Layer producer)
    {
        if (input.Type is { } type && (producer as InputLayer)?.Type != type)
        {
            throw new QuantException(
                "NestedModel",
                QuantErrorKind.NotSupported,
                $"The layer '{name}' is a model of its own that turns its input into {type.FileName()}, which no layer can do. Give its input the type float32, then save the model again.",
                name);
        }
    }
}
