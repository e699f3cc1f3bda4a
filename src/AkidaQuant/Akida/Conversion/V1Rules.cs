using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters to Akida 1.0 check and compute alike (convert.md 9.1 and 9.2).</summary>
internal static class V1Rules
{
    private const int StoredBits = 4;
    private const int MostPooledPositions = 256;

    /// <summary>Checks the activation of a block.</summary>
    /// <exception cref="QuantException">
    /// The ReLU is unbounded, not quantized, quantized per-axis, or to bits that Akida 1.0 has not.
    /// </exception>
    public static void CheckActivation(ConversionContext context, Block block)
    {
        if (block.Find<QuantizedReLU>() is not { } step)
        {
            return;
        }

        var relu = (QuantizedReLU)step.Node.Layer;
        if (relu.MaxValue is null)
        {
            throw context.Error(
                "AkidaV1ReluUnbounded",
                step,
                "it has no max_value, and Akida 1.0 activations are bounded. Give the ReLU a max_value, as Repair-QuantModel -Version 1.0 -Sample does, or convert to Akida 2.0.");
        }

        if (relu.OutputQuantizer is not { } quantizer)
        {
            throw context.Error(
                "AkidaV1ReluNotQuantized",
                step,
                "it has no output_quantizer. Give it one in the configuration or, at the end of a network, put a layer without activation behind it, as Repair-QuantModel -Version 1.0 does.");
        }

        if (quantizer.PerAxis)
        {
            throw context.Error(
                "AkidaV1ReluPerAxis",
                step,
                "its output_quantizer is per-axis, and Akida 1.0 takes one range for all channels. Quantize with per-tensor activations (New-QuantParameter -PerTensorActivations).");
        }

        if (quantizer.Signed || quantizer.Bitwidth is not (1 or 2 or 4))
        {
            throw context.Error(
                "AkidaV1ActivationBits",
                step,
                $"its outputs have {quantizer.Bitwidth} bits{(quantizer.Signed ? " with sign" : string.Empty)}, and Akida 1.0 takes 1, 2 or 4 without. Quantize with such activations, or convert to Akida 2.0.");
        }

        if (quantizer.Bitwidth > 1)
        {
            WarnOfBound(context, step, quantizer);
        }
    }

    /// <summary>Refuses global pools over more positions than Akida 1.0 sums.</summary>
    public static void CheckGlobalPool(ConversionContext context, Block block)
    {
        if (block.Find<QuantizedGlobalAveragePooling2D>() is { } pool
            && context.Input(pool).Shape is var input
            && input[0] * input[1] > MostPooledPositions)
        {
            throw context.Error(
                "AkidaV1GlobalPoolSize",
                pool,
                $"it pools {input[0]}x{input[1]} positions, and Akida 1.0 sums at most {MostPooledPositions}. Reduce the image before it, as Repair-QuantModel -Version 1.0 does.");
        }
    }

    /// <summary>Sets threshold and act_step, and gives the layer its activation (convert.md 9.2).</summary>
    public static T Complete<T>(
        this T layer,
        ConversionContext context,
        Block block,
        PlanStep<Node> main,
        int channels,
        AkidaVariables variables)
        where T : AkidaV1Layer
    {
        int positions =
            block.Find<QuantizedGlobalAveragePooling2D>() is { } pool && context.Input(pool).Shape is var pooled
                ? pooled[0] * pooled[1]
                : 1;
        long[] bias = RecordedIntegers.AlignedBias(main, channels) ?? new long[channels];
        long[] thresholds = Array.ConvertAll(bias, value => -value * positions);
        OutputQuantizer? quantizer = block.OutputQuantizer;
        bool activation = block.Find<QuantizedReLU>() is not null;
        if (quantizer is not null)
        {
            float[] steps = Steps(block.Matched[^1], channels);
            if (activation)
            {
                thresholds = quantizer.Bitwidth == 1
                    ? V1Thresholds.OfOneLevel(thresholds, block.Matched[^1], quantizer)
                    : V1Thresholds.OfLevels(thresholds, steps);
                steps = Array.ConvertAll(steps, step => step * Rounding.Pow2(quantizer.Bitwidth - StoredBits));
            }

            variables.Add("act_step", NdArray<float>.Vector(steps));
            if (!activation)
            {
                context.Warn(
                    $"Layer {Block.Describe(block.Matched[^1])}: Akida 1.0 quantizes after a ReLU only, so its output_quantizer becomes a scale of the raw potentials. They are finer than the outputs of the quantized model.");
            }
        }

        variables.Add("threshold", NdArray<int>.Vector(RecordedIntegers.Narrow<int>(context, main, "bias_quantizer", thresholds)));
        return layer with { Activation = activation, ActBits = activation ? quantizer!.Bitwidth : 1, Variables = variables };
    }

    private static float[] Steps(PlanStep<Node> last, int channels)
    {
        int[] shifts = RecordedIntegers.Expand(last.Prepared.Recorded.Integers("out_quantizer/shift")!.Values, channels);
        long[] scales = last.Prepared.Recorded.Tensor("out_quantizer/qscales") is { } recorded
            ? RecordedIntegers.Expand(recorded.Values.Values, channels)
            : [.. Enumerable.Repeat(1L, channels)];
        return [.. shifts.Zip(scales, (shift, scale) => Rounding.Pow2(-shift) / scale)];
    }

    /// <summary>Says where the quantized model stops below the last level, in a channel at least: Akida 1.0 does not.</summary>
    private static void WarnOfBound(ConversionContext context, PlanStep<Node> relu, OutputQuantizer quantizer)
    {
        int channels = relu.Prepared.Output.Shape.Channels;
        long[] bounds = RecordedIntegers.Expand(relu.Prepared.Recorded.Tensor("max_value_quantizer/qweights")!.Values.Values, channels);
        double least = bounds.Zip(Steps(relu, channels), (bound, step) => Math.Floor((bound / (double)step) + 0.5)).Min();
        int levels = (1 << quantizer.Bitwidth) - 1;
        if (least < levels)
        {
            context.Warn(
                $"Layer {Block.Describe(relu)}: Akida 1.0 does not stop at its max_value (level {least:0}) but at the last level, {levels}. Values above the maximum give other results than in the quantized model.");
        }
    }
}
