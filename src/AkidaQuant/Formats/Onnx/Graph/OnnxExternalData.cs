using System.Globalization;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// Reads tensors from the files that lie beside a model. A model may come from anywhere, so none outside its folder is opened.
/// </summary>
internal static class OnnxExternalData
{
    /// <summary>As long as paths can be on Linux; longer ones have more folders than are followed.</summary>
    private const int MostCharacters = 4096;

    /// <summary>The bytes of a tensor.</summary>
    /// <param name="file">The model.</param>
    /// <param name="tensor">Says which file, from where on and how many bytes.</param>
    /// <param name="name">What to call the tensor in errors.</param>
    /// <param name="length">The bytes that its shape takes.</param>
    /// <param name="memory">The bytes that its values take in memory.</param>
    /// <exception cref="QuantException"><c>OnnxExternalData</c>, <c>ModelTooLarge</c>, or <c>FileNotFound</c> and the like.</exception>
    public static byte[] Read(OnnxFile file, TensorProto tensor, string name, long length, long memory)
    {
        string location = tensor.ExternalData.FirstOrDefault(entry => entry.Key == "location")?.Value ?? string.Empty;
        long offset = Number(file, tensor, name, "offset") ?? 0;
        if (Number(file, tensor, name, "length") is { } stored && stored != length)
        {
            throw Invalid(
                file,
                name,
                $"its shape takes {length} bytes, but the model says that {stored} are stored in '{location}'. Export the model again");
        }

        string path = Locate(file, name, location);
        if (length == 0)
        {
            return [];
        }

        // Looked at before it is opened: a pipe has no length either, and opening one waits for who writes to it.
        FileInfo data = new(path);
        if (data.Exists && (length > Array.MaxLength || offset > data.Length - length))
        {
            throw Invalid(
                file,
                name,
                $"it takes {length} bytes from byte {offset} on of '{location}', which has {data.Length} bytes. Copy the whole file beside the model, or export the model again");
        }

        file.Widen(path, data.Exists ? data.Length : 0);
        file.Take(tensor, name, memory);
        using FileStream stream = InputFile.Open(path, file.Cancellation);
        try
        {
            byte[] bytes = new byte[length];
            stream.Position = offset;
            InputFile.ReadBlocks(stream, bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputFile.Unreadable(path, e);
        }
    }

    /// <summary>The file in the model's folder, links followed, for a link could lead out of it.</summary>
    private static string Locate(OnnxFile file, string name, string location)
    {
        string folder = string.Empty;
        string path;
        try
        {
            folder = RealPath.Of(file.Folder);
            path =
                location.Length is 0 or > MostCharacters || Path.IsPathRooted(location)
                    ? string.Empty
                    : RealPath.Of(Path.Combine(folder, location.Replace('\\', '/')));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            path = string.Empty;
        }

        return Contains(folder, path)
            ? path
            : throw Invalid(
                file,
                name,
                $"its data are said to lie in '{location}', which is not a file in the folder of the model. Data are read from that folder only; export the model again, and keep both files together");
    }

    /// <summary>Whether a file lies in a folder, both paths whole and without links.</summary>
    internal static bool Contains(string folder, string path)
    {
        string inside = Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar;
        return path.Length > inside.Length && path.StartsWith(inside, StringComparison.Ordinal);
    }

    private static long? Number(OnnxFile file, TensorProto tensor, string name, string key)
    {
        string? text = tensor.ExternalData.FirstOrDefault(entry => entry.Key == key)?.Value;
        return text is null ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
            : throw Invalid(
                file,
                name,
                $"the {key} '{text}' of its stored data is not a number. The file is damaged; export the model again");
    }

    private static QuantException Invalid(OnnxFile file, string name, string problem) =>
        file.Error("OnnxExternalData", $"the tensor '{name}': {problem}");
}
