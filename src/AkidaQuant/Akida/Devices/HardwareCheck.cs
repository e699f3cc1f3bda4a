using System.Globalization;

namespace AkidaQuant.Akida.Devices;

/// <summary>Holds the layers of an Akida model against the limits of a device, all at once (akida-model.md 2).</summary>
public static class HardwareCheck
{
    /// <summary>The rule of models that need more processors than a device has, which is an estimate.</summary>
    public const string Processors = "Processors";

    /// <summary>
    /// A row for each rule that a layer breaks, or one for a layer that fits; then one for the whole model where it needs more processors
    /// than the device has.
    /// </summary>
    /// <param name="model">The model; those in its software tail are held against the device, too.</param>
    /// <param name="device">The device.</param>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public static IReadOnlyList<HardwareRow> Run(AkidaModel model, AkidaDevice device)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        List<HardwareRow> rows = [];
        foreach (AkidaModel part in model.Tail.Select(part => part.Akida).OfType<AkidaModel>().Prepend(model))
        {
            List<HardwareRow> own = [.. Layers(part, device).Select(row => row with { Model = model.Name })];
            rows.AddRange(own);
            if (own.TrueForAll(row => row.Verdict != HardwareVerdict.Refused) && Whole(part, device) is { } whole)
            {
                rows.Add(whole);
            }
        }

        return WithSummary(rows);
    }

    /// <summary>The rows with what is said of the whole model.</summary>
    internal static IReadOnlyList<HardwareRow> WithSummary(IReadOnlyList<HardwareRow> rows)
    {
        if (rows.Count == 0)
        {
            return rows;
        }

        int refused = rows.Count(row => row.Verdict == HardwareVerdict.Refused);
        int noted = rows.Count(row => row.Verdict == HardwareVerdict.Noted);
        string text = Printable.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows[0].Model} on {rows[0].Device}: {Count(refused, "problem")}{(noted == 0 ? string.Empty : $", {Count(noted, "note")}")}"));
        return [.. rows.Select(row => row with { Summary = text })];
    }

    /// <summary>The rows of the layers of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">The device.</param>
    /// <param name="isWhole">Whether these are all layers; else others may follow that are not known yet.</param>
    internal static IEnumerable<HardwareRow> Layers(AkidaModel model, AkidaDevice device, bool isWhole = true)
    {
        ValueList<HardwareRule> rules = HardwareRules.Of(device.Ip);
        for (int position = 0; position < model.Layers.Count; position++)
        {
            HardwareSite site = new(device, model, position, isWhole);
            HardwareRow fits = new()
            {
                Model = model.Name,
                Device = device.Name,
                Layer = site.Layer.Name,
                Type = site.Layer.TypeName,
                Verdict = HardwareVerdict.Fits,
            };
            bool isBroken = false;
            foreach (HardwareRule rule in rules.Where(rule => rule.IsAbout(site.Layer.TypeName)))
            {
                if (rule.Check(site) is { } breach)
                {
                    isBroken = true;
                    yield return Broken(fits, device, rule, breach);
                }
            }

            if (!isBroken)
            {
                yield return fits;
            }
        }
    }

    private static HardwareRow? Whole(AkidaModel model, AkidaDevice device)
    {
        AkidaMapping mapping = AkidaMapper.Map(model, device, AkidaMapMode.Minimal);
        return mapping.Shortage is not { } shortage ? null : new HardwareRow
        {
            Model = model.Name,
            Device = device.Name,
            Layer = string.Empty,
            Type = "Model",
            Verdict = HardwareVerdict.Refused,
            Rule = Processors,
            Subject = "processors in one pass",
            Found = shortage.Needed.ToString(CultureInfo.InvariantCulture),
            Limit = shortage.Available.ToString(CultureInfo.InvariantCulture),
            Remedy = AkidaMapper.Map(model, device, AkidaMapMode.HwPr).Fits == true
                ? "Take a larger device, fewer bits, or a smaller network; Resolve-AkidaMapping -Mode HwPr takes several passes."
                : "Take a larger device, fewer bits, or a smaller network.",
            Problem = Printable.Of($"'{model.Name}': {shortage}."),
            Source = "estimate: akida-model.md 2.5 gives the memory of a processor, no page how layers are placed",
        };
    }

    private static HardwareRow Broken(HardwareRow layer, AkidaDevice device, HardwareRule rule, HardwareBreach breach)
    {
        string limit = breach.Limit ?? rule.Limit;
        return layer with
        {
            Verdict = rule.IsNote ? HardwareVerdict.Noted : HardwareVerdict.Refused,
            Rule = rule.Id,
            Subject = rule.Subject,
            Found = breach.Found,
            Limit = limit,
            Remedy = breach.Remedy,
            Problem = Printable.Of(
                $"Layer '{layer.Layer}' ({layer.Type}): {rule.Subject}: {breach.Found}; {device.Ip.Title()} takes: {limit}. {breach.Remedy}"),
            Source = rule.Source,
        };
    }

    private static string Count(int number, string noun) => number switch
    {
        0 => $"no {noun}",
        1 => $"1 {noun}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}s"),
    };
}
