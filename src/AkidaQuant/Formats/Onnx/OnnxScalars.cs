using AkidaQuant.Formats.Onnx.Folding;
using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx;

/// <summary>
/// The constants of a graph by the names of their tensors, stored ones and those that a Constant holds, before anything is imported.
/// </summary>
internal sealed class OnnxScalars(OnnxGraph graph)
{
    private readonly Dictionary<string, double?> _scalars = new(StringComparer.Ordinal);

    /// <summary>
    /// A constant of one number; null for what is none. Constants may be large, and are read once to see that they are not it.
    /// </summary>
    public double? Find(string tensor)
    {
        if (!_scalars.TryGetValue(tensor, out double? scalar))
        {
            scalar = Constant(tensor) is { Count: 1 } constant ? constant.Floats[0] : null;
            _scalars[tensor] = scalar;
        }

        return scalar;
    }

    /// <summary>A constant; null for what depends on more than it holds itself.</summary>
    public OnnxConstant? Constant(string tensor) => graph.Producer(tensor) is { OpType: "Constant", Domain.Length: 0 } node
        ? new OnnxFolding().Fold(node, [])?[0]
        : graph.Constant(tensor);
}
