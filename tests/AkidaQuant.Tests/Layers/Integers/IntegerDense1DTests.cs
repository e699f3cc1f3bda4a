using AkidaQuant.Layers.Integers;
using AkidaQuant.Tests.Reference;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>All values of a sample meet all weights of a unit.</summary>
public sealed class IntegerDense1DTests
{
    private static readonly IntegerDense1D Plain = new()
    {
        Name = "layer",
        Step = IntegerCase.Step,
        Kernel = IntegerCase.Weights([3, 2], 1, -1, 10, -10, 100, -100),
        Tail = new IntegerTail(),
    };

    [Fact]
    public void An_image_is_a_row()
    {
        Assert.Equal([321, -321], LayerRun.Of(Plain, (LayerRun.Integers(3), [1, 2, 3])).Values);
        Assert.Equal([321, -321], LayerRun.Of(Plain, (LayerRun.Integers(1, 1, 3), [1, 2, 3])).Values);
        IntegerDense1D biased = Plain with { Tail = new IntegerTail { Bias = [9, 1], IsRectified = true } };
        Assert.Equal([330, 0], LayerRun.Of(biased, (LayerRun.Integers(3), [1, 2, 3])).Values);
    }

    [Fact]
    public void Sums_are_those_of_the_plain_operations() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 9], Gen.Int[0, 999]).Sample(
        (count, units, seed) =>
        {
            IntegerDense1D layer = Plain with { Kernel = IntegerCase.Random(seed, count, units) };
            long[] sample = IntegerCase.Samples(seed, count, -128, 127);
            IntegerCase.AssertSums(
                layer,
                LayerRun.Integers(count),
                sample,
                Linear.MatMul(IntegerCase.Sample([count], sample), IntegerCase.Kernel(layer.Kernel)));
        },
        iter: 100);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 3);
        LayerRun.Refuses("LayerInputMismatch", "its weights are for 3 inputs, but its input (2, 2) has 4", Plain, LayerRun.Integers(2, 2));
    }
}
