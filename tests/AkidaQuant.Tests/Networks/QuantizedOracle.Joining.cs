using AkidaQuant.Layers;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;
using AkidaQuant.Tests.Reference;

namespace AkidaQuant.Tests.Networks;

/// <content>Transposed convolutions, tables, concatenations and rearrangements.</content>
public sealed partial class QuantizedOracle
{
    /// <summary>layers.md 4.3.</summary>
    private static Value Scatter(QuantizedConv2DTranspose layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer - 1);
        QuantizedWeights weights = settings.Quantize("weight_quantizer", SwapLast(layer.Kernel));
        FixedPoint sums = Convolutions.TransposedConvolution(input.Tensor, Kernel(weights), Steps(layer.Window.Forward));
        return Finish(layer, settings, new Value(sums, Product(null, weights)), layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 4.5: a kernel of which only the diagonal is not 0 keeps channels apart.</summary>
    private static Value Scatter(QuantizedDepthwiseConv2DTranspose layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer - 1);
        QuantizedWeights weights = settings.Quantize("weight_quantizer", layer.Kernel);
        FixedPoint kernel = Kernel(weights);
        int channels = kernel.Shape[2];
        long[] diagonal = new long[kernel.Values.Values.Length * channels];
        for (int i = 0; i < kernel.Values.Values.Length; i++)
        {
            diagonal[(i * channels) + (i % channels)] = kernel.Values.Values[i];
        }

        Shape shape = new(kernel.Shape[0], kernel.Shape[1], channels, channels);
        FixedPoint full = new(new NdArray<long>(shape, diagonal), kernel.ValueBits, kernel.FracBits);
        FixedPoint sums = Convolutions.TransposedConvolution(input.Tensor, full, Steps(layer.Window.Forward));
        return Finish(layer, settings, new Value(sums, Product(null, weights)), layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 5.2, one value at a time.</summary>
    private static Value Tabulate(QuantizedActivation layer, Value input)
    {
        int valueBits = (int)layer.Settings!["lut_bitwidth"]! - 1;
        Func<float, float> function = TableFunction.Exact(layer.Function, layer.Alpha);
        FixedPoint x = input.Tensor;
        float step = Rounding.Pow2(-x.FracBits[0]);
        int half = 1 << x.ValueBits;
        float largest = Enumerable.Range(-half, 2 * half).Max(key => MathF.Abs(function(key * step)));
        float scale = largest * (1f / ((1L << valueBits) - 1));
        NdArray<long> entries = x.Values.Map(key =>
            Rounding.Saturate((long)MathF.Round(function(key * step) / scale, MidpointRounding.ToEven), valueBits));
        return Finish(
            layer,
            new LayerSettings(layer),
            new Value(new FixedPoint(entries, valueBits, 0), ScalarOrVector<float>.Scalar(scale)),
            null);
    }

    /// <summary>layers.md 8: an index of the input for each index of the output, both with the batch.</summary>
    private static Value Take(Value input, Shape output, Func<int[], int[]> source, ScalarOrVector<int> fracBits)
    {
        FixedPoint x = input.Tensor;
        long[] values = new long[output.Size];
        Positions.ForEach(output, (position, index) => values[index] = x.Values.Values[Positions.IndexOf(x.Shape, source([.. position]))]);
        return new Value(new FixedPoint(new NdArray<long>(output, values), x.ValueBits, fracBits), null);
    }

    private static Value Permute(QuantizedPermute layer, Value input)
    {
        Shape shape = input.Tensor.Shape;
        Shape output = new([shape[0], .. layer.Dims.Select(dim => shape[dim])]);
        return Take(input, output, position =>
        {
            int[] from = [.. position];
            for (int i = 0; i < layer.Dims.Count; i++)
            {
                from[layer.Dims[i]] = position[i + 1];
            }

            return from;
        }, input.Tensor.FracBits);
    }

    private static Value Extract(QuantizedExtractToken layer, Value input)
    {
        TokenSelection selection = layer.Selection;
        Shape shape = input.Tensor.Shape;
        int axis = selection.Axis < 0 ? selection.Axis + shape.Rank : selection.Axis;
        int[] dimensions = selection.RemovesAxis
            ? [.. shape.ToArray()[..axis], .. shape.ToArray()[(axis + 1)..]]
            : [.. shape.ToArray()[..axis], selection.Tokens.Count, .. shape.ToArray()[(axis + 1)..]];
        ScalarOrVector<int> bits = input.Tensor.FracBits;
        if (axis == shape.Rank - 1 && bits.Count > 1)
        {
            bits = ScalarOrVector<int>.Vector([.. selection.Tokens.Select(token => input.Tensor.FracBits[token])]);
        }

        return Take(input, new Shape(dimensions), position => selection.RemovesAxis
            ? [.. position[..axis], selection.Tokens[0], .. position[axis..]]
            : [.. position[..axis], selection.Tokens[position[axis]], .. position[(axis + 1)..]], bits);
    }

    private static NdArray<float> SwapLast(NdArray<float> kernel)
    {
        Shape swapped = new(kernel.Shape[0], kernel.Shape[1], kernel.Shape[3], kernel.Shape[2]);
        float[] values = new float[kernel.Values.Length];
        Positions.ForEach(swapped, (position, index) =>
            values[index] = kernel.Values[Positions.IndexOf(kernel.Shape, [position[0], position[1], position[3], position[2]])]);
        return new NdArray<float>(swapped, values);
    }
}
