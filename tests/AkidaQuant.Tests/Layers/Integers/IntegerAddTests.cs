using AkidaQuant.Layers.Integers;
using CsCheck;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Bytes shifted to one binary point, added, and brought back to bytes.</summary>
public sealed class IntegerAddTests
{
    private static readonly IntegerAdd Plain = new() { Name = "layer", Step = IntegerCase.Step, LeftShifts = [2, 0], RightShifts = [0, 3] };

    [Fact]
    public void Channels_have_their_shifts()
    {
        long[] sums = LayerRun.Of(Plain, (LayerRun.Integers(1, 2), [100, -20]), (LayerRun.Integers(1, 2), [-1, 5])).Values;
        Assert.Equal([399, 20], sums);
        IntegerAdd bytes = Plain with { Rescaling = new IntegerRescaling([3, 5], [-4, -1]) };
        Assert.Equal(
            [IntegerCase.Rescaled(399, 3, 4), IntegerCase.Rescaled(20, 5, 1)],
            LayerRun.Of(bytes, (LayerRun.Integers(1, 2), [100, -20]), (LayerRun.Integers(1, 2), [-1, 5])).Values);
    }

    [Fact]
    public void Sums_of_all_bytes_are_exact() => Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8], Gen.Int[0, 999]).Sample(
        (left, right, seed) =>
        {
            IntegerAdd layer = Plain with { LeftShifts = [left], RightShifts = [right] };
            long[] a = IntegerCase.Samples(seed, 37, -128, 127);
            long[] b = IntegerCase.Samples(seed + 1, 37, -128, 127);
            Assert.Equal(
                a.Zip(b, (x, y) => (x << left) + (y << right)),
                LayerRun.Of(layer, (LayerRun.Integers(37, 1), a), (LayerRun.Integers(37, 1), b)).Values);
        },
        iter: 100);

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        IntegerCase.AssertRefusals(Plain, 1, 2);
        LayerRun.Refuses("LayerInputMismatch", "its inputs are (1, 2) and (2, 2)", Plain, LayerRun.Integers(1, 2), LayerRun.Integers(2, 2));
        LayerRun.Refuses("LayerInputMismatch", "shifts for 2 and 2 channels", Plain, LayerRun.Integers(1, 3), LayerRun.Integers(1, 3));
    }
}
