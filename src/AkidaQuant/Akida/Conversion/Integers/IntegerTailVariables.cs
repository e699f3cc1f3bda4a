using System.Globalization;
using System.Numerics;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>The parameters and variables of Akida layers that say what follows the sums (convert.md 5.3 and 5.4).</summary>
internal static class IntegerTailVariables
{
    private const int SignedBits = 7;
    private const int UnsignedBits = 8;
    private const int RawBits = 32;
    private const int ScaledBits = 8;

    /// <summary>The range of the reference's <c>output_shift</c>, which it forces shifts into.</summary>
    private const int LeastShift = -32;

    /// <summary>The layer with its activation, its output and buffers in which nothing saturates that the file does not.</summary>
    public static T Complete<T>(this T layer, ConversionContext context, PlanStep<Node> step, IntegerTail tail, AkidaVariables variables)
        where T : AkidaIntegerLayer
    {
        AddAligned<sbyte>(context, step, tail.Bias, "bias", SignedBits, variables);
        AddAligned<byte>(context, step, tail.MaxValue, "max_value", UnsignedBits, variables);
        if (tail.Table is { } table)
        {
            AddRescaling(context, step, table.Input, "activation", variables);
            variables.Add("lut_values", NdArray<int>.Vector(table.Values));
        }

        AddRescaling(context, step, tail.Rescaling, "output", variables);
        (int bufferBits, int productBits) = IntegerWidths.Of(context, step, tail, layer.BufferBits, layer.PostOpBufferBits);
        return layer with
        {
            Activation = tail.Table is not null ? ActivationType.LUT : tail.IsRectified ? ActivationType.ReLU : ActivationType.NoActivation,
            OutputBits = tail.Rescaling is null ? RawBits : ScaledBits,
            OutputSigned = true,
            BufferBits = bufferBits,
            PostOpBufferBits = productBits,
            Variables = variables,
        };
    }

    private static void AddRescaling(
        ConversionContext context,
        PlanStep<Node> step,
        IntegerRescaling? rescaling,
        string prefix,
        AkidaVariables variables)
    {
        if (rescaling is null)
        {
            return;
        }

        if (rescaling.Factors is { } factors)
        {
            variables.Add($"{prefix}_scales", NdArray<byte>.Vector(Array.ConvertAll(factors, factor => (byte)factor)));
        }

        if (rescaling.Shifts.Min() < LeastShift || rescaling.Shifts.Max() >= -LeastShift)
        {
            context.Warn(
                $"Layer {Block.Describe(step)}: its channels need shifts from {rescaling.Shifts.Min()} to {rescaling.Shifts.Max()} for its {prefix}, and the reference converter stores {LeastShift} to {-LeastShift - 1}, which changes what comes out. The shifts are kept, so that results equal those of the file; a processor may not have them.");
        }

        variables.Add($"{prefix}_shift", NdArray<sbyte>.Vector(Array.ConvertAll(rescaling.Shifts, shift => (sbyte)shift)));
    }

    /// <summary>Splits integers that are aligned on the sums into bytes and the shifts to the left that align them.</summary>
    private static void AddAligned<T>(
        ConversionContext context,
        PlanStep<Node> step,
        int[]? aligned,
        string name,
        int bits,
        AkidaVariables variables)
        where T : INumber<T>
    {
        if (aligned is null)
        {
            return;
        }

        T[] values = new T[aligned.Length];
        byte[] shifts = new byte[aligned.Length];
        for (int i = 0; i < aligned.Length; i++)
        {
            // A zero has a shift of 1, as the greatest magnitude of these bits would.
            ulong magnitude = aligned[i] == 0 ? 1UL << bits : (ulong)Math.Abs((long)aligned[i]);
            int shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount(magnitude) - bits);
            int value = aligned[i] >> shift;
            if (value << shift != aligned[i])
            {
                throw context.Error(
                    "AkidaVariableRange",
                    step,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"its {name} of channel {i} is {aligned[i]}, which is no integer of {bits} bits shifted to the left, and Akida stores those only. Quantize the network again."));
            }

            values[i] = T.CreateChecked(value);
            shifts[i] = (byte)shift;
        }

        variables.Add(name, NdArray<T>.Vector(values));
        variables.Add($"{name}_shift", NdArray<byte>.Vector(shifts));
    }
}
