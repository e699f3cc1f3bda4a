using static AkidaQuant.Tests.Reference.Arrays;

namespace AkidaQuant.Tests.Reference;

public sealed class ReductionTests
{
    private static readonly FixedPoint PerAxis = Fixed([[1, 2], [3, 4]], 7, 1, 2);

    [Fact]
    public void Sums_saturate_once()
    {
        Check(Reductions.Sum(Fixed([[100, 100], [1, 2]], 7, 3), [1]), [127, 3], 7, Bits(3));
        Check(Reductions.Sum(Fixed([[100, 100, -90]], 7, 3), [1]), [110], 7, Bits(3));
        Check(Reductions.Sum(Fixed([[100, 1], [1, 2]], 7, 3)), [104], 7, Bits(3));
    }

    [Fact]
    public void Means_floor() => Check(Reductions.Mean(Fixed([[1, -2], [2, -3]], 7, 0), [0]), [1, -3], 7, Bits(0));

    [Fact]
    public void Maxima()
    {
        Check(Reductions.Max(Fixed([[1, -2], [-7, -3]], 7, 4), [1]), [1, -3], 7, Bits(4));
        Assert.Equal("AssertionPerTensor", IdOf(() => Reductions.Max(PerAxis, [0])));
    }

    [Fact]
    public void Channels_are_reduced_only_per_tensor_however_the_axis_is_written()
    {
        foreach (int[]? axes in new int[]?[] { null, [-1], [1], [0, 1], [0, -1] })
        {
            Assert.Equal("AssertionPerTensor", IdOf(() => Reductions.Sum(PerAxis, axes)));
            Assert.Equal("AssertionPerTensor", IdOf(() => Reductions.Mean(PerAxis, axes)));
            Assert.Equal("AssertionPerTensor", IdOf(() => Reductions.Sum(new QFloat(Fixed([[1, 2]], 7, 0), Scales(1, 2)), axes)));
        }

        Check(Reductions.Sum(PerAxis, [0]), [4, 6], 7, BitsOf(1, 2));
    }

    [Fact]
    public void Dimensions_can_be_kept()
    {
        FixedPoint sum = Reductions.Sum(Fixed([[1, 2], [3, 4]], 7, 0), [0], keepDimensions: true);
        Assert.Equal(new Shape(1, 2), sum.Shape);
        Assert.Equal(Shape.Scalar, Reductions.Sum(Fixed([[1, 2]], 7, 0)).Shape);
    }

    [Fact]
    public void Scales_are_kept()
    {
        QFloat sum = Reductions.Sum(new QFloat(Fixed([[1, 2], [3, 4]], 7, 0), Scales(0.5f, 2)), [0]);
        Check(sum.Inner, [4, 6], 7, Bits(0));
        Assert.Equal(Scales(0.5f, 2), sum.Scales);
    }

    [Fact]
    public void Axes_outside() => Assert.Equal("AxisOutOfRange", IdOf(() => Reductions.Sum(PerAxis, [2])));
}
