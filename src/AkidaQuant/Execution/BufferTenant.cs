namespace AkidaQuant.Execution;

/// <summary>A tensor that needs memory for a while, and where a <see cref="BufferPlan"/> places it.</summary>
/// <param name="bytes">Its size.</param>
/// <param name="first">The first step during which it is needed.</param>
/// <param name="last">The last one.</param>
/// <remarks>
/// A class, as are all that the way to a first run makes lists of: lists of structures are compiled anew for each, at run time.
/// </remarks>
internal sealed class BufferTenant(long bytes, int first, int last)
{
    /// <summary>Its size.</summary>
    public long Bytes => bytes;

    /// <summary>The first step during which it is needed.</summary>
    public int First => first;

    /// <summary>The last step during which it is needed.</summary>
    public int Last => last;

    /// <summary>The slab in which it is placed.</summary>
    public int Slab { get; set; }

    /// <summary>Its first byte there.</summary>
    public long Offset { get; set; }

    /// <summary>Whether another tensor is needed at the same time.</summary>
    public bool Meets(BufferTenant other) => First <= other.Last && other.First <= Last;
}
