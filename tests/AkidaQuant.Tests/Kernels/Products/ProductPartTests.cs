using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class ProductPartTests
{
    [Fact]
    public void Parts_cover_every_element_once_and_begin_with_panels() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 60], Gen.Int[380, 800]), Gen.Int[1, 200], Gen.OneOf(1, 2, 16, 32), Gen.Int[0, 9]).Sample(
            (rows, columns, panelWidth, count) =>
            {
                int[] covered = new int[rows * columns];
                for (int index = 0; index < Math.Max(count, 1); index++)
                {
                    ProductPart part = ProductPart.Of(new WorkShare(index, count), rows, columns, panelWidth);
                    Assert.Equal(0, part.Column % panelWidth);
                    for (int i = 0; i < part.Rows * part.Columns; i++)
                    {
                        (int row, int column) = Math.DivRem(i, part.Columns);
                        covered[((part.Row + row) * columns) + part.Column + column]++;
                    }
                }

                Assert.All(covered, number => Assert.Equal(1, number));
            },
            iter: 300);

    [Theory]
    [InlineData(49, 960, 49, 480)]
    [InlineData(49, 160, 24, 160)]
    [InlineData(1, 1000, 1, 512)]
    [InlineData(12544, 64, 6270, 64)]
    [InlineData(3136, 32, 1566, 32)]
    public void The_first_of_two_parts_is_half_of_the_longer_side(int rows, int columns, int partRows, int partColumns)
    {
        var part = ProductPart.Of(new WorkShare(0, 2), rows, columns, 32);
        Assert.Equal((partRows, partColumns), (part.Rows, part.Columns));
    }
}
