using AkidaQuant.Formats.Files;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using PureHDF;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Reads models from Keras files: HDF5 (<c>.h5</c>, tools.md 4) and archives (<c>.keras</c>, tools.md 5), of tf_keras
/// and Keras 3, float ones and quantized ones of the reference.
/// </summary>
public static class KerasReader
{
    /// <summary>The class of a layer that has no form here, because what it does depends on values.</summary>
    private const string Masking = "Masking";

    /// <summary>
    /// Reads a functional or sequential model with its weights, as float32. Models within it are replaced by their layers.
    /// </summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ModelFileDamaged</c>, <c>NotAKerasModel</c>, <c>UnknownLayerClass</c>, or what is wrong with
    /// the graph, a layer's arguments or its weights.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static Model Read(string path, ModelReadOptions? options = null)
    {
        options ??= new ModelReadOptions();
        return Read(path, InputFile.ReadAll(path, options.Cancellation), options);
    }

    /// <summary>Reads a model from the content of a file, which says the format; the path is for errors.</summary>
    internal static Model Read(string path, byte[] content, ModelReadOptions? options = null)
    {
        options ??= new ModelReadOptions();
        Model model = KerasArchive.IsArchive(content) ? ReadArchive(path, content, options) : ReadHdf5(path, content, options);
        Say(options, KerasReport.Flattened(model));
        return NestedModels.Flatten(model);
    }

    private static Model ReadHdf5(string path, byte[] content, ModelReadOptions options)
    {
        using GuardedHdf5File file = GuardedHdf5File.Open(path, content, options.Cancellation);
        string json = file.Text(file.Root, "model_config") ?? throw NotAModel(path, file);
        Model model = MakeModel(path, KerasConfigReader.Read(path, json));
        options.Verbose?.Invoke(KerasReport.Found("An HDF5 file", file.Text(file.Root, "keras_version"), model));
        Model filled = KerasWeights.Assign(path, file, model);
        Say(options, KerasReport.Converted(file.Converted));
        return InputFacts.ApplyText(filled, file.Text(file.Root, InputFacts.Name), path);
    }

    private static Model ReadArchive(string path, byte[] content, ModelReadOptions options)
    {
        using KerasArchive archive = KerasArchive.Open(path, content, options.Cancellation);
        Model model = MakeModel(path, KerasConfigReader.Read(path, archive.ReadText(KerasArchive.ConfigEntry)));
        string? metadata = archive.Has(KerasArchive.MetadataEntry) ? archive.ReadText(KerasArchive.MetadataEntry) : null;
        options.Verbose?.Invoke(KerasReport.Found("An archive", metadata is null ? null : KerasReport.Version(metadata), model));

        using GuardedHdf5File weights = GuardedHdf5File.Open(path, archive.Read(KerasArchive.WeightsEntry), options.Cancellation);
        Model filled = KerasArchiveWeights.Assign(path, weights, model);
        Say(options, KerasReport.Converted(weights.Converted));
        return metadata is null ? filled : InputFacts.ApplyMetadata(filled, metadata, path);
    }

    private static void Say(ModelReadOptions options, IEnumerable<string> messages)
    {
        foreach (string message in options.Verbose is null ? [] : messages)
        {
            options.Verbose?.Invoke(message);
        }
    }

    private static Model MakeModel(string path, KerasModelConfig config)
    {
        List<Node> nodes = [];
        foreach (KerasLayerConfig layer in config.Layers)
        {
            IReadOnlyList<string> inputs = layer.Inputs ?? (nodes.Count == 0 ? [] : [nodes[^1].Name]);
            nodes.Add(new Node(MakeLayer(path, layer), inputs));
        }

        Model model = Model.Create(config.Name, config.IsSequential, nodes, config.Outputs);
        int inputCount = model.GraphLayers.Count(layer => layer is InputLayer);
        Node? unfed = model.Nodes.FirstOrDefault(node => node.Layer is NestedModel && node.Inputs.Count != 1);
        string? problem = inputCount != 1 ? $"{inputCount} inputs lead to its outputs instead of one"
            : unfed is not null ? $"the model '{unfed.Name}' within it takes {unfed.Inputs.Count} inputs instead of one"
            : null;
        return problem is null
            ? model
            : throw new QuantException(
                "ModelGraphInvalid",
                QuantErrorKind.InvalidData,
                $"The model '{config.Name}' in '{path}' is not a valid graph: {problem}. Save the model again.",
                path);
    }

    private static Layer MakeLayer(string path, KerasLayerConfig layer)
    {
        string name = layer.Arguments.Name;
        if (layer.ClassName == Masking)
        {
            throw new QuantException(
                "LayerNotSupported",
                QuantErrorKind.NotSupported,
                $"The layer '{name}' in '{path}' is a Masking: which steps the layers behind it leave out depends on the values of each sample, and neither Akida nor the kernels here have that. Build the model without it, set_weights of the trained one, and give samples of the whole length.",
                name);
        }

        return layer.Nested is { } nested
            ? new NestedModel
            {
                Name = name,
                Inner = MakeModel(path, nested),
                Trainable = nested.Trainable,
            }
            : LayerClasses.Read(layer.ClassName, layer.Arguments)
                ?? throw new QuantException(
                    "UnknownLayerClass",
                    QuantErrorKind.NotSupported,
                    $"The layer '{name}' in '{path}' is of the class '{layer.ClassName}', which is not supported. Replace it by layers of these classes: {string.Join(", ", LayerClasses.Names)}.",
                    name);
    }

    private static QuantException NotAModel(string path, GuardedHdf5File file)
    {
        bool hasWeights = file.Texts(file.Root, "layer_names") is not null || file.Find<IH5Group>(file.Root, "model_weights") is not null;
        return new QuantException(
            "NotAKerasModel",
            QuantErrorKind.InvalidData,
            hasWeights
                ? $"The file '{path}' holds weights but no model. Save the whole model with model.save('name.h5') instead of its weights."
                : $"The file '{path}' is an HDF5 file but holds no Keras model: it has no 'model_config'. Save a model with model.save('name.h5').",
            path);
    }
}
