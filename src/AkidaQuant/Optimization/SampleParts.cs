namespace AkidaQuant.Optimization;

/// <summary>How samples are cut into chunks: of equal size, the last one the rest.</summary>
/// <param name="Count">The number of samples.</param>
/// <param name="Size">The samples of a chunk.</param>
/// <param name="InOrder">Whether chunks are the time steps of parallel streams, which run one after the other.</param>
internal sealed record SampleParts(int Count, int Size, bool InOrder)
{
    /// <summary>The number of chunks.</summary>
    public int Chunks => (Count + Size - 1) / Size;

    /// <summary>The first sample of a chunk.</summary>
    public int Start(int chunk) => chunk * Size;

    /// <summary>The number of samples of a chunk.</summary>
    public int Length(int chunk) => Math.Min(Size, Count - (chunk * Size));

    /// <summary>The chunk of a sample, and its position there.</summary>
    public (int Chunk, int Within) Find(int sample) => Math.DivRem(sample, Size);
}
