using System.Collections.Frozen;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// Imports the nodes of some operators as layers. An operator is found by being here: adding a class adds its operators.
/// </summary>
internal abstract class OnnxOperator
{
    private static readonly Lazy<FrozenDictionary<string, OnnxOperator>> All = new(() => typeof(OnnxOperator).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(OnnxOperator)) && !type.IsAbstract)
        .Select(type => (OnnxOperator)Activator.CreateInstance(type)!)
        .SelectMany(found => found.OpTypes.Select(type => (Type: type, Operator: found)))
        .ToFrozenDictionary(pair => pair.Type, pair => pair.Operator, StringComparer.Ordinal));

    /// <summary>The operators that can be imported, sorted.</summary>
    public static IEnumerable<string> Names => All.Value.Keys.Where(name => !name.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>The types of its nodes: the name of the operator, behind <c>domain:</c> unless it is a standard one.</summary>
    public abstract IReadOnlyList<string> OpTypes { get; }

    /// <summary>The importer for that type; null when there is none.</summary>
    public static OnnxOperator? Find(string type) => All.Value.GetValueOrDefault(type);

    /// <summary>Adds the layers of a node and says what its output is.</summary>
    /// <exception cref="QuantException">The node has no layer that computes the same.</exception>
    public abstract void Import(OnnxNode node, OnnxImport import);
}
