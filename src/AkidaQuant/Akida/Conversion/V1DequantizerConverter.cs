using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A Dequantizer to a step of the last layer: Akida 1.0 has no such layer (convert.md 9.3).</summary>
internal sealed class V1DequantizerConverter : BlockConverter
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = [[typeof(Dequantizer)]];

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V1;

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
    }

    /// <inheritdoc/>
    public override AkidaLayer? Convert(Block block, IReadOnlyList<string> inbounds, ConversionContext context)
    {
        if (context.Layers[^1] is AkidaV1Layer { Activation: false } last)
        {
            float[] scales = DequantizationScales.Of(block.Root, context.Tail.Integers);
            float[] steps = last.Variables.Find<float>("act_step")?.Values ?? [1f];
            float[] folded = new float[Math.Max(scales.Length, steps.Length)];
            for (int c = 0; c < folded.Length; c++)
            {
                folded[c] = steps[steps.Length == 1 ? 0 : c] / scales[scales.Length == 1 ? 0 : c];
            }

            AkidaVariables variables = last.Variables.Clone();
            variables.Add("act_step", NdArray<float>.Vector(folded));
            context.ReplaceLast(last with { Variables = variables });
        }

        return null;
    }
}
