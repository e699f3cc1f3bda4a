using System.Collections.Frozen;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>
/// Computes the nodes of some operators whose inputs are all known. An operator is found by being here: adding a class adds
/// its operators.
/// </summary>
internal abstract class OnnxFolder
{
    private static readonly Lazy<FrozenDictionary<string, OnnxFolder>> All = new(() => typeof(OnnxFolder).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(OnnxFolder)) && !type.IsAbstract)
        .Select(type => (OnnxFolder)Activator.CreateInstance(type)!)
        .SelectMany(found => found.OpTypes.Select(type => (Type: type, Folder: found)))
        .ToFrozenDictionary(pair => pair.Type, pair => pair.Folder, StringComparer.Ordinal));

    /// <summary>The standard operators that it computes.</summary>
    public abstract IEnumerable<string> OpTypes { get; }

    /// <summary>What computes that operator; null when nothing does.</summary>
    public static OnnxFolder? Find(string type) => All.Value.GetValueOrDefault(type);

    /// <summary>The outputs of a node, in order; null when this call of the operator cannot be computed beforehand.</summary>
    /// <exception cref="QuantException">The inputs do not fit the operator, or it computes with the number of samples.</exception>
    public abstract IReadOnlyList<OnnxConstant>? Fold(OnnxOperands operands);
}
