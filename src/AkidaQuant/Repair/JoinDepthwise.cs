using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a depthwise convolution the first half of a separable one, the only form in which Akida 1.0 has it (convert.md 2.4): the pointwise
/// convolution right behind it becomes the other half, or an identity does. The depthwise kernel has one scale for all channels, so each
/// channel is brought near 1 by a power of two, which the pointwise kernel takes back: no value changes.
/// </summary>
internal sealed class JoinDepthwise : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (context.Version != AkidaVersion.V1 || Version1Chain.Of(model) is not { } chain)
        {
            return model;
        }

        GraphEditor editor = new(model);
        foreach (Node node in chain)
        {
            if (node.Layer is not DepthwiseConv2D { DepthMultiplier: 1, QuantizationObstacle: null } depthwise
                || context.BlockProblem(node.Name, "AkidaPatternUnknown") is not { } problem)
            {
                continue;
            }

            if (model.Consumers(node.Name) is [{ Layer: Conv2D pointwise }] && !model.Outputs.Contains(node.Name) && IsPointwise(pointwise))
            {
                editor.Remove(node.Name);
                editor.Replace(Joined(depthwise, pointwise));
                context.Changed(
                    problem,
                    node.Name,
                    $"becomes the depthwise half of '{pointwise.Name}', a separable convolution now",
                    [pointwise.Name]);
            }
            else
            {
                editor.Replace(Alone(depthwise));
                context.Changed(problem, node.Name, "becomes a separable convolution whose pointwise half leaves channels as they are");
            }
        }

        return editor.Build();
    }

    private static bool IsPointwise(Conv2D layer) =>
        layer is
        {
            Window: { KernelSize: (1, 1), Strides: (1, 1), Padding: Padding.Same or Padding.Valid },
            Groups: 1,
            QuantizationObstacle: null,
        }
            and not PaddedConv2D { PaddingValue: not null };

    private static SeparableConv2D Alone(DepthwiseConv2D depthwise)
    {
        (NdArray<float> kernel, float[] factors) = Normalized(depthwise.Kernel);
        return new SeparableConv2D
        {
            Name = depthwise.Name,
            Filters = factors.Length,
            Window = depthwise.Window,
            DepthwiseKernel = kernel,
            PointwiseKernel = SpatialKernel.Diagonal(factors),
            UseBias = depthwise.UseBias,
            Bias = depthwise.Bias,
        };
    }

    private static SeparableConv2D Joined(DepthwiseConv2D depthwise, Conv2D pointwise)
    {
        (NdArray<float> kernel, float[] factors) = Normalized(depthwise.Kernel);
        float[] weights = pointwise.Kernel.Values;
        float[] scaled = new float[weights.Length];
        double[] bias = new double[pointwise.Filters];
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = i / pointwise.Filters;
            scaled[i] = weights[i] * factors[channel];
            bias[i % pointwise.Filters] += depthwise.UseBias ? (double)weights[i] * depthwise.Bias.Values[channel] : 0;
        }

        return new SeparableConv2D
        {
            Name = pointwise.Name,
            Filters = pointwise.Filters,
            Window = depthwise.Window,
            DepthwiseKernel = kernel,
            PointwiseKernel = pointwise.Kernel with { Values = scaled },
            UseBias = depthwise.UseBias || pointwise.UseBias,
            Bias = depthwise.UseBias
                ? NdArray<float>.Vector(
                    [.. bias.Select((value, filter) => (float)(value + (pointwise.UseBias ? pointwise.Bias.Values[filter] : 0)))])
                : pointwise.Bias,
        };
    }

    /// <summary>A kernel whose channels reach above 1/2 and up to 1, and the powers of two that give it back.</summary>
    private static (NdArray<float> Kernel, float[] Factors) Normalized(NdArray<float> kernel)
    {
        int channels = kernel.Shape[2];
        float[] greatest = new float[channels];
        for (int i = 0; i < kernel.Values.Length; i++)
        {
            greatest[i % channels] = Math.Max(greatest[i % channels], MathF.Abs(kernel.Values[i]));
        }

        // Far from the bounds of float32, where powers of two lose nothing.
        float[] factors = Array.ConvertAll(
            greatest, most => most is > 1e-20f and < 1e20f ? MathF.ScaleB(1, (int)Math.Ceiling(Math.Log2(most))) : 1f);
        float[] values = [.. kernel.Values.Select((value, i) => value / factors[i % channels])];
        return (kernel with { Values = values }, factors);
    }
}
