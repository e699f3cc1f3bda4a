using AkidaQuant.Layers;
using PureHDF;

namespace AkidaQuant.Formats.Keras;

/// <summary>Gives the layers of a model their weights from the HDF5 member of a <c>.keras</c> file (tools.md 5.3).</summary>
internal sealed class KerasArchiveWeights
{
    private readonly string _path;
    private readonly GuardedHdf5File _file;

    private KerasArchiveWeights(string path, GuardedHdf5File file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>The model with the weights of the file.</summary>
    /// <exception cref="QuantException">The file does not hold the weights that the layers take.</exception>
    /// <param name="path">The file, for errors.</param>
    /// <param name="file">The member that holds weights.</param>
    /// <param name="model">The model.</param>
    /// <param name="groups">The groups of its layers, where the file has others besides; null where the model is whole.</param>
    public static Model Assign(string path, GuardedHdf5File file, Model model, IReadOnlyDictionary<string, string>? groups = null) =>
        new KerasArchiveWeights(path, file).Assign(
            groups is null
                ? ArchivePaths.Of(string.Empty, model)
                : model.GraphLayers.Where(layer => groups.ContainsKey(layer.Name)).Select(layer => (layer, groups[layer.Name])),
            model);

    private Model Assign(IEnumerable<(Layer Layer, string Group)> layers, Model model)
    {
        Dictionary<string, Layer> filled = layers.ToDictionary(
            entry => entry.Layer.Name,
            entry => entry.Layer is NestedModel nested
                ? nested with { Inner = Assign(ArchivePaths.Of($"{entry.Group}/", nested.Inner), nested.Inner) }
                : Assign(entry.Group, entry.Layer),
            StringComparer.Ordinal);
        return model.WithLayers(layer => filled.GetValueOrDefault(layer.Name) ?? layer);
    }

    private Layer Assign(string group, Layer layer)
    {
        IReadOnlyList<Variable> variables = layer.Variables;
        int stored = variables.Select(variable => variable.Owner).Append(string.Empty).Distinct().Sum(owner => Count(group, owner));
        if (stored != variables.Count)
        {
            throw new QuantException(
                "WeightCountMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}) takes {variables.Count} weight arrays, but '{group}' in '{_path}' holds {stored}. Save the model again.",
                layer.Name);
        }

        return variables.Count == 0 ? layer : layer.WithVariables([.. ArchivePaths.Of(variables).Select(path => Read($"{group}/{path}"))]);
    }

    private int Count(string group, string owner) =>
        _file.Find<IH5Group>(_file.Root, $"{group}/{owner}/{ArchivePaths.Own}") is { } own ? _file.Names(own).Count : 0;

    private NdArray<float> Read(string path) =>
        _file.Singles(
            _file.Find<IH5Dataset>(_file.Root, path)
                ?? throw new QuantException(
                    "ModelFileDamaged",
                    QuantErrorKind.InvalidData,
                    $"The model file '{_path}' is damaged: its weights lack '{path}'. Copy or save the model again.",
                    _path));
}
