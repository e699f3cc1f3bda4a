using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// The scheme of Akida 1.0, which a network keeps that is repaired for it: few bits, one range for all channels of an activation, and
/// images whose kernels have 8 bits (akida-model.md 2.2). With the usual scheme of 2.0 no network converts.
/// </summary>
internal static class Version1Scheme
{
    private const string Rule = "AkidaV1ActivationBits";

    /// <summary>The scheme where none is asked for (convert.md 1.3).</summary>
    public static QuantizationParams Usual { get; } = new()
    {
        ActivationBits = 4,
        WeightBits = 4,
        InputWeightBits = 4,
        PerTensorActivations = true,
    };

    private static QuantizationParams OfImages { get; } = Usual with { InputWeightBits = 8 };

    /// <summary>
    /// The network with the scheme; the same one for other versions, where it has a scheme or branches, and where one is given.
    /// </summary>
    /// <param name="model">The float network.</param>
    /// <param name="options">The version and what is given.</param>
    /// <param name="changes">Takes what was done.</param>
    public static Model Keep(Model model, RepairOptions options, ICollection<RepairChange> changes)
    {
        if (options is not { Version: AkidaVersion.V1, Parameters: null, Config: null } || model.Input.Scheme is not null
            || model.Nodes.Any(node => node.Inputs.Count > 1))
        {
            return model;
        }

        QuantizationParams scheme = Version1Chain.TakesImages(model) ? OfImages : Usual;
        RepairChange change = new()
        {
            Layer = model.Input.Name,
            Rule = Rule,
            Action =
                $"asks for {scheme.InputWeightBits}-bit weights in the first layer, {scheme.WeightBits}-bit weights in others and {scheme.ActivationBits}-bit activations, per-tensor, where no parameters are given",
        };
        changes.Add(change);
        options.Verbose?.Invoke($"Repaired: {change}.");
        GraphEditor editor = new(model);
        editor.Replace(model.Input with { Scheme = scheme });
        return editor.Build();
    }
}
