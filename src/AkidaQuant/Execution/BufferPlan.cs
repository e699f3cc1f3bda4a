namespace AkidaQuant.Execution;

/// <summary>
/// Places tensors in memory so that those that are never needed at the same time share it: the largest first, of equal ones that
/// which is needed first, each in the lowest gap between those that live while it does.
/// </summary>
internal sealed class BufferPlan
{
    /// <summary>The most bytes of one slab, unless a single tensor needs more.</summary>
    public const long SlabLimit = 1L << 30;

    /// <summary>Tensors begin on cache lines, and no two threads write to one line for different tensors.</summary>
    private const int Alignment = 64;

    private readonly List<List<BufferTenant>> _slabs = [];
    private readonly List<BufferTenant> _tenants;

    private BufferPlan(List<BufferTenant> tenants) => _tenants = tenants;

    /// <summary>The tensors, as they were given.</summary>
    public IReadOnlyList<BufferTenant> Tenants => _tenants;

    /// <summary>Places tensors.</summary>
    /// <param name="tenants">The tensors; where each is placed is said in it.</param>
    public static BufferPlan Of(IEnumerable<BufferTenant> tenants)
    {
        BufferPlan plan = new([.. tenants]);
        List<BufferTenant> bySize = [.. plan._tenants];
        bySize.Sort((left, right) => left.Bytes == right.Bytes ? left.First.CompareTo(right.First) : right.Bytes.CompareTo(left.Bytes));
        foreach (BufferTenant tenant in bySize)
        {
            plan.Place(tenant);
        }

        return plan;
    }

    /// <summary>The bytes of each slab, an array of its own.</summary>
    public long[] SlabBytes()
    {
        long[] bytes = new long[_slabs.Count];
        foreach (BufferTenant tenant in _tenants)
        {
            bytes[tenant.Slab] = Math.Max(bytes[tenant.Slab], tenant.Offset + Size(tenant));
        }

        return bytes;
    }

    /// <summary>The most bytes that are needed at the same time.</summary>
    public long LargestAlive()
    {
        int steps = 1;
        foreach (BufferTenant tenant in _tenants)
        {
            steps = Math.Max(steps, tenant.Last + 2);
        }

        long[] changes = new long[steps];
        foreach (BufferTenant tenant in _tenants)
        {
            changes[tenant.First] += tenant.Bytes;
            changes[tenant.Last + 1] -= tenant.Bytes;
        }

        long alive = 0;
        long most = 0;
        foreach (long change in changes)
        {
            alive += change;
            most = Math.Max(most, alive);
        }

        return most;
    }

    private static long Size(BufferTenant tenant) => (tenant.Bytes + Alignment - 1) / Alignment * Alignment;

    private void Place(BufferTenant tenant)
    {
        for (int slab = 0; ; slab++)
        {
            if (slab == _slabs.Count)
            {
                _slabs.Add([]);
            }

            long offset = LowestGap(_slabs[slab], tenant);
            if (offset + Size(tenant) <= SlabLimit || _slabs[slab].Count == 0)
            {
                (tenant.Slab, tenant.Offset) = (slab, offset);
                Insert(_slabs[slab], tenant);
                return;
            }
        }
    }

    /// <summary>The tensors of a slab are in the order of their places, which is that in which gaps are looked for.</summary>
    private static void Insert(List<BufferTenant> slab, BufferTenant tenant)
    {
        int at = slab.Count;
        while (at > 0 && slab[at - 1].Offset > tenant.Offset)
        {
            at--;
        }

        slab.Insert(at, tenant);
    }

    private static long LowestGap(List<BufferTenant> slab, BufferTenant tenant)
    {
        long free = 0;
        foreach (BufferTenant other in slab)
        {
            if (!other.Meets(tenant))
            {
                continue;
            }

            if (other.Offset - free >= Size(tenant))
            {
                break;
            }

            free = Math.Max(free, other.Offset + Size(other));
        }

        return free;
    }
}
