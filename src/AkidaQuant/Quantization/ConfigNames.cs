using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Quantization;

/// <summary>Finds the layers that a configuration names.</summary>
internal static class ConfigNames
{
    /// <summary>
    /// The configuration with each entry under the name of its layer: the one of exactly this name, or else the only one that differs in
    /// case and has no entry of its own.
    /// </summary>
    /// <exception cref="QuantException"><c>ConfigLayerUnknown</c>: the model has no such layer.</exception>
    public static QuantConfig? Resolve(QuantConfig? config, Model model)
    {
        if (config is null || config.Keys.All(name => model.Find(name) is not null))
        {
            return config;
        }

        QuantConfig resolved = [];
        foreach ((string name, object? settings) in config)
        {
            resolved.Add(model.Find(name) is not null ? name : Alike(name, config, model) ?? throw Unknown(name, model), settings);
        }

        return resolved;
    }

    private static string? Alike(string name, QuantConfig config, Model model)
    {
        string[] alike =
        [
            .. model.Layers.Select(layer => layer.Name).Where(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2),
        ];
        return alike is [var only] && config.Settings(only) is null ? only : null;
    }

    private static QuantException Unknown(string name, Model model)
    {
        string[] names = [.. model.GraphLayers.Where(layer => layer is not InputLayer).Select(layer => layer.Name)];
        return new QuantException(
            "ConfigLayerUnknown",
            QuantErrorKind.NotFound,
            $"The configuration names layer '{name}', which the rewritten model '{model.Name}' does not have.{NearestName.Question(name, names)} Its layers are: {Listing.Of(names, name)}.",
            name);
    }
}
