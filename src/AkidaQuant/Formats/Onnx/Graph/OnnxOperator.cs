using System.Collections.Frozen;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Imports the nodes of some operators as layers. An operator is found by being here: adding a class adds its operators.
/// </summary>
internal abstract class OnnxOperator
{
    private static readonly Lazy<OnnxOperator[]> Operators = new(() =>
    [
        .. typeof(OnnxOperator).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(OnnxOperator)) && !type.IsAbstract)
            .Select(type => (OnnxOperator)Activator.CreateInstance(type)!),
    ]);

    private static readonly Lazy<FrozenDictionary<string, OnnxOperator>> All = new(() => Operators.Value
        .SelectMany(found => found.OpTypes.Select(type => (Type: type, Operator: found)))
        .ToFrozenDictionary(pair => pair.Type, pair => pair.Operator, StringComparer.Ordinal));

    private static readonly Lazy<OnnxOperator[]> Rooted = new(() =>
        [.. Operators.Value.Where(found => found.Root is not null).OrderByDescending(found => found.Root!.Length)]);

    /// <summary>The operators that can be imported, sorted.</summary>
    public static IEnumerable<string> Names =>
        All.Value.Keys.Where(name => !name.Contains(':', StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>The types of its nodes: the name of the operator, behind <c>domain:</c> unless it is a standard one.</summary>
    public abstract IReadOnlyList<string> OpTypes { get; }

    /// <summary>What the types of its nodes begin with, where their names go on to say more; null where names are whole.</summary>
    public virtual string? Root => null;

    /// <summary>The importer for that type, or else the one with the longest root of it; null when there is none.</summary>
    public static OnnxOperator? Find(string type) =>
        All.Value.GetValueOrDefault(type) ?? Array.Find(Rooted.Value, found => type.StartsWith(found.Root!, StringComparison.Ordinal));

    /// <summary>Adds the layers of a node and says what its output is.</summary>
    /// <exception cref="QuantException">The node has no layer that computes the same.</exception>
    public abstract void Import(OnnxNode node, OnnxImport import);
}
