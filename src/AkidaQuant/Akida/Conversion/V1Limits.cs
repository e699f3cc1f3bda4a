using AkidaQuant.Akida.Layers;
using AkidaQuant.Numerics;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Brings steps and thresholds into the widths that Akida 1.0 has for them (convert.md 9.5).</summary>
internal static class V1Limits
{
    private const int StoredBits = 4;
    private const float InputStepLimit = (1 << 20) - 1;
    private const float StepLimit = (1 << 16) - 1;
    private const int InputThresholdLimit = (1 << 23) - 1;
    private const int ThresholdLimit = (1 << 19) - 1;

    /// <summary>The layers with limited variables.</summary>
    public static IReadOnlyList<AkidaLayer> Apply(ConversionContext context)
    {
        AkidaLayer[] layers = [.. context.Layers];
        for (int i = 0; i < layers.Length - 1; i++)
        {
            if (layers[i] is AkidaV1Layer layer && layer.Variables.Find<float>("act_step") is { } steps)
            {
                LimitSteps(context, layers, i, layer, steps.Values);
            }
        }

        for (int i = 0; i < layers.Length - 1; i++)
        {
            if (layers[i] is AkidaV1Layer layer)
            {
                layers[i] = LimitThresholds(context, layer);
            }
        }

        return layers;
    }

    private static void LimitSteps(ConversionContext context, AkidaLayer[] layers, int index, AkidaV1Layer layer, float[] steps)
    {
        float limit = layer is AkidaInputConvolutional ? InputStepLimit : StepLimit;
        if (Array.TrueForAll(steps, step => step <= limit))
        {
            return;
        }

        float[] limited = Array.ConvertAll(steps, step => Math.Min(step, limit));
        AkidaVariables variables = layer.Variables.Clone();
        variables.Add("act_step", NdArray<float>.Vector(limited));
        if (layer is { Activation: true, ActBits: 1 })
        {
            // A single level is counted by the threshold alone: the step means nothing, and what the level stands for stays.
            layers[index] = layer with { Variables = variables };
            return;
        }

        if (layer.Activation)
        {
            int[] thresholds = [.. layer.Variables.Find<int>("threshold")!.Values];
            for (int c = 0; c < thresholds.Length; c++)
            {
                thresholds[c] += (int)(Rounding.HalfEven(0.5f * (limited[c] - steps[c])) / Rounding.Pow2(layer.ActBits - StoredBits));
            }

            variables.Add("threshold", NdArray<int>.Vector(thresholds));
        }

        layers[index] = layer with { Variables = variables };
        context.Warn(
            $"Layer '{layer.Name}' ({layer.TypeName}): {steps.Count(step => step > limit)} of its steps are above {limit}, the most that Akida 1.0 holds. Its levels become finer and the weights of the next layer smaller, rounded down, which changes outputs.");
        float[] ratios = Array.ConvertAll(steps, step => step > limit ? step / limit : 1f);
        layers[index + 1] = DivideWeights((AkidaV1Layer)layers[index + 1], ratios);
    }

    private static AkidaV1Layer DivideWeights(AkidaV1Layer next, float[] ratios)
    {
        NdArray<sbyte> weights = next.Variables.Find<sbyte>("weights")!;
        int filters = weights.Shape[^1];
        int perChannel = weights.Shape[2] / ratios.Length;
        sbyte[] divided = new sbyte[weights.Values.Length];
        for (int i = 0; i < divided.Length; i++)
        {
            int channel = i / filters % weights.Shape[2] / perChannel;
            divided[i] = (sbyte)MathF.Floor(weights.Values[i] / ratios[channel]);
        }

        AkidaVariables variables = next.Variables.Clone();
        variables.Add("weights", weights with { Values = divided });
        return next with { Variables = variables };
    }

    private static AkidaV1Layer LimitThresholds(ConversionContext context, AkidaV1Layer layer)
    {
        int limit = layer is AkidaInputConvolutional ? InputThresholdLimit : ThresholdLimit;
        int[] thresholds = layer.Variables.Find<int>("threshold")!.Values;
        int above = thresholds.Count(threshold => threshold > limit);
        if (above == 0)
        {
            return layer;
        }

        context.Warn(
            $"Layer '{layer.Name}' ({layer.TypeName}): {above} thresholds are above {limit}, the most that Akida 1.0 holds, and are clipped to it.");
        AkidaVariables variables = layer.Variables.Clone();
        variables.Add("threshold", NdArray<int>.Vector(Array.ConvertAll(thresholds, threshold => Math.Min(threshold, limit))));
        return layer with { Variables = variables };
    }
}
