using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Takes a batch normalization that no kernel in front takes in, as one behind an activation, into the kernel and bias behind it, where no
/// border of zeros lies between.
/// </summary>
internal sealed class FoldNormalizationBehind : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, layer => layer is BatchNormalization, layer => layer is Dense or Conv2D))
        {
            var normalization = (BatchNormalization)first.Layer;
            if (context.Problem(first.Name, Judgement.StaysFloat) is { } problem
                && !editor.IsOutput(first.Name)
                && NormalizationKernels.IsOverChannels(model, first)
                && Fold(model, second, normalization) is { } layer)
            {
                editor.Replace(layer);
                editor.Remove(first.Name);
                context.Changed(problem, first.Name, $"is folded into the kernel of '{second.Name}' behind it", [second.Name]);
            }
        }

        return editor.Build();
    }

    private static Layer? Fold(Model model, Node node, BatchNormalization normalization)
    {
        (float[] factors, float[] offsets) = NormalizationKernels.Affine(normalization);
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
