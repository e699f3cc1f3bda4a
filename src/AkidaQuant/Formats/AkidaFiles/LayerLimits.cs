using AkidaQuant.Akida.Layers;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>What layers take besides their variables, so that a file of few bytes cannot take all memory (docs/akida-file.md).</summary>
internal static class LayerLimits
{
    // What the plan of a layer is made of, and a few arrays of as many numbers as the layer has channels.
    private const int BytesOfLayer = 1 << 15;
    private const int BytesOfChannel = 64;

    /// <summary>Counts what layers take for each of their channels, before they are planned.</summary>
    /// <exception cref="QuantException"><c>ModelTooLarge</c>.</exception>
    public static void Take(ArrayBudget budget, IReadOnlyList<AkidaLayer> layers)
    {
        Dictionary<string, long> channels = new(StringComparer.Ordinal);
        foreach (AkidaLayer layer in layers)
        {
            LayerParameter[] parameters = LayerParameters.Of(layer.GetType());
            long given = Number(layer, parameters, "filters") ?? Number(layer, parameters, "units")
                ?? Number(layer, parameters, "output_channels")
                ?? (layer is IAkidaInput { InputShape: var shape } ? shape.Max() : 0);
            long[] inbound = [.. layer.Inbounds.Select(name => channels.GetValueOrDefault(name))];
            long fed = inbound.Sum();
            given = given > 0 ? given : layer is AkidaConcatenate ? fed : inbound.FirstOrDefault();
            channels[layer.Name] = given;
            long widest = Math.Max(given, fed * (Number(layer, parameters, "fifo_size") ?? 1));
            budget.Take(BytesOfLayer + (widest * BytesOfChannel), layer.Name);
        }
    }

    private static long? Number(AkidaLayer layer, LayerParameter[] parameters, string name) =>
        Array.Find(parameters, parameter => parameter.Name == name)?.Property.GetValue(layer) as int?;
}
