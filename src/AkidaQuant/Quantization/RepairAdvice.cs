using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Quantization;

/// <summary>
/// Which layers that the reference leaves in float have an exact form in integers, which plain quantization does not give them: networks
/// from Keras get the reference's result, until they are repaired.
/// </summary>
internal static class RepairAdvice
{
    /// <summary>A sentence that names what gives some layers integers, behind a blank; nothing where nothing does.</summary>
    /// <param name="floating">The rewritten float model.</param>
    /// <param name="layers">The names of layers that stay in float.</param>
    public static string Of(Model floating, IEnumerable<string> layers)
    {
        HashSet<string> needed = KernelsBehind.Of(floating);
        string? layer = layers.FirstOrDefault(name => needed.Contains(name) && IsMended(floating, floating.NodeOf(name)));
        return layer is null ? string.Empty : $" Repair-QuantModel gives '{layer}' a form in integers that computes the same.";
    }

    private static bool IsMended(Model model, Node node)
    {
        Shape output = model.Plan[node.Name].Prepared.Output.Shape;
        return node.Layer switch
        {
            Activation { Function: "relu6" } or ReLU { NegativeSlope: > 0 and < 1, Threshold: 0, MaxValue: null } => true,
            Conv2D { Groups: > 1 } or DepthwiseConv2D { DepthMultiplier: > 1 } or SeparableConv2D { DepthMultiplier: > 1 } => true,
            PReLU slopes => output.Rank == 3 && slopes.Alpha.Shape.Size == output.Channels,
            BatchNormalization normalization => NormalizationForms.IsOverChannels(model, node)
                && NormalizationForms.Kernel(normalization, output) is not null,
            _ => IntegerForm.Of(model, node) is not null,
        };
    }
}
