namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>The batch must stay what it is: the first axis, of unknown size, whose samples never meet.</summary>
internal static class OnnxSamples
{
    /// <summary>An error about a node that takes the batch apart; <paramref name="problem"/> says how.</summary>
    public static QuantException Moved(OnnxNode node, string problem) =>
        node.Error(
            "OnnxBatchMoved",
            $"{problem}, which moves values between samples, and each is computed alone. Keep the batch as the first axis, and export the model with a dynamic batch");

    /// <summary>An error about a node that computes with the number of samples.</summary>
    public static QuantException Computed(OnnxNode node) =>
        node.Error(
            "OnnxBatchArithmetic",
            "it computes with the number of samples, which is not known when the network is imported. Write the network so that it keeps the batch as it is, x.flatten(1) in place of x.view(n, -1), and export it with a dynamic batch");

    /// <summary>
    /// Whether a node may leave the batch out of the shape: it is one sample in the file, and the network gives what the node does, which
    /// is for each sample here.
    /// </summary>
    public static bool MayLeaveBatch(OnnxGraph graph, OnnxNode node)
    {
        while (!graph.Outputs.Contains(node.Output)
            && graph.Consumers(node.Output) is [{ Domain.Length: 0, OpType: "Identity" or "Cast", Outputs.Count: 1 } next])
        {
            node = next;
        }

        return graph.Batch == 1 && graph.Outputs.Contains(node.Output);
    }

    /// <summary>Whether a number in a shape stands for the batch.</summary>
    public static bool IsBatch(OnnxGraph graph, long dimension) => dimension == OnnxConstant.Batch || dimension == graph.Batch;
}
