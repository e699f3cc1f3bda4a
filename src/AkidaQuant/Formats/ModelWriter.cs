using AkidaQuant.Formats.Descriptions;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Formats;

/// <summary>Writes models in any supported format, told apart by the extension.</summary>
public static class ModelWriter
{
    /// <summary>The file of the weights beside a description of that path; null for files that hold them.</summary>
    public static string? WeightsPath(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml" or ".json" ? NetworkWriter.WeightsPath(path) : null;

    /// <summary>Refuses a path of a description where the file of its weights holds those of another description.</summary>
    /// <exception cref="QuantException"><c>WeightsTaken</c>.</exception>
    public static void RequireOwnWeights(string path)
    {
        if (WeightsPath(path) is not null)
        {
            NetworkWriter.RequireOwnWeights(path);
        }
    }

    /// <summary>Writes a model, replacing a file that exists. It is written beside its target and renamed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="weights">Whether the weights are written beside a description, which does not hold them; other files always do.</param>
    /// <exception cref="QuantException">
    /// <c>ModelFormatUnknown</c>: the extension is not one that can be written; otherwise what the format's writer reports.
    /// </exception>
    public static void Write(Model model, string path, bool weights = false)
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
            case ".yaml" or ".yml" or ".json":
                NetworkWriter.Write(model, path, weights);
                break;
            default:
                throw new QuantException(
                    "ModelFormatUnknown",
                    QuantErrorKind.NotSupported,
                    $"The model file '{path}' has the extension '{extension}'. Models are written to Keras files and descriptions: give it the extension .h5, .keras, .yaml or .json. Akida models are written to .akq files by Export-AkidaModel.",
                    path);
        }
    }
}
