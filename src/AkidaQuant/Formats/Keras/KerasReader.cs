using AkidaQuant.Layers;
using AkidaQuant.Models;
using PureHDF;

namespace AkidaQuant.Formats.Keras;

/// <summary>Reads models from Keras HDF5 files: float ones, and quantized ones of the reference (tools.md 4).</summary>
public static class KerasReader
{
    /// <summary>Reads a functional or sequential model with its weights, as float32.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ModelFileDamaged</c>, <c>NotAKerasModel</c>, <c>UnknownLayerClass</c>, or what is wrong with
    /// the graph, a layer's arguments or its weights.
    /// </exception>
    public static Model Read(string path) => Read(path, InputFile.ReadAll(path));

    /// <summary>Reads a model from the content of a file; the path is for errors.</summary>
    internal static Model Read(string path, byte[] content)
    {
        using GuardedHdf5File file = GuardedHdf5File.Open(path, content);
        string json = file.Text(file.Root, "model_config") ?? throw NotAModel(path, file);
        KerasModelConfig config = KerasConfigReader.Read(path, json);
        List<Node> nodes = [];
        foreach (KerasLayerConfig layer in config.Layers)
        {
            IReadOnlyList<string> inputs = layer.Inputs ?? (nodes.Count == 0 ? [] : [nodes[^1].Name]);
            nodes.Add(new Node(MakeLayer(path, layer), inputs));
        }

        Model model = Model.Create(config.Name, config.IsSequential, nodes, config.Outputs);
        int inputCount = model.Layers.Count(layer => layer is InputLayer);
        if (inputCount != 1)
        {
            throw new QuantException(
                "ModelGraphInvalid", QuantErrorKind.InvalidData, $"The model in '{path}' is not a valid graph: {inputCount} inputs lead to its outputs instead of one. Save the model again.", path);
        }

        return KerasWeights.Assign(path, file, model);
    }

    private static Layer MakeLayer(string path, KerasLayerConfig layer) =>
        LayerClasses.Read(layer.ClassName, layer.Arguments) ?? throw new QuantException(
            "UnknownLayerClass",
            QuantErrorKind.NotSupported,
            $"The layer '{layer.Arguments.Name}' in '{path}' is of the class '{layer.ClassName}', which is not supported. Replace it by layers of these classes: {string.Join(", ", LayerClasses.Names)}.",
            layer.Arguments.Name);

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
