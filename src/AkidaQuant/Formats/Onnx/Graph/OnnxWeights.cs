namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Brings stored weights into the order of axes that layers have.</summary>
internal static class OnnxWeights
{
    /// <summary>A bias, one value an output channel; an array of no weights where there is none.</summary>
    public static NdArray<float> Bias(OnnxConstant? bias) => NdArray<float>.Vector(bias?.Floats ?? []);

    /// <summary>The weights with their axes in that order.</summary>
    public static NdArray<float> Reorder(OnnxConstant weights, int[] axes)
    {
        Shape from = weights.Shape;
        Shape to = new([.. axes.Select(axis => from[axis])]);
        int[] strides = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            int stride = 1;
            for (int axis = axes[i] + 1; axis < from.Rank; axis++)
            {
                stride *= from[axis];
            }

            strides[i] = stride;
        }

        float[] source = weights.Floats;
        float[] values = new float[source.Length];
        int[] index = new int[axes.Length];
        int position = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = source[position];
            for (int axis = axes.Length - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < to[axis])
                {
                    break;
                }

                position -= strides[axis] * to[axis];
                index[axis] = 0;
            }
        }

        return new NdArray<float>(to, values);
    }
}
