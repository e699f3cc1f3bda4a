using AkidaQuant.Execution;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion.Integers;

/// <summary>
/// Chooses buffers for layers of quantized ONNX files: Akida layers saturate sums and products, the files do not, so the
/// buffers are as wide as the usual ones, or as it takes that no output can differ (convert.md 6.1).
/// </summary>
internal static class IntegerWidths
{
    private const int ProcessorBits = 32;
    private const int LargestFactor = byte.MaxValue;
    private const int OutputBits = 7;
    private const int TableBits = 10;

    /// <summary>The bits of sums, sign included, and of products.</summary>
    public static (int Buffer, int Product) Of(
        ConversionContext context,
        PlanStep<Node> step,
        IntegerTail tail,
        int bufferBits,
        int productBits)
    {
        ValueRange sums = Recorded(step, IntegerTail.RecordedSums);
        int buffer = sums == sums.Clamp(ValueRange.OfBits(bufferBits - 1)) ? bufferBits : Math.Max(ProcessorBits, Bits(sums) + 1);
        int product = Math.Max(
            Product(tail.Rescaling, Recorded(step, IntegerTail.RecordedResult), OutputBits, productBits),
            Product(tail.Table?.Input, sums, TableBits, productBits));
        if (Math.Max(buffer, product) > ProcessorBits)
        {
            context.Warn(
                $"Layer {Block.Describe(step)}: its sums may need {buffer} bits and their products {product}, so that nothing saturates, as in its file. Its buffer_bits and post_op_buffer_bits say so; processors have {ProcessorBits}.");
        }

        return (buffer, product);
    }

    /// <summary>The bits at which a saturated product still saturates the result, or at which no product saturates.</summary>
    private static int Product(IntegerRescaling? rescaling, ValueRange values, int resultBits, int productBits) =>
        rescaling?.Factors is null || values.Magnitude * LargestFactor < 1L << productBits
            ? productBits
            : Math.Max(
                productBits,
                Math.Min(resultBits - rescaling.Shifts.Min(), Bits(new ValueRange(0, values.Magnitude * LargestFactor))));

    private static ValueRange Recorded(PlanStep<Node> step, string name) =>
        step.Prepared.Recorded.Tensor(name)!.Values.Values is [long least, long greatest] ? new ValueRange(least, greatest) : default;

    /// <summary>Magnitude bits.</summary>
    private static int Bits(ValueRange range)
    {
        int bits = 0;
        while (range != range.Clamp(ValueRange.OfBits(bits)))
        {
            bits++;
        }

        return bits;
    }
}
