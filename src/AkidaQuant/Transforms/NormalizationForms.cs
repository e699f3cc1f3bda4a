using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>
/// The forms of batch normalizations that no kernel in front takes in, as those behind an activation: part of the kernel behind, or a
/// kernel of their own.
/// </summary>
internal static class NormalizationForms
{
    /// <summary>Whether a batch normalization treats each channel by itself.</summary>
    public static bool IsOverChannels(Model model, Node node)
    {
        int axis = ((BatchNormalization)node.Layer).Axis;
        return axis == -1 || axis == model.Plan[node.Name].Prepared.Output.Shape.Rank;
    }

    /// <summary>
    /// A layer that takes the batch normalization in front of it into its kernel and bias, where no border of zeros lies between; null
    /// where it cannot.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="node">The layer behind the batch normalization.</param>
    /// <param name="normalization">The batch normalization.</param>
    public static Layer? Behind(Model model, Node node, BatchNormalization normalization)
    {
        (float[] factors, float[] offsets) = Affine(normalization);
        return node.Layer switch
        {
            Dense { QuantizationObstacle: null } dense => dense with
            {
                Kernel = Scale(dense.Kernel, factors),
                UseBias = true,
                Bias = Bias(dense, dense.Kernel, offsets),
            },
            PaddedConv2D => null,
            Conv2D { Groups: 1 } convolution when IsUnpadded(model, node, convolution) => convolution with
            {
                Kernel = Scale(convolution.Kernel, factors),
                UseBias = true,
                Bias = Bias(convolution, convolution.Kernel, offsets),
            },
            _ => null,
        };
    }

    /// <summary>The kernel that does the same: over rows a dense layer, over images a convolution of one cell; null for others.</summary>
    public static Layer? Kernel(BatchNormalization normalization, Shape shape)
    {
        (float[] factors, float[] offsets) = Affine(normalization);
        return (shape.Rank, shape.Channels) switch
        {
            (1, <= IdentityConvolution.MostChannels) => new Dense
            {
                Name = normalization.Name,
                Units = shape.Channels,
                Kernel = DiagonalMatrix.Of(factors),
                Bias = NdArray<float>.Vector(offsets),
            },
            (3, <= IdentityConvolution.MostChannels) => new Conv2D
            {
                Name = normalization.Name,
                Filters = shape.Channels,
                Window = new ConvolutionWindow { KernelSize = (1, 1) },
                Kernel = SpatialKernel.Diagonal(factors),
                Bias = NdArray<float>.Vector(offsets),
            },
            _ => null,
        };
    }

    /// <summary>What a batch normalization multiplies each channel with, and what it adds.</summary>
    private static (float[] Factors, float[] Offsets) Affine(BatchNormalization normalization)
    {
        float[] factors = normalization.Factors();
        float[] offsets = new float[factors.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            double beta = normalization.Center ? normalization.Beta.Values[i] : 0;
            offsets[i] = (float)(beta - ((double)normalization.MovingMean.Values[i] * factors[i]));
        }

        return (factors, offsets);
    }

    private static bool IsUnpadded(Model model, Node node, Conv2D convolution) =>
        convolution.Window.IsSameOver(model.Plan[node.Inputs[0]].Prepared.Output.Shape, Padding.Valid);

    /// <summary>The kernel, of shape (…, channels, filters), with the weights of each channel times its factor.</summary>
    private static NdArray<float> Scale(NdArray<float> kernel, float[] factors)
    {
        int filters = kernel.Shape[^1];
        float[] values = [.. kernel.Values];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= factors[i / filters % factors.Length];
        }

        return new NdArray<float>(kernel.Shape, values);
    }

    private static NdArray<float> Bias(WeightedLayer layer, NdArray<float> kernel, float[] offsets)
    {
        int filters = kernel.Shape[^1];
        double[] sums = new double[filters];
        float[] weights = kernel.Values;
        for (int i = 0; i < weights.Length; i++)
        {
            sums[i % filters] += (double)weights[i] * offsets[i / filters % offsets.Length];
        }

        return NdArray<float>.Vector([.. sums.Select((sum, filter) => (float)(sum + (layer.UseBias ? layer.Bias.Values[filter] : 0)))]);
    }
}
