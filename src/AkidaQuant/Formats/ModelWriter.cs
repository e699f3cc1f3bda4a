using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Formats;

/// <summary>Writes models in any supported format, told apart by the extension.</summary>
public static class ModelWriter
{
    /// <summary>Writes a model, replacing a file that exists. It is written beside its target and renamed.</summary>
    /// <exception cref="QuantException">
    /// <c>ModelFormatUnknown</c>: the extension is not one that can be written; otherwise what the format's writer reports.
    /// </exception>
    public static void Write(Model model, string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        switch (extension)
        {
            case ".h5" or ".hdf5":
                KerasWriter.WriteHdf5(model, path);
                break;
            case ".keras":
                KerasWriter.WriteArchive(model, path);
                break;
            default:
                throw new QuantException(
                    "ModelFormatUnknown",
                    QuantErrorKind.NotSupported,
                    $"The model file '{path}' has the extension '{extension}'. Models are written to Keras files: give it the extension .h5 or .keras.",
                    path);
        }
    }
}
