using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>What follows the sums, in its order: bias, pool, table or rectifier, sum over positions, rescaling.</summary>
public sealed class IntegerTailTests
{
    private static readonly QuantizedSpec Image = LayerRun.Integers(2, 2, 1);

    [Fact]
    public void A_pool_takes_the_greatest_sum() =>
        Assert.Equal([-3], Run(new IntegerTail { Pool = new ConvolutionWindow { KernelSize = (2, 2) } }, -9, -3, -5, -7));

    [Fact]
    public void A_rectifier_has_a_bound()
    {
        Assert.Equal([0, 3, 0, 7], Run(new IntegerTail { IsRectified = true }, -9, 3, 0, 7));
        Assert.Equal([0, 3, 0, 5], Run(new IntegerTail { IsRectified = true, MaxValue = [5] }, -9, 3, 0, 7));
    }

    [Fact]
    public void A_table_has_an_entry_for_each_of_eleven_bits()
    {
        IntegerTable table = new(
            new IntegerRescaling([100], [-2]), [.. Enumerable.Range(0, IntegerTable.EntryCount).Select(i => (i - 1024) * 3)]);
        Assert.Equal([-1024 * 3, 1023 * 3, 75, 0], Run(new IntegerTail { Table = table }, -128, 127, 1, 0));
    }

    [Fact]
    public void Positions_are_summed_and_rescaled()
    {
        Assert.Equal([10], Run(new IntegerTail { SumsPositions = true }, 1, 2, 3, 4));
        Assert.Equal(
            [IntegerCase.Rescaled(10, 3, 2)],
            Run(new IntegerTail { SumsPositions = true, Rescaling = new IntegerRescaling([3], [-2]) }, 1, 2, 3, 4));
    }

    [Fact]
    public void Sums_that_may_need_too_many_bits_are_refused()
    {
        IntegerConv2D layer = Layer(new IntegerTail { Bias = [int.MaxValue] });
        LayerRun.Refuses("SumsTooWide", "more than 31 bits", layer, Image);
        IntegerConv2D summed = Layer(
            new IntegerTail { Bias = [int.MaxValue], SumsPositions = true, Rescaling = new IntegerRescaling(null, [-20]) });
        LayerRun.Refuses("SumsTooWide", "more than 50 bits", summed, LayerRun.Integers(1024, 1024, 1));
    }

    private static long[] Run(IntegerTail tail, params long[] sums) => LayerRun.Of(Layer(tail), (Image, sums)).Values;

    /// <summary>A convolution whose sums are its input.</summary>
    private static IntegerConv2D Layer(IntegerTail tail) => new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Window = new ConvolutionWindow { KernelSize = (1, 1) },
        Kernel = IntegerCase.Weights([1, 1, 1, 1], 1),
        Tail = tail,
    };
}
