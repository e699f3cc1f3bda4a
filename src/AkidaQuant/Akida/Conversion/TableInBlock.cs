using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>An activation with a table (convert.md 3.3).</summary>
internal sealed class TableInBlock : BlockActivation
{
    /// <inheritdoc/>
    public override Type Layer => typeof(QuantizedActivation);

    /// <inheritdoc/>
    public override ActivationType Type => ActivationType.LUT;

    /// <inheritdoc/>
    public override bool ReadsQuantized => true;

    /// <inheritdoc/>
    protected override void Check(ConversionContext context, Block block, PlanStep<Node> step)
    {
        OutputQuantizer input = ((QuantizedLayer)block.Root.Node.Layer).OutputQuantizer!;
        int entries = Table(step).Values.Values.Length;
        if (entries != AkidaIntegerLayer.LutEntries)
        {
            throw context.Error(
                "AkidaLutInputBits",
                step,
                $"its table has {entries} entries, because the output_quantizer of '{block.Root.Node.Name}' has {input.Bitwidth} bits, and Akida's has {AkidaIntegerLayer.LutEntries}. Give it 11 bits.");
        }
    }

    /// <inheritdoc/>
    public override void AddVariables(
        ConversionContext context, Block block, PlanStep<Node> step, int bufferBits, int channels, AkidaVariables variables)
    {
        RecordedIntegers.AddQuantizer(context, block.Root, "activation", bufferBits, channels, variables);
        variables.Add("lut_values", NdArray<int>.Vector(Array.ConvertAll(Table(step).Values.Values, value => (int)value)));
    }

    private static RecordedTensor Table(PlanStep<Node> step) => step.Prepared.Recorded.Tensor(QuantizedActivation.RecordedTable)!;
}
