using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>A transposed convolution of one sample, one product at a time.</summary>
internal static class Scattered
{
    /// <summary>Every value adds its products to the window that it stands for; then the sides are cut off.</summary>
    /// <param name="shape">Rows, columns and channels of the sample.</param>
    /// <param name="sample">Its values.</param>
    /// <param name="kernel">(rows, columns, channels, filters), or (rows, columns, channels, 1) where channels stay apart.</param>
    /// <param name="strides">The steps between two windows.</param>
    /// <param name="crop">What is cut off.</param>
    /// <param name="isDepthwise">Whether channels stay apart.</param>
    public static (Shape Shape, long[] Values) Of(
        int[] shape, long[] sample, NdArray<sbyte> kernel, (int Height, int Width) strides, EdgePads crop, bool isDepthwise)
    {
        int filters = isDepthwise ? shape[2] : kernel.Shape[3];
        Shape output = new(
            ((shape[0] - 1) * strides.Height) + kernel.Shape[0] - crop.Top - crop.Bottom,
            ((shape[1] - 1) * strides.Width) + kernel.Shape[1] - crop.Left - crop.Right,
            filters);
        long[] sums = new long[output.Size];
        for (int i = 0; i < sample.Length * kernel.Shape[0] * kernel.Shape[1] * filters; i++)
        {
            (int rest, int filter) = Math.DivRem(i, filters);
            (rest, int tapX) = Math.DivRem(rest, kernel.Shape[1]);
            (int from, int tapY) = Math.DivRem(rest, kernel.Shape[0]);
            int channel = from % shape[2];
            int y = (from / shape[2] / shape[1] * strides.Height) + tapY - crop.Top;
            int x = (from / shape[2] % shape[1] * strides.Width) + tapX - crop.Left;
            if (y >= 0 && y < output[0] && x >= 0 && x < output[1] && (!isDepthwise || channel == filter))
            {
                int row = (((tapY * kernel.Shape[1]) + tapX) * shape[2]) + channel;
                int weight = kernel.Values[isDepthwise ? row : (row * filters) + filter];
                sums[(((y * output[1]) + x) * filters) + filter] += sample[from] * weight;
            }
        }

        return (output, sums);
    }
}
