namespace AkidaQuant.Execution;

/// <summary>
/// Places tensors in memory so that those that are never needed at the same time share it: the largest first, each in the lowest
/// gap between those that live while it does.
/// </summary>
internal sealed class BufferPlan
{
    /// <summary>Tensors begin on cache lines, and no vector of one thread shares a line with another tensor.</summary>
    private const int Alignment = 64;

    /// <summary>The most bytes of one slab, unless a single tensor needs more.</summary>
    private const long SlabLimit = 1L << 30;

    private readonly List<List<Tenant>> _slabs = [];

    private BufferPlan(int count) => Places = new Place[count];

    /// <summary>Where each tensor lies.</summary>
    public Place[] Places { get; }

    /// <summary>The bytes of each slab, an array of its own.</summary>
    public IReadOnlyList<long> Slabs => [.. _slabs.Select(slab => slab.Max(tenant => tenant.End))];

    /// <summary>Places tensors.</summary>
    /// <param name="tensors">The bytes of each, and the first and the last step during which it is needed.</param>
    public static BufferPlan Of(IReadOnlyList<(long Bytes, int First, int Last)> tensors)
    {
        BufferPlan plan = new(tensors.Count);
        foreach (int tensor in Enumerable.Range(0, tensors.Count).OrderByDescending(index => tensors[index].Bytes))
        {
            (long bytes, int first, int last) = tensors[tensor];
            plan.Add(tensor, (bytes + Alignment - 1) / Alignment * Alignment, first, last);
        }

        return plan;
    }

    /// <summary>The most bytes that are needed at the same time.</summary>
    public static long LargestAlive(IReadOnlyList<(long Bytes, int First, int Last)> tensors)
    {
        long[] alive = new long[tensors.Count == 0 ? 1 : tensors.Max(tensor => tensor.Last) + 2];
        foreach ((long bytes, int first, int last) in tensors)
        {
            alive[first] += bytes;
            alive[last + 1] -= bytes;
        }

        long sum = 0;
        return alive.Max(change => sum += change);
    }

    private void Add(int tensor, long bytes, int first, int last)
    {
        for (int slab = 0; slab <= _slabs.Count; slab++)
        {
            if (slab == _slabs.Count)
            {
                _slabs.Add([]);
            }

            long offset = LowestGap(_slabs[slab], bytes, first, last);
            if (offset + bytes <= SlabLimit || _slabs[slab].Count == 0)
            {
                // Kept in the order of their places, which is that in which gaps are looked for.
                List<Tenant> tenants = _slabs[slab];
                int at = tenants.FindIndex(tenant => tenant.Start > offset);
                tenants.Insert(at < 0 ? tenants.Count : at, new Tenant(offset, offset + bytes, first, last));
                Places[tensor] = new Place(slab, offset);
                return;
            }
        }
    }

    private static long LowestGap(List<Tenant> tenants, long bytes, int first, int last)
    {
        long free = 0;
        foreach (Tenant tenant in tenants)
        {
            if (tenant.First > last || tenant.Last < first)
            {
                continue;
            }

            if (tenant.Start - free >= bytes)
            {
                break;
            }

            free = Math.Max(free, tenant.End);
        }

        return free;
    }

    /// <summary>Where a tensor lies.</summary>
    /// <param name="Slab">The index of the array.</param>
    /// <param name="Offset">Its first byte there.</param>
    public readonly record struct Place(int Slab, long Offset);

    private readonly record struct Tenant(long Start, long End, int First, int Last);
}
