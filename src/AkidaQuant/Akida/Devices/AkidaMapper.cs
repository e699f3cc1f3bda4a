namespace AkidaQuant.Akida.Devices;

/// <summary>
/// Says what of a model would run where on a device (akida-model.md 3.8). How the vendor's tools place layers is not public; this is ours:
/// a convolution takes ⌈input bytes / input memory⌉ x ⌈weight bytes / weight memory⌉ processors, a dense layer ⌈weight bytes / weight
/// memory⌉, the largest of those that do not fit one the processor with external memory instead.
/// </summary>
public static class AkidaMapper
{
    /// <summary>Maps a model on a device.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public static AkidaMapping Map(AkidaModel model, AkidaDevice device, AkidaMapMode mode = AkidaMapMode.AllNps)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        HardwareRow[] problems = [.. HardwareCheck.Layers(model, device).Where(row => row.Verdict != HardwareVerdict.Fits)];
        ILookup<string, HardwareRow> refused = problems.Where(row => row.Verdict == HardwareVerdict.Refused)
            .ToLookup(row => row.Layer, StringComparer.Ordinal);
        IReadOnlyList<LayerDemand> demands = LayerDemand.Of(model, device);
        LayerDemand[] taken = [.. demands.Where(demand => !refused.Contains(demand.Layer.Name))];
        MapSequences sequences = new(device, mode);
        foreach (LayerDemand demand in demands)
        {
            sequences.Add(demand, string.Join("; ", refused[demand.Layer.Name].Select(row => row.Rule)));
        }

        sequences.Spread();
        return new AkidaMapping(model, device, mode, sequences.Sequences(), [.. sequences.Layers(model.Name)])
        {
            Problems = problems,
            Needed = taken.Sum(demand => demand.Neural),
            Shortage = new ProcessorPool(device).Shortage(taken),
        };
    }

    /// <summary>
    /// Maps a model on the smallest device of <see cref="AkidaDevices.All"/> that holds it whole; devices whose number of processors is not
    /// known are passed over.
    /// </summary>
    /// <exception cref="QuantException"><c>AkidaNoDevice</c>: none does; or a layer does not fit its inputs.</exception>
    public static AkidaMapping MapSmallest(AkidaModel model, AkidaMapMode mode = AkidaMapMode.AllNps)
    {
        ArgumentNullException.ThrowIfNull(model);
        AkidaMapping? last = null;
        foreach (AkidaDevice device in AkidaDevices.All
            .Where(device => device.Version == model.IpVersion && device.Processors is not null)
            .OrderBy(device => device.Processors))
        {
            AkidaMapping mapping = Map(model, device, mode);
            if (mapping.Fits != false)
            {
                return mapping;
            }

            last = device.Ip == AkidaIp.Pico ? last : mapping;
        }

        int refused = last!.Problems.Where(row => row.Verdict == HardwareVerdict.Refused).Select(row => row.Layer).Distinct().Count();
        throw new QuantException(
            "AkidaNoDevice",
            QuantErrorKind.NotSupported,
            refused > 0
                ? $"No device holds '{model.Name}' as a whole. On {last.Device.Name}, the largest, rules refuse {(refused == 1 ? "1 layer" : $"{refused} layers")}: Test-AkidaModel -Device {last.Device.Name} says what would make them fit, and Resolve-AkidaMapping -Device {last.Device.Name} leaves them to software."
                : $"No device holds '{model.Name}' as a whole. On {last.Device.Name}, the largest, {last.Shortage}. Map it on a device (Resolve-AkidaMapping -Device {last.Device.Name}), which leaves layers to software, or make a larger one (New-AkidaDevice).",
            model.Name);
    }
}
