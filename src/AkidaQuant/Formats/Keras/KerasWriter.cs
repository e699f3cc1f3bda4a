using System.Globalization;
using System.IO.Compression;
using System.Text;
using AkidaQuant.Formats.Files;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Writes models as tf_keras 2.19 does, so that it and the reference load them: HDF5 files (tools.md 4) and
/// archives (tools.md 5). Files are written beside their target and renamed.
/// </summary>
public static class KerasWriter
{
    private const string KerasVersion = "2.19.0";
    private const string Backend = "tensorflow";
    private const string WeightNames = "weight_names";

    // A fixed time makes the same model the same archive, but for the time that it states.
    private static readonly DateTimeOffset MemberTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes an HDF5 file, replacing one that exists.</summary>
    /// <exception cref="QuantException">
    /// <c>LayerNameUnusable</c>, <c>LayerNotStorable</c>, <c>KerasPadding</c>, or the file cannot be written.
    /// </exception>
    public static void WriteHdf5(Model model, string path)
    {
        Hdf5Group root = ToHdf5(KerasPadding.Apply(Storable(model)));
        OutputFile.Write(path, stream => Hdf5Writer.Write(root, stream));
    }

    /// <summary>Writes a <c>.keras</c> archive, replacing one that exists.</summary>
    /// <exception cref="QuantException">
    /// <c>LayerNameUnusable</c>, <c>LayerNotStorable</c>, <c>KerasPadding</c>, a layer does not fit its inputs, or the file cannot
    /// be written.
    /// </exception>
    public static void WriteArchive(Model model, string path)
    {
        model = KerasPadding.Apply(Storable(model));
        string config = KerasConfigWriter.ToArchiveJson(model);
        Hdf5Group weights = ToArchiveWeights(model);
        OutputFile.Write(path, stream =>
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);
            AddMember(archive, KerasArchive.MetadataEntry, member => member.Write(Encoding.ASCII.GetBytes(Metadata(model))));
            AddMember(archive, KerasArchive.ConfigEntry, member => member.Write(Encoding.ASCII.GetBytes(config)));
            using MemoryStream content = new();
            Hdf5Writer.Write(weights, content);
            content.Position = 0;
            AddMember(archive, KerasArchive.WeightsEntry, content.CopyTo);
        });
    }

    /// <summary>Writes the content of an HDF5 file, which is part of another one, to a stream that can seek.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>, <c>LayerNotStorable</c> or <c>KerasPadding</c>.</exception>
    internal static void WriteHdf5(Model model, Stream stream) => Hdf5Writer.Write(ToHdf5(KerasPadding.Apply(Storable(model))), stream);

    private static Model Storable(Model model) =>
        model.GraphLayers.OfType<IntegerLayer>().FirstOrDefault() is not { } layer
            ? model
            : throw new QuantException(
                "LayerNotStorable",
                QuantErrorKind.NotSupported,
                $"Layer '{layer.Name}' ({layer.ClassName}) has the integers of a quantized ONNX file, and Keras files hold float weights and ranges only. Keep the model in its .onnx file, or import the float .onnx file and quantize that.",
                layer.Name);

    private static Hdf5Group ToHdf5(Model model)
    {
        List<Layer> layers = [.. model.GraphLayers.Where(layer => !model.IsSequential || layer is not InputLayer)];
        Hdf5Group root = new();
        root.Attributes.Add(new Hdf5Text("keras_version", KerasVersion, IsUtf8: true));
        root.Attributes.Add(new Hdf5Text("backend", Backend, IsUtf8: true));
        root.Attributes.Add(new Hdf5Text("model_config", KerasConfigWriter.ToHdf5Json(model)));
        if (InputFacts.Of(model.Input) is { } facts)
        {
            root.Attributes.Add(new Hdf5Text(InputFacts.Name, PythonJson.ToLine(facts)));
        }

        Hdf5Group weights = root.Group("model_weights");
        weights.Attributes.AddRange(Hdf5Names.List("layer_names", [.. layers.Select(layer => layer.Name)]));
        weights.Attributes.Add(new Hdf5Text("backend", Backend));
        weights.Attributes.Add(new Hdf5Text("keras_version", KerasVersion));
        foreach (Layer layer in layers)
        {
            Hdf5Group group = weights.Group(layer.Name);
            group.Attributes.AddRange(Hdf5Names.List(WeightNames, [.. layer.Variables.Select(variable => variable.Name)]));
            foreach (Variable variable in layer.Variables)
            {
                group.Add(variable.Name, variable.Value);
            }
        }

        weights.Group("top_level_model_weights").Attributes.AddRange(Hdf5Names.List(WeightNames, []));
        return root;
    }

    private static Hdf5Group ToArchiveWeights(Model model)
    {
        Hdf5Group root = new();
        root.Group(ArchivePaths.Own);
        foreach ((Layer layer, string path) in ArchivePaths.Of(string.Empty, model))
        {
            Hdf5Group group = root.Group(path);
            group.Group(ArchivePaths.Own);
            foreach ((string variablePath, Variable variable) in ArchivePaths.Of(layer.Variables).Zip(layer.Variables))
            {
                group.Add(variablePath, variable.Value);
            }
        }

        return root;
    }

    private static string Metadata(Model model)
    {
        OrderedDictionary<string, object?> metadata = new()
        {
            ["keras_version"] = KerasVersion,
            ["date_saved"] = DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture),
        };
        if (InputFacts.Of(model.Input) is { } facts)
        {
            metadata[InputFacts.Name] = facts;
        }

        return PythonJson.ToLine(metadata);
    }

    private static void AddMember(ZipArchive archive, string name, Action<Stream> write)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = MemberTime;
        using Stream stream = entry.Open();
        write(stream);
    }
}
