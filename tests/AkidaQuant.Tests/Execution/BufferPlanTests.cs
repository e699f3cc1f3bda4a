using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

public sealed class BufferPlanTests
{
    private static readonly Gen<BufferTenant[]> Tensors = Gen
        .Select(Gen.Long[1, 5000], Gen.Int[0, 30], Gen.Int[0, 6], (bytes, first, length) => new BufferTenant(bytes, first, first + length))
        .Array[1, 40];

    [Fact]
    public void Tensors_that_are_needed_at_the_same_time_never_share_memory() => Tensors.Sample(tensors =>
    {
        long[] slabs = BufferPlan.Of(tensors).SlabBytes();
        for (int i = 0; i < tensors.Length; i++)
        {
            Assert.Equal(0, tensors[i].Offset % 64);
            Assert.True(tensors[i].Offset + tensors[i].Bytes <= slabs[tensors[i].Slab]);
            for (int j = 0; j < i; j++)
            {
                bool together = tensors[i].First <= tensors[j].Last && tensors[j].First <= tensors[i].Last;
                bool apart = tensors[i].Slab != tensors[j].Slab
                    || tensors[i].Offset + tensors[i].Bytes <= tensors[j].Offset
                    || tensors[j].Offset + tensors[j].Bytes <= tensors[i].Offset;
                Assert.True(apart || !together);
            }
        }
    });

    [Fact]
    public void A_chain_needs_two_buffers_and_nothing_can_do_with_less_than_what_is_alive()
    {
        BufferPlan chain = BufferPlan.Of(Enumerable.Range(0, 20).Select(i => new BufferTenant(6400, i, i + 1)));
        Assert.Equal([12800], chain.SlabBytes());
        Assert.Equal(12800, chain.LargestAlive());
        Tensors.Sample(tensors => BufferPlan.Of(tensors) is { } plan && plan.SlabBytes().Sum() >= plan.LargestAlive());
    }

    [Fact]
    public void What_is_larger_than_an_array_is_cut_into_several()
    {
        const long Large = 900L << 20;
        BufferPlan plan = BufferPlan.Of([new BufferTenant(Large, 0, 1), new BufferTenant(Large, 0, 1), new BufferTenant(Large, 2, 3)]);
        Assert.Equal([Large, Large], plan.SlabBytes());
        Assert.Equal([2, 1], plan.Tenants.GroupBy(tenant => tenant.Slab).Select(slab => slab.Count()).OrderDescending());
    }
}
