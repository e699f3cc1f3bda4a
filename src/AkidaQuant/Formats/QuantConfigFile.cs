using System.Collections;
using System.Text;
using AkidaQuant.Formats.Files;
using AkidaQuant.Text;

namespace AkidaQuant.Formats;

/// <summary>Reads and writes quantization configurations: the reference's JSON text, or YAML (tools.md 8, quantize.md 13).</summary>
public static class QuantConfigFile
{
    /// <summary>Reads a <c>.json</c>, <c>.yaml</c> or <c>.yml</c> file.</summary>
    /// <exception cref="QuantException">
    /// <c>FileNotFound</c>, <c>ConfigFormatUnknown</c>, <c>ConfigFileInvalid</c>, or an entry that is not a setting.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static QuantConfig Read(string path, CancellationToken cancellation = default)
    {
        TreeFile file = new(path, "configuration", (problem, inner) => Invalid(path, problem, inner));
        object? value = file.Read(IsJson(path), cancellation);
        if (value is not IDictionary map)
        {
            throw Invalid(path, "it is not a dictionary of layers", null);
        }

        try
        {
            return QuantConfig.From(map);
        }
        catch (QuantException e)
        {
            throw new QuantException(e.Id, e.Kind, $"{e.Message} Correct the file '{path}'.", e.Target, e);
        }
    }

    /// <summary>The text of the reference: indentation of 4, no final newline.</summary>
    /// <exception cref="QuantException">An entry is not a setting.</exception>
    public static string ToJson(QuantConfig config) => PythonJson.ToIndented(QuantConfig.From(config));

    /// <summary>The same entries as YAML.</summary>
    /// <exception cref="QuantException">An entry is not a setting.</exception>
    public static string ToYaml(QuantConfig config) => YamlWriter.Write(QuantConfig.From(config));

    /// <summary>
    /// Writes a <c>.json</c>, <c>.yaml</c> or <c>.yml</c> file, replacing one that exists; it is never left half-written.
    /// </summary>
    /// <exception cref="QuantException"><c>ConfigFormatUnknown</c>, <c>FileNotWritten</c>, or an entry that is not a setting.</exception>
    public static void Write(QuantConfig config, string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(IsJson(path) ? ToJson(config) : ToYaml(config));
        OutputFile.Write(path, stream => stream.Write(bytes));
    }

    private static bool IsJson(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".json" => true,
        ".yaml" or ".yml" => false,
        var extension => throw new QuantException(
            "ConfigFormatUnknown",
            QuantErrorKind.NotSupported,
            $"The configuration file '{path}' has the extension '{extension}'. Configurations are .json, .yaml or .yml files.",
            path),
    };

    private static QuantException Invalid(string path, string problem, Exception? inner) =>
        new(
            "ConfigFileInvalid",
            QuantErrorKind.InvalidData,
            $"The configuration file '{path}' cannot be read: {problem}. Correct the file.",
            path,
            inner);
}
