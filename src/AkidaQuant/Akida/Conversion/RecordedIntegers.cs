using System.Numerics;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Reads what quantization derived for a layer in the types that Akida variables have (convert.md 3.3).</summary>
internal static class RecordedIntegers
{
    /// <summary>Quantized weights in a shape.</summary>
    /// <exception cref="QuantException">A weight does not fit 8 bits.</exception>
    public static NdArray<sbyte> Weights(ConversionContext context, PlanStep<Node> step, string quantizer, params int[] dimensions)
    {
        RecordedTensor tensor = step.Prepared.Recorded.Tensor($"{quantizer}/qweights")!;
        return tensor.Values.WithHeld(Narrow<sbyte>(context, step, quantizer, tensor.Values.Held())) with { Shape = new Shape(dimensions) };
    }

    /// <summary>Sets the bias and the shift that aligned it, if there is one.</summary>
    /// <exception cref="QuantException">A bias saturates the sums of a channel that has weights.</exception>
    public static void AddBias(ConversionContext context, PlanStep<Node> step, int channels, AkidaVariables variables)
    {
        int[] saturated = AddAligned<sbyte>(context, step, "bias_quantizer", "bias", channels, variables);
        long[] weights = saturated.Length > 0 && step.Prepared.Recorded.Tensor("weight_quantizer/qweights") is { } recorded
            ? recorded.Values.Values
            : [];
        foreach (int channel in saturated)
        {
            for (int i = channel; i < weights.Length; i += channels)
            {
                if (weights[i] != 0)
                {
                    throw context.Error(
                        "AkidaBiasSaturated",
                        step,
                        $"the bias of its channel {channel} is more than its sums can hold, and Akida variables do not give the sum at which it saturates. Raise its buffer_bitwidth, or retrain with a smaller bias.");
                }
            }
        }
    }

    /// <summary>Sets the upper bound of a ReLU and the shift that aligned it, if there is one.</summary>
    public static void AddMaxValue(ConversionContext context, PlanStep<Node> relu, int channels, AkidaVariables variables) =>
        AddAligned<byte>(context, relu, "max_value_quantizer", "max_value", channels, variables);

    /// <summary>Sets the left shift that aligned a per-axis input, if there is one.</summary>
    public static void AddShift(
        ConversionContext context,
        PlanStep<Node> step,
        string recorded,
        string variable,
        int channels,
        AkidaVariables variables)
    {
        if (step.Prepared.Recorded.Integers(recorded) is { } shift)
        {
            variables.Add(variable, NdArray<byte>.Vector(Narrow<byte>(context, step, recorded, Widen(Expand(shift.Values, channels)))));
        }
    }

    /// <summary>
    /// Sets the scales and shifts of the block's output quantizer, if it has one. The reference's lower bound on
    /// shifts is not applied: it changes what the network computes (convert.md 3.3).
    /// </summary>
    public static void AddOutput(ConversionContext context, Block block, int bufferBits, int channels, AkidaVariables variables)
    {
        if (block.OutputQuantizer is not null)
        {
            AddQuantizer(context, block.OutputStep, "output", bufferBits, channels, variables);
        }
    }

    /// <summary>Sets the scales and shifts of a layer's output quantizer under names that begin with <paramref name="prefix"/>.</summary>
    public static void AddQuantizer(
        ConversionContext context,
        PlanStep<Node> step,
        string prefix,
        int bufferBits,
        int channels,
        AkidaVariables variables)
    {
        if (step.Prepared.Recorded.Tensor("out_quantizer/qscales") is { } scales)
        {
            variables.Add(
                $"{prefix}_scales",
                NdArray<byte>.Vector(Narrow<byte>(context, step, "output_quantizer", Expand(scales.Values.Values, channels))));
        }

        int[] shifts = Expand(step.Prepared.Recorded.Integers("out_quantizer/shift")!.Values, channels);
        int least = 1 - bufferBits;
        if (shifts.Min() < least)
        {
            context.Warn(
                $"Layer {Block.Describe(step)}: {shifts.Count(shift => shift < least)} of its channels need an output shift down to {shifts.Min()}, and the reference converter stores at least {least} for accumulators of {bufferBits} bits, which changes their outputs. The shifts are kept, so that results equal those of the quantized model; a processor may not have them.");
        }

        variables.Add($"{prefix}_shift", NdArray<sbyte>.Vector(Narrow<sbyte>(context, step, "output_quantizer", Widen(shifts))));
    }

    /// <summary>The recorded bias as it is added to the sums; null for none.</summary>
    public static long[]? AlignedBias(PlanStep<Node> step, int channels) =>
        step.Prepared.Recorded.Tensor("bias_quantizer/qweights") is { } bias ? Expand(bias.Values.Values, channels) : null;

    /// <summary>One value a channel.</summary>
    public static T[] Expand<T>(T[] values, int channels) =>
        values.Length == channels ? values : [.. Enumerable.Repeat(values[0], channels)];

    /// <summary>Integers in a narrower type.</summary>
    /// <exception cref="QuantException">One does not fit.</exception>
    public static T[] Narrow<T>(ConversionContext context, PlanStep<Node> step, string quantizer, long[] values)
        where T : INumber<T>, IMinMaxValue<T>
    {
        long min = long.CreateChecked(T.MinValue);
        long max = long.CreateChecked(T.MaxValue);
        foreach (long value in values)
        {
            if (value < min || value > max)
            {
                throw context.Error(
                    "AkidaVariableRange",
                    step,
                    $"its {quantizer} gives the integer {value}, and the Akida variable holds {min} to {max}. Quantize with at most 8 bits.");
            }
        }

        return Array.ConvertAll(values, T.CreateChecked);
    }

    /// <summary>Sets what was aligned on an accumulator, before its shift, and the shift.</summary>
    /// <returns>
    /// The channels whose aligned value was saturated to the most that the accumulator holds. The shift cannot give
    /// that; they get the power of two above it, to which nothing but saturation adds up either.
    /// </returns>
    private static int[] AddAligned<T>(
        ConversionContext context, PlanStep<Node> step, string quantizer, string variable, int channels, AkidaVariables variables)
        where T : INumber<T>, IMinMaxValue<T>
    {
        if (step.Prepared.Recorded.Tensor($"{quantizer}/qweights") is not { } aligned)
        {
            return [];
        }

        int[] shifts = Expand(step.Prepared.Recorded.Integers($"{quantizer}/shift")!.Values, channels);
        long[] values = Expand(aligned.Values.Values, channels);
        int[] saturated =
        [
            .. Enumerable.Range(0, channels).Where(channel => values[channel] >> shifts[channel] << shifts[channel] != values[channel]),
        ];
        long[] narrow = [.. values.Zip(shifts, (value, shift) => value >> shift)];
        foreach (int channel in saturated)
        {
            narrow[channel]++;
        }

        variables.Add(variable, NdArray<T>.Vector(Narrow<T>(context, step, quantizer, narrow)));
        variables.Add($"{variable}_shift", NdArray<byte>.Vector(Narrow<byte>(context, step, quantizer, Widen(shifts))));
        return saturated;
    }

    private static long[] Widen(int[] values) => Array.ConvertAll(values, value => (long)value);
}
