using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>Imports the reference's quantized nodes of one root as layers whose integers are given (onnx.md 7).</summary>
internal abstract class QuantizedOperator : OnnxOperator
{
    /// <summary>The pool, activation and scale that convolutions can have.</summary>
    protected const QuantizedParts ConvolutionParts = QuantizedParts.Biased | QuantizedParts.MaxPool | QuantizedParts.GlobalAvgPool
        | QuantizedParts.ReLU | QuantizedParts.ReLUClipped | QuantizedParts.LUT | QuantizedParts.Scaled;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => [];

    /// <inheritdoc/>
    public override string Root => $"{OnnxFunctions.QuantizedDomain}:{Base}";

    /// <summary>What the types of the nodes begin with.</summary>
    protected abstract string Base { get; }

    /// <summary>What they can go on with.</summary>
    protected abstract QuantizedParts Allowed { get; }

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import) =>
        Import(QuantizedNode.Create(node, import, Base, Allowed, Inputs, Operators));

    /// <summary>The names of the inputs of the function that nodes with those parts call, in order (onnx.md 7.1).</summary>
    protected abstract IEnumerable<string> Inputs(QuantizedParts parts);

    /// <summary>
    /// The operators of that function, casts and constants left out (onnx.md 7.1); null where it is made of others than
    /// standard ones.
    /// </summary>
    protected abstract IEnumerable<string>? Operators(QuantizedParts parts);

    /// <summary>Adds the layer of a node.</summary>
    protected abstract void Import(QuantizedNode node);

    /// <summary>The names of the inputs behind the weights.</summary>
    /// <param name="parts">What the node has.</param>
    /// <param name="hasPads">Whether pads are an input.</param>
    protected static IEnumerable<string> TailInputs(QuantizedParts parts, bool hasPads = false) =>
    [
        .. parts.HasFlag(QuantizedParts.Biased) ? new[] { "bias" } : [],
        .. hasPads ? new[] { "pads" } : [],
        .. parts.HasFlag(QuantizedParts.LUT) ? new[] { "ActScale", "ActShift", "LUT_values" } : [],
        .. parts.HasFlag(QuantizedParts.ReLUClipped) ? new[] { "max_value" } : [],
        .. parts.HasFlag(QuantizedParts.Scaled) ? new[] { "Scale", "Shift" } : [],
    ];

    /// <summary>What follows the sums of a node.</summary>
    protected static IntegerTail Tail(QuantizedNode node, int channels) => new()
    {
        Bias = node.Has(QuantizedParts.Biased) ? node.PerChannel("bias", OnnxElementType.Int32, channels) : null,
        Pool = node.Has(QuantizedParts.MaxPool) ? node.Pool() : null,
        IsRectified = node.Has(QuantizedParts.ReLU) || node.Has(QuantizedParts.ReLUClipped),
        MaxValue = node.Has(QuantizedParts.ReLUClipped) ? node.PerChannel("max_value", OnnxElementType.Int32, channels, least: 0) : null,
        Table = node.Has(QuantizedParts.LUT) ? node.Table(channels) : null,
        SumsPositions = node.Has(QuantizedParts.GlobalAvgPool),
        Rescaling = node.Has(QuantizedParts.Scaled) ? node.Rescaling("Scale", "Shift", channels) : null,
    };
}
