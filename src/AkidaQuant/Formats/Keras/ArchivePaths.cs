using System.Globalization;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Where <c>.keras</c> files keep arrays: under the class names of the layers, counted in the order of the model
/// (tools.md 5.3).
/// </summary>
internal static class ArchivePaths
{
    /// <summary>The group of own arrays below an object.</summary>
    public const string Own = "vars";

    /// <summary>The layers of a model, each with its group.</summary>
    /// <param name="root">The group of the model; empty for the outermost.</param>
    /// <param name="model">The model.</param>
    public static IEnumerable<(Layer Layer, string Group)> Of(string root, Model model) => Of(
        root,
        model.GraphLayers.Where(layer => !model.IsSequential || layer is not InputLayer).Select(layer => (layer, layer.ClassName)));

    /// <summary>The layers of a model, each with its group.</summary>
    /// <param name="root">The group of the model; empty for the outermost.</param>
    /// <param name="layers">The layers that it shows, in order, with their classes.</param>
    public static IEnumerable<(T Layer, string Group)> Of<T>(string root, IEnumerable<(T Layer, string ClassName)> layers)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach ((T layer, string className) in layers)
        {
            string name = KerasNames.ToSnakeCase(className);
            int count = counts.GetValueOrDefault(name);
            counts[name] = count + 1;
            string suffix = count == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"_{count}");
            yield return (layer, $"{root}layers/{name}{suffix}");
        }
    }

    /// <summary>The path below its layer's group of each array, in the order of the layer.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<Variable> variables)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (Variable variable in variables)
        {
            int index = counts.GetValueOrDefault(variable.Owner);
            counts[variable.Owner] = index + 1;
            string owner = variable.Owner.Length == 0 ? Own : $"{variable.Owner}/{Own}";
            yield return string.Create(CultureInfo.InvariantCulture, $"{owner}/{index}");
        }
    }
}
