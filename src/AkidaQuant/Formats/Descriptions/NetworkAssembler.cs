using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Makes a model of a description: gives layers their names, connects them, and checks that all are used.</summary>
internal static class NetworkAssembler
{
    /// <summary>The model, without weights.</summary>
    /// <param name="network">The description.</param>
    /// <param name="entries">The entries by the names of their layers.</param>
    /// <exception cref="QuantException">
    /// Two layers have one name, <c>LayerInputUnknown</c>, <c>LayerUnused</c>, the graph has a cycle, or what a layer reports.
    /// </exception>
    public static Model Assemble(NetworkDescription network, out IReadOnlyDictionary<string, LayerEntry> entries)
    {
        (string input, IReadOnlyList<string> names) = NamesOf(network);
        Dictionary<string, LayerEntry> byName = new(StringComparer.Ordinal);
        List<Node> nodes = [new Node(network.Input with { Name = input }, [])];
        foreach ((LayerEntry entry, string name) in network.Layers.Zip(names))
        {
            byName.Add(name, entry);
            nodes.Add(new Node(LayerEntryReader.Make(entry, name, network.Source), entry.Inputs ?? [nodes[^1].Name]));
        }

        entries = byName;
        RequireInputs(network, nodes);
        IReadOnlyList<string> outputs = network.Outputs.Count > 0 ? network.Outputs : [nodes[^1].Name];
        if (outputs.FirstOrDefault(name => nodes.TrueForAll(node => node.Name != name)) is { } output)
        {
            throw network.Source.Invalid(
                $"gives the output of '{DescriptionSource.Shorten(output)}', which is none of its layers.{NearestName.Question(output, names)}");
        }

        var model = Model.Create(network.Name, network.IsSequential && outputs.Count == 1, nodes, outputs);
        if (nodes.Find(node => model.Find(node.Name) is null && byName.ContainsKey(node.Name)) is { } unused)
        {
            LayerEntry entry = byName[unused.Name];
            throw network.Source.OfLayer(
                "LayerUnused",
                entry.Number,
                entry.ClassName,
                $"nothing takes the output of '{DescriptionSource.Shorten(unused.Name)}'. Name it among the 'inputs' of another layer, or leave it out.");
        }

        return model;
    }

    private static void RequireInputs(NetworkDescription network, List<Node> nodes)
    {
        string[] names = [.. nodes.Select(node => node.Name)];
        foreach ((LayerEntry entry, Node node) in network.Layers.Zip(nodes.Skip(1)))
        {
            if (node.Inputs.FirstOrDefault(input => !names.Contains(input)) is { } unknown)
            {
                throw network.Source.OfLayer(
                    "LayerInputUnknown",
                    entry.Number,
                    entry.ClassName,
                    $"its 'inputs' name '{DescriptionSource.Shorten(unknown)}', which is none of the layers.{NearestName.Question(unknown, names)}");
            }

            if (!node.Layer.TakesInputs(node.Inputs.Count))
            {
                throw network.Source.OfLayer("LayerInputCount", entry.Number, entry.ClassName, Count(node.Layer, node.Inputs.Count));
            }
        }
    }

    private static string Count(Layer layer, int given) => layer.InputCount == 1
        ? $"it takes one input, but has {given}. Name one layer in its 'inputs'; Add and Concatenate join several."
        : $"it takes {layer.InputCount} inputs{(layer.TakesInputs(layer.InputCount + 1) ? " or more" : string.Empty)}, but has {given}. Name the layers that it takes in its 'inputs'.";

    /// <summary>The names as Keras gives them: those that are written, and of the others the class in snake case with a number.</summary>
    private static (string Input, IReadOnlyList<string> Names) NamesOf(NetworkDescription network)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        if (network.Input.Name.Length > 0)
        {
            taken.Add(network.Input.Name);
        }

        foreach (LayerEntry entry in network.Layers)
        {
            if (entry.Name is { } name && !taken.Add(name))
            {
                throw network.Source.OfLayer(
                    "LayerNameTaken",
                    entry.Number,
                    entry.ClassName,
                    $"another layer is called '{DescriptionSource.Shorten(name)}' already. Give every layer its own name.");
            }
        }

        LayerNames counter = new();
        List<string> names = [];
        foreach (LayerEntry entry in network.Layers)
        {
            names.Add(entry.Name ?? counter.Next(KindOf(entry), taken.Contains));
        }

        return (network.Input.Name is { Length: > 0 } given ? given : DefaultInput(network.IsSequential, names), names);
    }

    /// <summary>The name of the input where none is written.</summary>
    public static string DefaultInput(bool isSequential, IReadOnlyList<string> names)
    {
        // Counting from 1 is what Keras does for inputs alone.
        const string Kind = "input";
        return isSequential && !names.Contains($"{names[0]}_{Kind}")
            ? $"{names[0]}_{Kind}"
            : new LayerNames().StartAt(Kind, 1).Next(Kind, names.Contains);
    }

    private static string KindOf(LayerEntry entry) =>
        entry.StoredClass is nameof(TFOpLambda) or nameof(SlicingOpLambda)
        && entry.Arguments.GetValueOrDefault("function") is string function
            ? $"tf.{function}"
            : KindOf(entry.ClassName);

    /// <summary>What a layer of a class is called before it is counted, also one of a class that is not known.</summary>
    public static string KindOf(string className)
    {
        string stored = LayerClasses.Resolve(className) ?? className;
        return KerasNames.ToSnakeCase(stored[(stored.IndexOf('>', StringComparison.Ordinal) + 1)..]);
    }
}
