using AkidaQuant.Execution;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>The sums above which the levels of an Akida 1.0 activation begin (convert.md 9.2).</summary>
internal static class V1Thresholds
{
    /// <summary>
    /// Half a step, rounded to an integer, above where sums are positive: levels may differ by one from those of the quantized model
    /// (convert.md 9.4).
    /// </summary>
    /// <param name="zeros">The sums that stand for 0, one a channel.</param>
    /// <param name="steps">The sums that a level stands for.</param>
    public static long[] OfLevels(long[] zeros, float[] steps) =>
        [.. zeros.Zip(steps, (zero, step) => zero + (long)Rounding.HalfEven(0.5f * step))];

    /// <summary>
    /// The greatest sum for which the only level is not reached. The quantized model reaches it from half a step on, which a sum, an
    /// integer, does from half a step rounded up on, so that the one below is exact; the reference rounds half a step to the nearest
    /// integer instead. Where the quantized model never reaches the level, because the bound of its ReLU or the width of its scaled sums
    /// is below half a step, no sum does.
    /// </summary>
    /// <param name="zeros">The sums that stand for 0, one a channel.</param>
    /// <param name="relu">The activation.</param>
    /// <param name="quantizer">Its output quantizer, of one bit.</param>
    public static long[] OfOneLevel(long[] zeros, PlanStep<Node> relu, OutputQuantizer quantizer)
    {
        RecordedVariables recorded = relu.Prepared.Recorded;
        int[] shifts = RecordedIntegers.Expand(recorded.Integers("out_quantizer/shift")!.Values, zeros.Length);
        long[] scales = RecordedIntegers.Expand(recorded.Tensor("out_quantizer/qscales")!.Values.Values, zeros.Length);
        long[] bounds = RecordedIntegers.Expand(recorded.Tensor("max_value_quantizer/qweights")!.Values.Values, zeros.Length);
        long[] thresholds = new long[zeros.Length];
        for (int c = 0; c < thresholds.Length; c++)
        {
            // A power of two over a scale of few bits is an integer, or far enough from one for doubles to say so.
            double half = Math.ScaleB(0.5, -shifts[c]);
            double least = Math.Max(Math.Ceiling(half / scales[c]), 1);
            bool isReached = half < Math.ScaleB(1, quantizer.BufferBitwidth) && least <= bounds[c];
            thresholds[c] = isReached ? Math.Min(zeros[c] + (long)least - 1, int.MaxValue) : int.MaxValue;
        }

        return thresholds;
    }
}
