using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>
/// Operators that leave values as they are when a network runs: Identity, Dropout, and Cast between types that hold floats here.
/// </summary>
internal sealed class PassingOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Identity", "Dropout", "Cast"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        if (node.OpType == "Cast" && (OnnxElementType)node.Int("to", 0) is var type && !type.IsFloat())
        {
            throw node.Error(
                "OnnxCast",
                $"it casts values of the network to {type}, which rounds them. Leave the rounding to the quantization");
        }

        if (
            node.OpType == "Dropout"
            && import.Optional(node, 2, "whether it trains") is { } trains
            && trains.Floats.Any(value => value != 0))
        {
            throw node.Error(
                "OnnxTrainingMode",
                "it drops values by chance, as in training (training_mode). Export the model in evaluation mode: model.eval()");
        }

        import.Set(node, import.Activation(node));
    }
}
