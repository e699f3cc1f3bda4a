namespace AkidaQuant.Kernels.Products;

/// <summary>
/// Computes sums of one sample, any run of them by itself, so that a sample can be divided between cores and a block of sums be
/// finished while it is in the cache.
/// </summary>
/// <typeparam name="TImage">The element of samples.</typeparam>
/// <typeparam name="T">The element of sums.</typeparam>
internal interface ISampleKernel<TImage, T>
    where TImage : unmanaged
    where T : unmanaged
{
    /// <summary>The elements of a sample.</summary>
    int InputSize { get; }

    /// <summary>The units that the sums of a sample are divided into, which take about the same time.</summary>
    int Units { get; }

    /// <summary>The sums of a unit.</summary>
    int UnitSize { get; }

    /// <summary>The most units that a block has.</summary>
    int Block { get; }

    /// <summary>Where the block that begins at a unit ends.</summary>
    /// <param name="first">The first unit of the block.</param>
    /// <param name="end">The unit behind the last one that is wanted.</param>
    int BlockEnd(int first, int end);

    /// <summary>The elements of the sample that the units are computed from: from Start up to, but without, End.</summary>
    (int Start, int End) Needs(int first, int end);

    /// <summary>Computes units of a sample.</summary>
    /// <param name="image">The whole sample, of which only what the units need is read.</param>
    /// <param name="first">The first unit.</param>
    /// <param name="end">The unit behind the last one.</param>
    /// <param name="sums">The sums of these units, overwritten.</param>
    void Run(ReadOnlySpan<TImage> image, int first, int end, Span<T> sums);
}
