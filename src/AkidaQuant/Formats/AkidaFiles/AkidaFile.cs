using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.AkidaFiles;

/// <summary>
/// Reads and writes Akida models as <c>.akq</c> files, a format of AkidaQuant's own that <c>docs/akida-file.md</c> describes. It is none of
/// the vendor's.
/// </summary>
public static class AkidaFile
{
    /// <summary>How such files end.</summary>
    public const string Extension = ".akq";

    /// <summary>Whether a path ends as those of such files do.</summary>
    public static bool Is(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a model, replacing a file that exists; the same model makes the same file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Stops the work; what was at the path stays, then.</param>
    /// <exception cref="QuantException">
    /// <c>ModelFormatUnknown</c>: the path has another extension; <c>AkidaParameterInvalid</c>, <c>AkidaVariableInvalid</c> or what else is
    /// wrong with a layer, so that the model does not run; <c>AkidaModelNotStorable</c>; for its tail <c>LayerNotStorable</c>,
    /// <c>LayerNameUnusable</c> or <c>KerasPadding</c>; <c>FileNotWritten</c>.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static void Write(AkidaModel model, string path, CancellationToken cancellation = default)
    {
        if (!Is(path))
        {
            throw new QuantException(
                "ModelFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The file '{path}' has the extension '{Path.GetExtension(path)}'. Akida models are written to {Extension} files, AkidaQuant's own format; give it that extension.",
                path);
        }

        AkidaFileWriter writer = new(model, cancellation);
        OutputFile.Write(path, writer.Write);
    }

    /// <summary>Reads a model. Nothing of a file is taken for true; what comes back has been planned, so that it runs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What its arrays may take, whom to tell, and when to stop.</param>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>GitLfsPointer</c>; <c>ModelFormatUnknown</c>: the path has another extension;
    /// <c>NotAnAkidaFile</c>, <c>AkidaFileTruncated</c>, <c>AkidaFileAltered</c>, <c>AkidaFileNewer</c>, <c>AkidaFileInvalid</c>;
    /// <c>ModelTooLarge</c>: its arrays take more than they may; <c>AkidaLayerClassUnknown</c>, <c>AkidaParameterInvalid</c>,
    /// <c>AkidaVariableInvalid</c>, or what else is wrong with a layer.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static AkidaModel Read(string path, ModelReadOptions? options = null)
    {
        options ??= new ModelReadOptions();
        if (!Is(path))
        {
            throw new QuantException(
                "ModelFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The file '{path}' has the extension '{Path.GetExtension(path)}'. {Advice(path)}",
                path);
        }

        using AkidaArchive archive = AkidaArchive.Open(path, options);
        AkidaModel model = new AkidaFileReader(archive, options).Read();
        string tail = model.Tail.Count > 0 ? $" and a tail of {model.Tail.Count} parts" : string.Empty;
        options.Verbose?.Invoke($"An Akida model of {model.Layers.Count} layers{tail}.");
        return model;
    }

    private static string Advice(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".h5" or ".hdf5" or ".keras" or ".onnx" or ".yaml" or ".yml" or ".json" or ".psd1" =>
            "It is a network that Import-QuantModel reads; quantized by Invoke-Quantize, ConvertTo-Akida makes an Akida model of it.",
        ".fbz" =>
            "The format of the vendor's files is not public: import the quantized model that it was made from with Import-QuantModel, and convert it with ConvertTo-Akida.",
        _ => $"Akida models are read from {Extension} files, which Export-AkidaModel writes.",
    };
}
