using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Keras;

/// <summary>How much memory one part of an HDF5 file, or of an archive, may take.</summary>
internal static class Hdf5Limits
{
    private const long LeastChunked = 16L << 20;

    /// <summary>The most bytes of a dataset that is stored in chunks, which can be compressed.</summary>
    /// <param name="fileLength">The bytes of the file.</param>
    /// <param name="chosen">What the reader of the file allows all arrays to take; null for the default.</param>
    public static long Chunked(int fileLength, long? chosen = null) =>
        Math.Max(Math.Max(LeastChunked, fileLength * ArrayBudget.MaxExpansion), chosen ?? 0);
}
