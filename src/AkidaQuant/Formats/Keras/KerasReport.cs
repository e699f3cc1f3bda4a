using System.Globalization;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>Says what a Keras file holds and what became of it.</summary>
internal static class KerasReport
{
    /// <summary>Why layers have other axes than in the file.</summary>
    public const string Turned =
        "Images of the file have their channels first; all layers were turned to have them last, as Akida has. Samples may come either way.";

    /// <summary>What the file is.</summary>
    /// <param name="format">The format.</param>
    /// <param name="version">The version of Keras; null when the file does not say.</param>
    /// <param name="model">The model as the file has it.</param>
    public static string Found(string format, string? version, Model model)
    {
        int weighted = model.Layers.Count(layer => layer.Variables.Count > 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{format} of Keras{(version is null ? string.Empty : $" {version}")}: the {(model.IsSequential ? "sequential" : "functional")} model '{model.Name}' with {Count(model.Nodes.Count, "layer")}, {weighted} of them with weights, for inputs {model.InputShape}.");
    }

    /// <summary>Why weights of other types are not what the file has.</summary>
    /// <param name="types">How many arrays there are of each type that is not float32.</param>
    public static IEnumerable<string> Converted(IReadOnlyDictionary<string, int> types) =>
        types.Select(type => $"{Count(type.Value, "weight array")} of {type.Key} became float32, in which networks compute here.");

    /// <summary>Which models within the model were replaced by their layers.</summary>
    public static IEnumerable<string> Flattened(Model model) =>
        from nested in model.GraphLayers.OfType<NestedModel>()
        let count = nested.Inner.GraphLayers.Count(layer => layer is not InputLayer)
        from message in Flattened(nested.Inner).Prepend(
            $"The model '{nested.Name}' within the model was replaced by its {Count(count, "layer")}, because Akida networks are flat.")
        select message;

    /// <summary>The number of a version in front of its first point; null where there is none.</summary>
    public static int? Major(string? version) =>
        int.TryParse(version?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? string.Empty : "s")}");
}
