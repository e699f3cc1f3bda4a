using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A concatenation along the channels to Concatenate (convert.md 4.8).</summary>
internal sealed class ConcatenateConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(QuantizedConcatenate)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        int axis = ((QuantizedConcatenate)block.Root.Node.Layer).Axis;
        Shape output = block.Root.Prepared.Output.Shape;
        if (output.Rank != 3 || (axis != -1 && axis != output.Rank))
        {
            throw context.Error(
                "AkidaConcatenateAxis",
                block.Root,
                $"it joins along axis {axis} to the shape {output}, and Akida joins the channels of images only. Use the axis -1, or for rows images of one cell, as Repair-QuantModel does.");
        }
    }

    /// <inheritdoc/>
    public override AkidaLayer Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        AkidaLayer[] layers = [.. inbounds.Select(name => context.Layers.First(layer => layer.Name == name))];
        (int Bits, bool Signed)[] outputs = [.. layers.Select(layer => Output(layer, context))];
        return outputs[0] == outputs[1]
            ? new AkidaConcatenate { Name = block.Root.Node.Name, Inbounds = inbounds }
            : throw context.Error(
                "AkidaConcatenateBits",
                block.Root,
                $"'{layers[0].Name}' gives {Describe(outputs[0])} integers and '{layers[1].Name}' {Describe(outputs[1])}, and Akida joins equal ones only. Give both the same bitwidth and signed in the configuration.");
    }

    private static (int Bits, bool Signed) Output(AkidaLayer layer, ConversionContext context) => layer switch
    {
        AkidaIntegerLayer integer => (integer.OutputBits, integer.OutputSigned),
        AkidaInputData input => (input.InputBits, input.InputSigned),
        _ => Output(context.Layers.First(other => other.Name == layer.Inbounds[0]), context),
    };

    private static string Describe((int Bits, bool Signed) output) => $"{(output.Signed ? "signed" : "unsigned")} {output.Bits}-bit";
}
