using AkidaQuant.Geometry;

namespace AkidaQuant.Tests.Geometry;

public sealed class EdgePadsTests
{
    [Theory]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(0, -1, 0, 0)]
    [InlineData(0, 0, -1, 0)]
    [InlineData(0, 0, 0, -1)]
    public void Amounts_are_not_negative(int top, int left, int bottom, int right)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EdgePads(top, left, bottom, right));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(EdgePads) with { Top = top, Left = left, Bottom = bottom, Right = right });
    }

    [Fact]
    public void Text_has_the_order_of_onnx() => Assert.Equal("[1, 2, 3, 4]", new EdgePads(1, 2, 3, 4).ToString());
}
