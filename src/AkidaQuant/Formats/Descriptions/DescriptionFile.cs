using System.Globalization;
using System.Text;
using System.Text.Json;
using AkidaQuant.Formats.Files;
using AkidaQuant.Text;
using YamlDotNet.Core;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>The text of a description: YAML or JSON, by the extension of the file.</summary>
internal static class DescriptionFile
{
    private const int MaxBytes = 64 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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

        string text = ReadText(path);
        try
        {
            return IsJson(path) ? PythonJsonReader.Parse(text) : YamlTree.Parse(text);
        }
        catch (JsonException e)
        {
            throw Invalid(path, $"it is not valid JSON{PythonJsonReader.Problem(e)}", e);
        }
        catch (YamlException e)
        {
            throw Invalid(
                path,
                string.Create(CultureInfo.InvariantCulture, $"it is not valid YAML in line {e.Start.Line} at column {e.Start.Column}"),
                e);
        }
        catch (FormatException e)
        {
            throw Invalid(path, e.Message, e);
        }
    }

    /// <summary>Reads the text of a file, whatever its extension.</summary>
    /// <exception cref="QuantException"><c>FileNotFound</c>, <c>FileUnreadable</c> or <c>NetworkFileInvalid</c>.</exception>
    public static string ReadText(string path)
    {
        byte[] bytes = InputFile.ReadAll(path);
        if (bytes.Length > MaxBytes)
        {
            throw Invalid(path, $"it has {bytes.Length} bytes, and no description needs more than {MaxBytes}", null);
        }

        try
        {
            using StreamReader reader = new(new MemoryStream(bytes), Utf8);
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw Invalid(path, "it is not a text in UTF-8", e);
        }
    }

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>: a name is no text.</exception>
    public static byte[] ToBytes(OrderedDictionary<string, object?> tree, string path)
    {
        try
        {
            return Utf8.GetBytes(IsJson(path) ? PythonJson.ToIndented(tree) + "\n" : YamlWriter.Write(tree));
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

    private static QuantException Invalid(string path, string problem, Exception? inner) => new(
        "NetworkFileInvalid", QuantErrorKind.InvalidData, $"The file '{path}' cannot be read: {problem}. Correct the file.", path, inner);
}
