using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>A network as it is written down: its input and its layers, before they have names and weights.</summary>
internal sealed record NetworkDescription
{
    /// <summary>Where it comes from.</summary>
    public required DescriptionSource Source { get; init; }

    /// <summary>The name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is a plain list of layers, whose input files and summaries hide.</summary>
    public bool IsSequential { get; init; }

    /// <summary>The input; its name is empty where Keras is to choose it.</summary>
    public required InputLayer Input { get; init; }

    /// <summary>The layers behind the input, in their order.</summary>
    public required IReadOnlyList<LayerEntry> Layers { get; init; }

    /// <summary>The layers whose outputs the model gives; empty for the last one.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The seed of new weights; null for none.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The file of the weights, as it is written; null for new ones.</summary>
    public string? Weights { get; init; }
}

/// <summary>A layer as it is written down.</summary>
/// <param name="Number">Its place in the list, from 1.</param>
/// <param name="ClassName">The class as it is written.</param>
/// <param name="Arguments">The arguments of the class.</param>
/// <param name="Name">The name; null where Keras is to choose it.</param>
/// <param name="Inputs">The layers that feed it; null for the one before it.</param>
internal sealed record LayerEntry(
    int Number, string ClassName, IReadOnlyDictionary<string, object?> Arguments, string? Name, IReadOnlyList<string>? Inputs)
{
    /// <summary>The class name in files.</summary>
    public string StoredClass => LayerClasses.Resolve(ClassName)!;
}
