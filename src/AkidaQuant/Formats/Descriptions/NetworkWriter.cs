using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Writes models as descriptions that <see cref="NetworkReader"/> reads, with their weights beside them or without.</summary>
public static class NetworkWriter
{
    /// <summary>
    /// Writes a <c>.yaml</c> or <c>.json</c> file, replacing one that exists; with weights also the <c>.npz</c> file of the same name.
    /// </summary>
    /// <exception cref="QuantException">
    /// <c>LayerNotStorable</c>, <c>LayerNameUnusable</c>, <c>KerasPadding</c>, or a file cannot be written.
    /// </exception>
    public static void Write(Model model, string path, bool weights)
    {
        model = KerasPadding.Apply(Storable(model));
        string beside = WeightsPath(path);
        byte[] text = DescriptionFile.ToBytes(DescriptionForm.Of(model, weights ? Path.GetFileName(beside) : null), path);
        List<KeyValuePair<string, NpyArray>> arrays = weights ? ArraysOf(model) : [];
        OutputFile.Write(path, stream =>
        {
            // The weights come first, so that no description names a file that is not there.
            if (weights)
            {
                NpzWriter.Write(arrays, beside, compress: false);
            }

            stream.Write(text);
        });
    }

    /// <summary>The file of the weights beside a description.</summary>
    public static string WeightsPath(string path) => Path.ChangeExtension(path, ".npz");

    /// <summary>
    /// Refuses a path whose weights would replace those of another description: one of the same name with another extension, whose weights
    /// are in the same file.
    /// </summary>
    /// <exception cref="QuantException"><c>WeightsTaken</c>.</exception>
    public static void RequireOwnWeights(string path)
    {
        string weights = WeightsPath(path);
        string own = Path.GetExtension(path);
        IEnumerable<string> others = DescriptionFile.Extensions
            .Where(extension => !extension.Equals(own, StringComparison.OrdinalIgnoreCase))
            .Select(extension => Path.ChangeExtension(path, extension));
        if (others.FirstOrDefault(other => File.Exists(other) && HasWeightsIn(other, weights)) is { } taken)
        {
            throw new QuantException(
                "WeightsTaken",
                QuantErrorKind.File,
                $"The weights of '{path}' would replace those of '{taken}' in '{weights}'. Give a path of another name, or remove '{taken}' first.",
                weights);
        }
    }

    private static bool HasWeightsIn(string description, string weights)
    {
        try
        {
            return DescriptionFile.Read(description) is OrderedDictionary<string, object?> network
                && network.GetValueOrDefault(DescriptionKeys.Weights) is string file
                && Path.GetFullPath(Path.Combine(Path.GetDirectoryName(description) ?? string.Empty, file)) == Path.GetFullPath(weights);
        }
        catch (Exception e) when (e is QuantException or ArgumentException)
        {
            // A file that cannot be read as a description has no weights to lose.
            return false;
        }
    }

    private static Model Storable(Model model) => model.GraphLayers.OfType<IntegerLayer>().FirstOrDefault() is not { } layer
        ? model
        : throw new QuantException(
            "LayerNotStorable",
            QuantErrorKind.NotSupported,
            $"Layer '{layer.Name}' ({layer.ClassName}) has the integers of a quantized ONNX file, and descriptions hold layers of Keras only. Keep the model in its .onnx file, or import the float .onnx file and quantize that.",
            layer.Name);

    private static List<KeyValuePair<string, NpyArray>> ArraysOf(Model model)
    {
        OrderedDictionary<string, NpyArray> arrays = new(StringComparer.Ordinal);
        foreach (Layer layer in model.GraphLayers)
        {
            foreach (Variable variable in layer.Variables)
            {
                string name = StoredWeights.NameOf(variable.Name);
                if (name.Length > short.MaxValue / 2 || !arrays.TryAdd(name, new NpyArray(variable.Value.Shape, variable.Value.Values)))
                {
                    throw new QuantException(
                        "LayerNameUnusable",
                        QuantErrorKind.NotSupported,
                        $"The array '{DescriptionSource.Shorten(name)}' of layer '{DescriptionSource.Shorten(layer.Name)}' ({layer.ClassName}) has a name that is too long or that another array has. Rename the layer.",
                        layer.Name);
                }
            }
        }

        return [.. arrays];
    }
}
