using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>
/// Computes nodes whose inputs are all known before anything runs: shapes taken apart and built, weights reordered. A file
/// of few bytes can ask for much, so what a network takes in all is limited.
/// </summary>
internal sealed class OnnxFolding
{
    /// <summary>The most elements of a constant, unless it is made of a larger one.</summary>
    public const int MostElements = 1 << 24;

    private long _left = 1 << 27;

    /// <summary>What a node gives, one value an output; null when the operator cannot be computed beforehand.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs; null for those that are left out.</param>
    /// <exception cref="QuantException">The inputs do not fit the operator, or it computes with the number of samples.</exception>
    public IReadOnlyList<OnnxConstant>? Fold(OnnxNode node, IReadOnlyList<OnnxConstant?> inputs) =>
        OnnxFolder.Find(node.OpType)?.Fold(new OnnxOperands(node, inputs, this));

    /// <summary>Takes room for elements.</summary>
    /// <exception cref="QuantException"><c>OnnxConstantTooLarge</c>: the network has taken too much.</exception>
    public void Take(OnnxNode node, long elements)
    {
        _left -= elements;
        if (_left < 0)
        {
            throw TooLarge(node);
        }
    }

    /// <summary>An error about a node that makes more than fits.</summary>
    public static QuantException TooLarge(OnnxNode node) =>
        node.Error(
            "OnnxConstantTooLarge",
            "it makes a constant that is too large to be computed when the network is imported. Export the model with constant folding (do_constant_folding=True), or without that operation");
}
