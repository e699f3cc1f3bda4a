namespace AkidaQuant.Formats.Keras;

/// <summary>How much memory the contents of an HDF5 file may take.</summary>
internal static class Hdf5Limits
{
    // Weights that compress well come out larger than the file, but real ones not by more than this.
    private const long MaxExpansion = 32;
    private const long LeastChunked = 16L << 20;

    /// <summary>The most bytes of a dataset that is stored in chunks, which can be compressed.</summary>
    public static long Chunked(int fileLength) => Math.Max(LeastChunked, fileLength * MaxExpansion);
}
