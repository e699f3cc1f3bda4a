using System.Globalization;

namespace AkidaQuant.Formats.Files;

/// <summary>
/// Counts the memory that the arrays of a model file take. A file of few bytes can declare, or unpack to, as much as it likes, so there is
/// a limit: the one that its reader chose, or what no file of real weights needs.
/// </summary>
internal sealed class ArrayBudget
{
    /// <summary>What any file may take: as much as the largest file that is read has in float32.</summary>
    public const long Least = 2L << 30;

    /// <summary>Weights that compress well come out larger than the file, but real ones not by more than this.</summary>
    public const long MaxExpansion = 32;

    private readonly string _path;
    private long _taken;

    /// <summary>A budget for a file.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="fileLength">Its bytes.</param>
    /// <param name="chosen">The limit that its reader chose; null for the default.</param>
    public ArrayBudget(string path, long fileLength, long? chosen = null)
    {
        _path = path;
        Chosen = chosen;
        Limit = chosen ?? Math.Max(Least, fileLength * MaxExpansion);
    }

    /// <summary>The limit that the reader of the file chose; null where it is the default.</summary>
    public long? Chosen { get; }

    /// <summary>The most bytes that all arrays may take.</summary>
    public long Limit { get; private set; }

    /// <summary>The bytes that may still be taken.</summary>
    public long Left => Math.Max(Limit - _taken, 0);

    /// <summary>Lets arrays that lie in a further file take as much more as that one warrants, unless a limit was chosen.</summary>
    /// <param name="fileLength">The bytes of that file.</param>
    public void Widen(long fileLength) => Limit += Chosen is null ? fileLength * MaxExpansion : 0;

    /// <summary>Takes memory for an array, before it is made.</summary>
    /// <param name="bytes">How much it takes.</param>
    /// <param name="name">The array.</param>
    /// <exception cref="QuantException"><c>ModelTooLarge</c>: the arrays take more than the limit.</exception>
    public void Take(long bytes, string name)
    {
        _taken += bytes;
        if (_taken > Limit)
        {
            throw new QuantException(
                "ModelTooLarge",
                QuantErrorKind.NotSupported,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The arrays of the model file '{_path}' take too much memory: with '{name}' they are {_taken} bytes, and at most {Limit} are taken. Where the file comes from somebody whom you trust, allow more with -MaxSize, such as -MaxSize {Suggested(_taken)}GB."),
                _path);
        }
    }

    private static long Suggested(long bytes) => (bytes >> 30) + 1;
}
