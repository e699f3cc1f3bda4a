using System.IO.Compression;

namespace AkidaQuant.Formats.Files;

/// <summary>Finds entries of one name in an archive, of which readers take the first or the last, each as it likes.</summary>
internal static class RepeatedEntry
{
    /// <summary>The first name that two entries have; null where each has its own. Folders hold nothing that could differ.</summary>
    /// <exception cref="InvalidDataException">The list of entries is damaged.</exception>
    public static string? Find(ZipArchive archive)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        return archive.Entries.Select(entry => entry.FullName).FirstOrDefault(name => !name.EndsWith('/') && !names.Add(name));
    }
}
