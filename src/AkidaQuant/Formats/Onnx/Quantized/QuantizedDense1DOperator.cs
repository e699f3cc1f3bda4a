using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>A product with a matrix, an image flattened before it or not (onnx.md 7.5).</summary>
internal sealed class QuantizedDense1DOperator : QuantizedOperator
{
    /// <inheritdoc/>
    protected override string Base => "QuantizedDense1D";

    /// <inheritdoc/>
    protected override QuantizedParts Allowed =>
        QuantizedParts.Flatten | QuantizedParts.Biased | QuantizedParts.ReLU | QuantizedParts.ReLUClipped | QuantizedParts.Scaled;

    /// <inheritdoc/>
    protected override IEnumerable<string> Inputs(QuantizedParts parts) => ["X", "W", .. TailInputs(parts)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Operators(QuantizedParts parts) =>
        [.. parts.HasFlag(QuantizedParts.Flatten) ? new[] { "Flatten", "Gemm" } : ["Gemm"], .. QuantizedFunction.Tail(parts)];

    /// <inheritdoc/>
    protected override void Import(QuantizedNode node)
    {
        OnnxActivation input = node.Activation("X");
        if (input.Axes.Count != 1 && !node.Has(QuantizedParts.Flatten))
        {
            throw node.Invalid($"its input has the shape {input.Shape} behind the batch, and its type does not say that it is flattened");
        }

        (Shape shape, long[] weights) = node.Weights(rank: 2);
        if (shape[1] != input.Stored.Size)
        {
            throw node.Invalid($"its weights have the shape {shape}, but its input {input.Shape} has {input.Stored.Size} values");
        }

        NdArray<sbyte> kernel = QuantizedKernel.Transpose(shape, weights, 1, 0);
        node.Set(
            new IntegerDense1D
            {
                Name = node.LayerName,
                Step = node.Step(shape[0]),
                Kernel = input.Axes.Count == 1 ? kernel : InOrderOfMemory(kernel, input.Stored),
                Tail = Tail(node, shape[0]),
            },
            input);
    }

    /// <summary>The rows of a matrix put from the order of ONNX, channel by channel, into that of an image in memory.</summary>
    private static NdArray<sbyte> InOrderOfMemory(NdArray<sbyte> kernel, Shape image)
    {
        int units = kernel.Shape[1];
        int[] positions = OnnxActivation.ChannelMajorPositions(image);
        sbyte[] ordered = new sbyte[kernel.Values.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            Array.Copy(kernel.Values, i * units, ordered, positions[i] * units, units);
        }

        return kernel with { Values = ordered };
    }
}
