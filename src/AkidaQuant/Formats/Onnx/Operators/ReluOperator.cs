using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Relu as a layer.</summary>
internal sealed class ReluOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Relu"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import) =>
        import.Set(node, import.AddLike(new ReLU { Name = import.NameOf(node) }, import.Activation(node)));
}
