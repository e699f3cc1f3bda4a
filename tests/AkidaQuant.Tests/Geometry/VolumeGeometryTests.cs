using AkidaQuant.Geometry;
using CsCheck;

namespace AkidaQuant.Tests.Geometry;

public sealed class VolumeGeometryTests
{
    [Fact]
    public void Time_follows_the_rule_of_rows_and_columns() =>
        (from size in Gen.Int[1, 20]
         from kernel in Gen.Int[1, 5]
         from stride in Gen.Int[1, 3]
         from dilation in Gen.Int[1, 2]
         from padding in Gen.OneOf(Padding.Same, Padding.Valid)
         where padding == Padding.Same || size > (kernel - 1) * dilation
         select (size, kernel, stride, dilation, padding)).Sample(
            (size, kernel, stride, dilation, padding) =>
            {
                VolumeGeometry g = VolumeGeometry.Create(
                    new Shape(size, size, size, 2),
                    (kernel, kernel, kernel),
                    (stride, stride, stride),
                    (dilation, dilation, dilation),
                    padding,
                    5);
                Assert.Equal((g.Image.PadTop, g.Image.OutputHeight), (g.PadBefore, g.OutputSteps));
                Assert.Equal((size, kernel, stride, dilation), (g.InputSteps, g.KernelSteps, g.StrideSteps, g.DilationSteps));
                Assert.Equal(new Shape(g.OutputSteps, g.OutputSteps, g.OutputSteps, 5), g.OutputShape);
            });

    [Theory]
    [InlineData(Padding.Explicit)]
    [InlineData(Padding.SameUpper)]
    public void Only_two_paddings_go_over_time(Padding padding) =>
        Assert.Throws<ArgumentException>(() => VolumeGeometry.Create(new Shape(3, 3, 3, 1), (1, 1, 1), (1, 1, 1), (1, 1, 1), padding, 1));

    [Fact]
    public void An_image_without_time_is_refused() =>
        Assert.Throws<ArgumentException>(() => VolumeGeometry.Create(
            new Shape(3, 3, 1), (1, 1, 1), (1, 1, 1), (1, 1, 1), Padding.Valid, 1));
}
