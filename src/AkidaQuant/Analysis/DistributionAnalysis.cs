using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Analysis;

/// <summary>Gives the values of kernels, channel by channel (tools.md 2.6).</summary>
public static class DistributionAnalysis
{
    private const string Suffix = "/qweights";

    /// <summary>
    /// The kernels of all layers that have weights: the first weight of a float layer, after the rewrites that quantization
    /// begins with; the integers of the first weight quantizer of a quantized one.
    /// </summary>
    /// <param name="model">A model, float or quantized.</param>
    /// <param name="target">The only layer to look at; null for all.</param>
    /// <param name="barCount">The number of bars of histograms.</param>
    /// <exception cref="QuantException"><c>LayerNotFound</c>, <c>WeightsMissing</c> or <c>FloatSourceMissing</c>.</exception>
    public static IEnumerable<KernelDistribution> Run(Model model, string? target = null, int barCount = KernelDistribution.DefaultBarCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(barCount);
        FloatRecovery.RequireFloatForms(model);
        Model rewritten = model.IsQuantized ? model : Sanitizer.Run(model);
        if (target is not null && rewritten.Find(target) is null)
        {
            throw new QuantException(
                "LayerNotFound",
                QuantErrorKind.NotFound,
                $"The{(model.IsQuantized ? string.Empty : " rewritten")} model '{model.Name}' has no layer '{target}'. Its layers are: {Listing.Of(rewritten.Layers.Select(layer => layer.Name), target)}.",
                target);
        }

        List<(Layer Layer, NdArray<float> Kernel)> kernels = [];
        foreach (PlanStep<Node> step in rewritten.Plan.Steps)
        {
            if ((target is null || step.Node.Name == target) && Kernel(step) is { Values.Length: > 0 } kernel)
            {
                kernels.Add((step.Node.Layer, kernel));
            }
        }

        if (kernels.Count == 0)
        {
            throw new QuantException(
                "WeightsMissing",
                QuantErrorKind.InvalidArgument,
                target is null ? $"The model '{model.Name}' has no weights." : $"Layer '{target}' has no weights.",
                target ?? model.Name);
        }

        return kernels.SelectMany(pair => Rows(model.Name, pair.Layer, pair.Kernel, barCount));
    }

    private static NdArray<float>? Kernel(PlanStep<Node> step)
    {
        if (step.Node.Layer is not QuantizedLayer)
        {
            // The ranges of boundary layers are no weights.
            return step.Node.Layer is InputQuantizer or Dequantizer ? null
                : step.Node.Layer.Variables is [var first, ..] ? first.Value
                : null;
        }

        foreach ((string name, object value) in step.Prepared.Recorded)
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal) && value is RecordedTensor { IsAligned: false } tensor)
            {
                return tensor.Values.Map(integer => (float)integer);
            }
        }

        return null;
    }

    private static IEnumerable<KernelDistribution> Rows(string model, Layer layer, NdArray<float> kernel, int barCount)
    {
        int rank = kernel.Shape.Rank;
        if (rank < 2)
        {
            yield return new KernelDistribution(model, layer.Name, layer.ClassName, 0, kernel.Values) { BarCount = barCount };
            yield break;
        }

        // The channels of depthwise kernels are the last axis but one.
        bool isDepthwise = layer.ClassName.Contains("DepthwiseConv2D", StringComparison.Ordinal);
        int last = kernel.Shape[^1];
        int beforeLast = kernel.Shape[^2];
        int outer = kernel.Values.Length / (last * beforeLast);
        int channels = isDepthwise ? beforeLast : last;
        int inner = isDepthwise ? last : beforeLast;
        for (int channel = 0; channel < channels; channel++)
        {
            float[] values = new float[inner * outer];
            for (int i = 0; i < inner; i++)
            {
                int offset = isDepthwise ? (channel * last) + i : (i * last) + channel;
                for (int o = 0; o < outer; o++)
                {
                    values[(i * outer) + o] = kernel.Values[(o * beforeLast * last) + offset];
                }
            }

            yield return new KernelDistribution(model, layer.Name, layer.ClassName, channel, values) { BarCount = barCount };
        }
    }
}
