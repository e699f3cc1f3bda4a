using System.Collections.Concurrent;
using AkidaQuant.Formats.Files;
using AkidaQuant.Layers;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>The names of the layers in model files, read once as long as a file stays as it is.</summary>
internal static class ModelFileNames
{
    // Who waits for a completion waits for the file to be read.
    private const long MostBytes = 256L << 20;
    private const int MostFiles = 16;

    private static readonly ConcurrentDictionary<(string Path, DateTime Time, long Length), IReadOnlyList<string>> Known = new();

    /// <summary>The names, in order, without that of the input; none for a file that cannot be read, or only slowly.</summary>
    public static IReadOnlyList<string> Of(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length > MostBytes)
        {
            return [];
        }

        if (Known.Count > MostFiles)
        {
            Known.Clear();
        }

        return Known.GetOrAdd((file.FullName, file.LastWriteTimeUtc, file.Length), key => Read(key.Path));
    }

    /// <summary>The names of a model's layers, without that of the input.</summary>
    public static IReadOnlyList<string> Of(Model model) =>
        [.. model.GraphLayers.Where(layer => layer is not InputLayer).Select(layer => layer.Name)];

    private static IReadOnlyList<string> Read(string path)
    {
        try
        {
            return Of(ModelFile.Read(path, new ModelReadOptions()));
        }
        catch (QuantException)
        {
            return [];
        }
    }
}
