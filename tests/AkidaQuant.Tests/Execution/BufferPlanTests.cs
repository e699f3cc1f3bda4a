using AkidaQuant.Execution;
using CsCheck;

namespace AkidaQuant.Tests.Execution;

public sealed class BufferPlanTests
{
    private static readonly Gen<(long Bytes, int First, int Last)[]> Tensors =
        Gen.Select(Gen.Long[1, 5000], Gen.Int[0, 30], Gen.Int[0, 6], (bytes, first, length) => (bytes, first, first + length)).Array[1, 40];

    [Fact]
    public void Tensors_that_are_needed_at_the_same_time_never_share_memory() => Tensors.Sample(tensors =>
    {
        BufferPlan plan = BufferPlan.Of(tensors);
        for (int i = 0; i < tensors.Length; i++)
        {
            Assert.Equal(0, plan.Places[i].Offset % 64);
            Assert.True(plan.Places[i].Offset + tensors[i].Bytes <= plan.Slabs[plan.Places[i].Slab]);
            for (int j = 0; j < i; j++)
            {
                bool together = tensors[i].First <= tensors[j].Last && tensors[j].First <= tensors[i].Last;
                bool apart = plan.Places[i].Slab != plan.Places[j].Slab
                    || plan.Places[i].Offset + tensors[i].Bytes <= plan.Places[j].Offset
                    || plan.Places[j].Offset + tensors[j].Bytes <= plan.Places[i].Offset;
                Assert.True(apart || !together);
            }
        }
    });

    [Fact]
    public void A_chain_needs_two_buffers_and_nothing_can_do_with_less_than_what_is_alive()
    {
        (long, int, int)[] chain = [.. Enumerable.Range(0, 20).Select(i => (6400L, i, i + 1))];
        Assert.Equal([12800], BufferPlan.Of(chain).Slabs);
        Assert.Equal(12800, BufferPlan.LargestAlive(chain));
        Tensors.Sample(tensors => BufferPlan.Of(tensors).Slabs.Sum() >= BufferPlan.LargestAlive(tensors));
    }

    [Fact]
    public void What_is_larger_than_an_array_is_cut_into_several()
    {
        const long Large = 900L << 20;
        BufferPlan plan = BufferPlan.Of([(Large, 0, 1), (Large, 0, 1), (Large, 2, 3)]);
        Assert.Equal([Large, Large], plan.Slabs);
        Assert.Equal([0, 1, 0], plan.Places.Select(place => place.Slab));
    }
}
