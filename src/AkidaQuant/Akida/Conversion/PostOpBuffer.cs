using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// The one buffer that an Akida layer has behind its accumulator (convert.md 3.3 and 6.1): products with the scales of the table
/// and of the output, and the sums of a global average, saturate in it.
/// </summary>
internal static class PostOpBuffer
{
    /// <summary>Its bits; null where the block has nothing that uses it.</summary>
    /// <exception cref="QuantException"><c>AkidaBufferBits</c>: the layers of the block have buffers of different widths.</exception>
    public static int? Bits(ConversionContext context, Block block)
    {
        (PlanStep<Node> Step, string Name, int Bits)[] buffers = [.. block.Matched.SelectMany(step => Buffers(block, step))];
        foreach ((PlanStep<Node> step, string name, int bits) in buffers)
        {
            if (bits != buffers[^1].Bits)
            {
                throw context.Error(
                    "AkidaBufferBits",
                    step,
                    $"{name} has a buffer_bitwidth of {bits} and {buffers[^1].Name} of '{buffers[^1].Step.Node.Name}' one of {buffers[^1].Bits}, and an Akida layer has one for both. Make them equal.");
            }
        }

        return buffers.Length == 0 ? null : buffers[^1].Bits;
    }

    private static IEnumerable<(PlanStep<Node> Step, string Name, int Bits)> Buffers(Block block, PlanStep<Node> step)
    {
        if (step.Node.Layer is QuantizedGlobalAveragePooling2D pool)
        {
            yield return (step, "the sum", new QuantizerSettings(pool.Name, pool.Settings).BufferBitwidth);
        }

        if ((step == block.OutputStep || BlockActivation.IsReadFrom(block, step))
            && step.Node.Layer is QuantizedLayer { OutputQuantizer: { } quantizer })
        {
            yield return (step, "the output_quantizer", quantizer.BufferBitwidth);
        }
    }
}
