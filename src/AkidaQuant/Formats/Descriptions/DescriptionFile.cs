using System.Text;
using AkidaQuant.Formats.Files;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>The text of a description: YAML or JSON, by the extension of the file.</summary>
internal static class DescriptionFile
{
    /// <summary>The extensions of descriptions.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".yaml", ".yml", ".json"];

    /// <summary>Whether a file of that name is a description.</summary>
    public static bool Is(string path) => IsYaml(path) || IsJson(path);

    /// <summary>Reads a file into plain values.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>ModelFormatUnknown</c> or <c>NetworkFileInvalid</c>.</exception>
    public static object? Read(string path)
    {
        if (!Is(path))
        {
            throw new QuantException(
                "ModelFormatUnknown",
                QuantErrorKind.NotSupported,
                $"The file '{path}' has the extension '{Path.GetExtension(path)}'. Descriptions of networks are .yaml, .yml, .json and, in PowerShell, .psd1 files.{Advice(path)}",
                path);
        }

        return FileAt(path).Read(IsJson(path));
    }

    /// <summary>Reads the text of a file, whatever its extension.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>NetworkFileInvalid</c>.</exception>
    public static string ReadText(string path) => FileAt(path).ReadText();

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>: a name is no text.</exception>
    public static byte[] ToBytes(OrderedDictionary<string, object?> tree, string path)
    {
        try
        {
            return TreeFile.Utf8.GetBytes(IsJson(path) ? PythonJson.ToIndented(tree) + "\n" : YamlWriter.Write(tree));
        }
        catch (EncoderFallbackException e)
        {
            throw new QuantException(
                "LayerNameUnusable",
                QuantErrorKind.NotSupported,
                $"A name in the model is not valid Unicode, and the file '{path}' cannot hold it. Rename the layer.",
                path,
                e);
        }
    }

    private static string Advice(string path) => Path.GetExtension(path).ToLowerInvariant() is ".h5" or ".hdf5" or ".keras" or ".onnx"
        ? " Import-QuantModel reads the files of trained models."
        : string.Empty;

    private static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static bool IsJson(string path) => Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    private static TreeFile FileAt(string path) => new(path, "description", (problem, inner) => new QuantException(
        "NetworkFileInvalid", QuantErrorKind.InvalidData, $"The file '{path}' cannot be read: {problem}. Correct the file.", path, inner));
}
