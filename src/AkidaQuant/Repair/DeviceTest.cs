using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>Holds a float or quantized network against the limits of a device, as it would be converted (akida-model.md 2).</summary>
public static class DeviceTest
{
    /// <summary>
    /// A row for each rule of the conversion that is broken; then, of the Akida layers that can be made, a row for each rule of the device
    /// that one breaks, or one for a layer that fits.
    /// </summary>
    /// <param name="model">The float or quantized model.</param>
    /// <param name="options">For float models the scheme, settings and samples; the version is that of the device.</param>
    /// <param name="device">The device.</param>
    /// <exception cref="QuantException"><c>InputShapeUnknown</c>, or a setting or the samples do not fit.</exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static IReadOnlyList<HardwareRow> Run(Model model, RepairOptions options, AkidaDevice device)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(device);
        options = options with { Version = device.Version, Verbose = null, Warning = null };
        Judgement judgement = CompatibilityTest.Judge(model, options);
        if (judgement is { Problems: [], Quantized: { } quantized })
        {
            return HardwareCheck.Run(AkidaConverter.Convert(quantized, device.Version), device);
        }

        Remedies remedies = Remedies.For(model, judgement, options);
        Model network = judgement.Quantized ?? judgement.Floating;
        IEnumerable<HardwareRow> refused = judgement.Problems.Select(problem => new HardwareRow
        {
            Model = network.Name,
            Device = device.Name,
            Layer = problem.Layer ?? string.Empty,
            Type = problem.Layer is { } layer && network.Find(layer) is { } found ? found.Layer.ClassName : "Model",
            Verdict = HardwareVerdict.Refused,
            Rule = problem.Rule,
            Remedy = Printable.Of(remedies.Of(problem)),
            Problem = problem.Message,
            Source = "the conversion",
        });
        IEnumerable<HardwareRow> judged = Part(network, judgement, device.Version) is { } part
            ? HardwareCheck.Layers(part, device, isWhole: false)
            : [];
        return HardwareCheck.WithSummary([.. refused, .. judged]);
    }

    /// <summary>The layers that can be judged: those that no problem is in or in front of; null for none.</summary>
    private static AkidaModel? Part(Model network, Judgement judgement, AkidaVersion version)
    {
        HashSet<string> open = [.. judgement.Problems.Select(problem => problem.Layer).OfType<string>()];
        foreach (Node node in network.Nodes.Where(node => node.Inputs.Any(open.Contains)))
        {
            open.Add(node.Name);
        }

        HashSet<string> sound =
        [
            .. judgement.Blocks
                .Where(block => block.Akida is not null && !block.Layers.Any(open.Contains))
                .Select(block => block.Akida!.Name),
        ];
        List<AkidaLayer> kept = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (AkidaLayer layer in judgement.Layers.Where(layer => layer is AkidaInputData || sound.Contains(layer.Name)))
        {
            bool isFed = layer.Inbounds.Count > 0 && layer.Inbounds.All(names.Contains);
            if (kept.Count == 0 ? layer is IAkidaInput && layer.Inbounds.Count == 0 : isFed)
            {
                kept.Add(layer);
                names.Add(layer.Name);
            }
        }

        return kept.Count > 0 ? new AkidaModel(network.Name, version, kept) : null;
    }
}
