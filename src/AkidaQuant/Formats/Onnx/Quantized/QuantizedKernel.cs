namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>Brings weights from the order of ONNX into that of the layers: channels last, filters behind them.</summary>
internal static class QuantizedKernel
{
    /// <summary>The axes of weights in another order.</summary>
    /// <param name="shape">The shape in the file.</param>
    /// <param name="values">The weights.</param>
    /// <param name="axes">For each axis of the result the one of the file.</param>
    public static NdArray<sbyte> Transpose(Shape shape, long[] values, params int[] axes)
    {
        int[] strides = new int[shape.Rank];
        int stride = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        Shape result = new([.. axes.Select(axis => shape[axis])]);
        sbyte[] ordered = new sbyte[values.Length];
        int[] position = new int[axes.Length];
        for (int i = 0, from = 0; i < ordered.Length; i++)
        {
            ordered[i] = (sbyte)values[from];
            for (int k = axes.Length - 1; k >= 0; k--)
            {
                from += strides[axes[k]];
                if (++position[k] < result[k])
                {
                    break;
                }

                from -= result[k] * strides[axes[k]];
                position[k] = 0;
            }
        }

        return new NdArray<sbyte>(result, ordered);
    }
}
