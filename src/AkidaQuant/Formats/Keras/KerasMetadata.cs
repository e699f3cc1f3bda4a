using System.Text.Json;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>What an archive says of itself beside its model.</summary>
internal static class KerasMetadata
{
    /// <summary>The version of Keras that wrote the archive.</summary>
    public const string Version = "keras_version";

    /// <summary>The entries. Metadata that are no dictionary of JSON say nothing; those that contradict themselves are refused.</summary>
    /// <param name="text">The text of the metadata; null where the archive has none.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="QuantException"><c>ModelFileDamaged</c>: a key is given twice.</exception>
    public static IReadOnlyDictionary<string, object?> Parse(string? text, string path)
    {
        try
        {
            return text is not null && PythonJsonReader.Parse(text) is IReadOnlyDictionary<string, object?> entries
                ? entries
                : new PythonMap();
        }
        catch (RepeatedKeyException error)
        {
            throw new QuantException(
                "ModelFileDamaged",
                QuantErrorKind.InvalidData,
                $"The model file '{path}' is damaged: in its '{KerasArchive.MetadataEntry}' {error.Message}. Save the model again.",
                path,
                error);
        }
        catch (JsonException)
        {
            return new PythonMap();
        }
    }
}
