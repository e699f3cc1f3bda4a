namespace AkidaQuant.Models;

/// <summary>A model cut behind one of its layers: what that layer needs is in front, everything else behind.</summary>
internal sealed class ModelCut
{
    private ModelCut(Node layer, IReadOnlyList<Node> front, IReadOnlyList<Node> back, IReadOnlyList<string> crossing)
    {
        Layer = layer;
        Front = front;
        Back = back;
        Crossing = crossing;
    }

    /// <summary>The layer behind which the model is cut.</summary>
    public Node Layer { get; }

    /// <summary>That layer and all that it needs, in the order of the model.</summary>
    public IReadOnlyList<Node> Front { get; }

    /// <summary>All other layers, in the order of the model.</summary>
    public IReadOnlyList<Node> Back { get; }

    /// <summary>The layers in front whose outputs are taken behind, or are outputs of the model.</summary>
    public IReadOnlyList<string> Crossing { get; }

    /// <summary>Whether both parts compute something, and one tensor crosses.</summary>
    public bool IsClean => Front.Count > 1 && Back.Count > 0 && Crossing is [var name] && name == Layer.Name;

    /// <summary>Cuts a model behind a layer that it has.</summary>
    public static ModelCut Behind(Model model, string layer)
    {
        HashSet<string> needed = new(StringComparer.Ordinal);
        Stack<string> open = new([layer]);
        while (open.TryPop(out string? name))
        {
            if (needed.Add(name))
            {
                foreach (string input in model.NodeOf(name).Inputs)
                {
                    open.Push(input);
                }
            }
        }

        List<Node> back = [.. model.Nodes.Where(node => !needed.Contains(node.Name))];
        HashSet<string> taken = [.. back.SelectMany(node => node.Inputs), .. model.Outputs];
        return new ModelCut(
            model.NodeOf(layer),
            [.. model.Nodes.Where(node => needed.Contains(node.Name))],
            back,
            [.. model.Nodes.Select(node => node.Name).Where(name => needed.Contains(name) && taken.Contains(name))]);
    }

    /// <summary>The layers behind which one tensor crosses, in the order of the model.</summary>
    public static IEnumerable<string> Places(Model model) =>
        model.Nodes.Select(node => node.Name).Where(name => Behind(model, name).IsClean);
}
