namespace AkidaQuant.Tensors;

/// <summary>
/// One of several parts that together are the whole work of a kernel on a batch. Parts write different elements of the output, so
/// that several threads can compute them at once; the default is all of it.
/// </summary>
/// <param name="Index">Which part, from 0 on.</param>
/// <param name="Count">The number of parts; 0 or 1 for no division.</param>
public readonly record struct WorkShare(int Index, int Count)
{
    /// <summary>The units of work, rows of an image for example, that are this part's: from Start up to, but without, End.</summary>
    /// <param name="units">The number of units of all parts.</param>
    public (int Start, int End) Of(int units) =>
        Count <= 1 ? (0, units) : ((int)((long)units * Index / Count), (int)((long)units * (Index + 1) / Count));
}
