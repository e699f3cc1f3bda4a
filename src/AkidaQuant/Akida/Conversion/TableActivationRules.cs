using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What converters do about activations with a table (convert.md 3.3).</summary>
internal static class TableActivationRules
{
    /// <summary>Whether a layer's quantizer makes the integers that a table of the same block is read with.</summary>
    public static bool IsInFrontOfTable(Block block, PlanStep<Node> step) =>
        block.Find<QuantizedActivation>() is not null && step == block.Root;

    /// <summary>Refuses tables of another size than Akida's.</summary>
    public static void Check(ConversionContext context, Block block)
    {
        if (block.Find<QuantizedActivation>() is not { } activation)
        {
            return;
        }

        OutputQuantizer input = ((QuantizedLayer)block.Root.Node.Layer).OutputQuantizer!;
        int entries = Table(activation).Values.Values.Length;
        if (entries != AkidaIntegerLayer.LutEntries)
        {
            throw context.Error(
                "AkidaLutInputBits",
                activation,
                $"its table has {entries} entries, because the output_quantizer of '{block.Root.Node.Name}' has {input.Bitwidth} bits, and Akida's has {AkidaIntegerLayer.LutEntries}. Give it 11 bits.");
        }
    }

    /// <summary>Sets the table, and the scales and shifts of the integers that it is read with.</summary>
    public static void AddTable(ConversionContext context, Block block, PlanStep<Node> activation, int bufferBits, int channels, AkidaVariables variables)
    {
        RecordedIntegers.AddQuantizer(context, block.Root, "activation", bufferBits, channels, variables);
        variables.Add("lut_values", NdArray<int>.Vector(Array.ConvertAll(Table(activation).Values.Values, value => (int)value)));
    }

    private static RecordedTensor Table(PlanStep<Node> activation) => activation.Prepared.Recorded.Tensor(QuantizedActivation.RecordedTable)!;
}
