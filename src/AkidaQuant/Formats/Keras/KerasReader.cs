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
    /// <summary>The groups in which the versions of Keras keep weights: of .h5 files, of .weights.h5 files.</summary>
    private static readonly string[] WeightGroups = ["model_weights", "layers", "_layer_checkpoint_dependencies"];

    /// <summary>
    /// Reads a functional or sequential model with its weights, as float32. Models within it are replaced by their layers.
    /// </summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ModelFileDamaged</c>, <c>ModelTooLarge</c>, <c>NotAKerasModel</c>, <c>UnknownLayerClass</c>, or what is
    /// wrong with the graph, a layer's arguments or its weights.
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
        KerasCut? cut = options.Output is { } output ? new KerasCut(path, output) : null;
        Model model = KerasArchive.IsArchive(content) ? ReadArchive(path, content, options, cut) : ReadHdf5(path, content, options, cut);
        Say(options, KerasReport.Flattened(model));
        Model flat = cut is null ? NestedModels.Flatten(model) : cut.Finish(model);
        Say(options, flat.GraphLayers.Any(ChannelOrder.IsFirst) ? [KerasReport.Turned] : []);
        return ChannelsLast.Turn(flat);
    }

    private static Model ReadHdf5(string path, byte[] content, ModelReadOptions options, KerasCut? cut)
    {
        using GuardedHdf5File file = GuardedHdf5File.Open(
            path, content, new ArrayBudget(path, content.Length, options.MaxSize), options.Cancellation);
        string json = file.Text(file.Root, "model_config") ?? throw NotAModel(path, file);
        string? version = file.Text(file.Root, "keras_version");
        Model model = MakeModel(path, json, KerasReport.Major(version), cut);
        options.Verbose?.Invoke(KerasReport.Found("An HDF5 file", version, model));
        Model filled = TheanoKernels.Turn(
            KerasWeights.Assign(path, file, model, isPart: cut is not null), file.Text(file.Root, "backend"));
        Say(options, KerasReport.Converted(file.Converted));
        return InputFacts.ApplyText(filled, file.Text(file.Root, InputFacts.Name), path);
    }

    private static Model ReadArchive(string path, byte[] content, ModelReadOptions options, KerasCut? cut)
    {
        using KerasArchive archive = KerasArchive.Open(path, content, options.MaxSize, options.Cancellation);
        IReadOnlyDictionary<string, object?> metadata = KerasMetadata.Parse(
            archive.Has(KerasArchive.MetadataEntry) ? archive.ReadText(KerasArchive.MetadataEntry) : null, path);
        string? version = metadata.GetValueOrDefault(KerasMetadata.Version) as string;
        Model model = MakeModel(path, archive.ReadText(KerasArchive.ConfigEntry), KerasReport.Major(version), cut);
        options.Verbose?.Invoke(KerasReport.Found("An archive", version, model));

        ArrayBudget budget = new(path, content.Length, options.MaxSize);
        using GuardedHdf5File weights = GuardedHdf5File.Open(
            path, archive.Read(KerasArchive.WeightsEntry), budget, options.Cancellation);
        Model filled = KerasArchiveWeights.Assign(path, weights, model, cut?.Groups);
        Say(options, KerasReport.Converted(weights.Converted));
        return InputFacts.ApplyMetadata(filled, metadata, path);
    }

    private static void Say(ModelReadOptions options, IEnumerable<string> messages)
    {
        foreach (string message in options.Verbose is null ? [] : messages)
        {
            options.Verbose?.Invoke(message);
        }
    }

    private static Model MakeModel(string path, string json, int? version, KerasCut? cut)
    {
        try
        {
            return MakeModel(path, KerasConfigReader.Read(path, json, version, cut));
        }
        catch (QuantException error) when (KerasCutAdvice.MayHelp(error))
        {
            throw KerasCutAdvice.Advise(
                KerasOutline.Of(KerasConfigReader.Parse(path, json)),
                error,
                output => MakeModel(path, KerasConfigReader.Read(path, json, version, new KerasCut(path, [output]))));
        }
    }

    /// <summary>The model of what a file describes, without its weights.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">What it describes.</param>
    private static Model MakeModel(string path, KerasModelConfig config)
    {
        List<Node> nodes = [];
        foreach (KerasLayerConfig layer in config.Layers)
        {
            IReadOnlyList<string> inputs = layer.Inputs ?? (nodes.Count == 0 ? [] : [nodes[^1].Name]);
            Layer made = MakeLayer(path, layer);
            nodes.Add(new Node(config.Trainable ? made : made is NestedModel all ? all with { Trainable = false } : made.Frozen(), inputs));
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
        return layer.Nested is { } nested
            ? new NestedModel
            {
                Name = name,
                Inner = MakeModel(path, nested),
                Trainable = nested.Trainable,
            }
            : WithActivation(
                path,
                ChannelOrder.Read(layer.ClassName, layer.Arguments)
                    ?? throw UnknownClasses.Error(path, name, layer.ClassName),
                layer.Behind);
    }

    private static Layer WithActivation(string path, Layer layer, KerasLayerConfig? activation)
    {
        if (activation is null)
        {
            return layer;
        }

        Layer? behind = LayerClasses.Read(activation.ClassName, activation.Arguments);
        return behind is { InputCount: 1, Variables.Count: 0 }
            ? new ActivatedLayer { Name = layer.Name, Inner = layer, Behind = behind, StoredArguments = layer.StoredArguments }
            : throw new QuantException(
                "ActivationNotSupported",
                QuantErrorKind.NotSupported,
                $"The layer '{layer.Name}' ({layer.ClassName}) in '{path}' has a layer of the class '{activation.ClassName}' as its activation, and only activations without weights of their own, such as LeakyReLU, ReLU or ELU, are read there. Make it a layer behind '{layer.Name}' and save the model again.",
                layer.Name);
    }

    private static QuantException NotAModel(string path, GuardedHdf5File file)
    {
        bool hasWeights = file.Texts(file.Root, "layer_names") is not null
            || WeightGroups.Any(name => file.Find<IH5Group>(file.Root, name) is not null);
        return new QuantException(
            "NotAKerasModel",
            QuantErrorKind.InvalidData,
            hasWeights
                ? $"The file '{path}' holds weights but no model: these are weights without a network. Build the network in Keras, load them into it with model.load_weights('{Path.GetFileName(path)}'), and save the whole model with model.save('name.keras')."
                : $"The file '{path}' is an HDF5 file but holds no Keras model: it has no 'model_config'. Save a model with model.save('name.h5').",
            path);
    }
}
