using AkidaQuant.Layers;
using AkidaQuant.Text;
using PureHDF;

namespace AkidaQuant.Formats.Keras;

/// <summary>Gives the layers of a model their weights from a Keras HDF5 file, by order (tools.md 4.1).</summary>
internal static class KerasWeights
{
    /// <summary>The model with the weights of the file.</summary>
    /// <exception cref="QuantException">The file does not hold the weights that the layers take.</exception>
    /// <param name="path">The file, for errors.</param>
    /// <param name="file">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="isPart">Whether the file has weights of other layers besides, so that those of the model are found by name.</param>
    public static Model Assign(string path, GuardedHdf5File file, Model model, bool isPart = false)
    {
        IH5Group root = file.Find<IH5Group>(file.Root, "model_weights") ?? file.Root;
        List<(string Layer, string[] Weights)> stored = [];
        foreach (string layer in file.Texts(root, "layer_names") ?? throw Missing(path, "layer_names"))
        {
            if (isPart && model.Find(layer) is null)
            {
                continue;
            }

            IH5Group group = file.Find<IH5Group>(root, layer) ?? throw Missing(path, layer);
            string[] weights = file.Texts(group, "weight_names") ?? throw Missing(path, $"{layer}: weight_names");
            if (weights.Length > 0)
            {
                stored.Add((layer, weights));
            }
        }

        List<Layer> weighted = [.. model.GraphLayers.Where(layer => layer.Variables.Count > 0)];
        if (weighted.Count != stored.Count)
        {
            throw new QuantException(
                "WeightCountMismatch",
                QuantErrorKind.InvalidData,
                $"The model in '{path}' has {weighted.Count} layers with weights ({Names(weighted.Select(layer => layer.Name))}), but the file holds weights of {stored.Count} ({Names(stored.Select(entry => entry.Layer))}). Save the model again.",
                path);
        }

        Dictionary<string, Layer> filled = new(StringComparer.Ordinal);
        foreach ((Layer layer, (string storedLayer, string[] weights)) in weighted.Zip(stored))
        {
            IH5Group group = file.Find<IH5Group>(root, storedLayer) ?? throw Missing(path, storedLayer);
            filled.Add(layer.Name, layer.WithVariables([.. weights.Select(
                weight => file.Singles(file.Find<IH5Dataset>(group, weight) ?? throw Missing(path, $"{storedLayer}/{weight}")))]));
        }

        return model.WithLayers(layer => filled.GetValueOrDefault(layer.Name) ?? layer);
    }

    private static string Names(IEnumerable<string> names) => Listing.Of(names.DefaultIfEmpty("none"));

    private static QuantException Missing(string path, string what) => new(
        "ModelFileDamaged",
        QuantErrorKind.InvalidData,
        $"The model file '{path}' is damaged: its weights lack '{what}'. Copy or save the model again.",
        path);
}
