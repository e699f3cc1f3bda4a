using AkidaQuant.Geometry;
using AkidaQuant.Tests.Kernels;
using CsCheck;

namespace AkidaQuant.Tests.Geometry;

/// <summary>How many cells each padding puts before and behind an image, and how many outputs that gives.</summary>
public sealed class ConvolutionGeometryTests
{
    [Fact]
    public void A_window_is_pointwise_where_it_sees_the_cell_of_its_own_place() => Cases.Geometry.Sample(
        g =>
        {
            ConvolutionGeometry[] all = [g, g with { KernelHeight = 1, KernelWidth = 1 }, g with { InputHeight = 1, InputWidth = 1 }];
            foreach (ConvolutionGeometry sizes in all.Append(ConvolutionGeometry.Create(
                g.InputShape, (1, 1), (g.StrideHeight, g.StrideWidth), (1, 1), Padding.Same, 3)))
            {
                bool expected = sizes.KernelHeight * sizes.KernelWidth * sizes.StrideHeight * sizes.StrideWidth == 1
                    && (sizes.OutputHeight, sizes.OutputWidth) == (sizes.InputHeight, sizes.InputWidth);
                Naive.Windows(sizes, (position, pixel, _) => expected &= position == pixel);
                Assert.Equal(expected, sizes.IsPointwise);
            }
        },
        iter: 2000);

    [Fact]
    public void Pads_and_outputs_are_those_of_the_definitions() => Gen.Select(
        Gen.Int[1, 30], Gen.Int[1, 8], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Enum<Padding>(), Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9])).Sample(
        (size, kernel, stride, dilation, padding, given) =>
        {
            int extent = ((kernel - 1) * dilation) + 1;
            int total = Math.Max(size % stride == 0 ? extent - stride : extent - (size % stride), 0);
            (int before, int after) = padding switch
            {
                Padding.Same => (total / 2, total - (total / 2)),
                Padding.SameUpper => (total - (total / 2), total / 2),
                Padding.Explicit => given,
                _ => (0, 0),
            };
            EdgePads rows = new(given.Item1, 3, given.Item2, 4);
            EdgePads columns = new(3, given.Item1, 4, given.Item2);
            if (size + before + after < extent)
            {
                ArgumentException error = Assert.Throws<ArgumentException>(() => Over(padding, rows, (size, 9), (kernel, 1)));
                Assert.Contains($"spans {extent}", error.Message, StringComparison.Ordinal);
                return;
            }

            ConvolutionGeometry tall = Over(padding, rows, (size, 9), (kernel, 1));
            ConvolutionGeometry wide = Over(padding, columns, (9, size), (1, kernel));
            int expected = ((size + before + after - extent) / stride) + 1;
            Assert.Equal((before, expected), (tall.PadTop, tall.OutputHeight));
            Assert.Equal((before, expected), (wide.PadLeft, wide.OutputWidth));

            ConvolutionGeometry Over(Padding rule, EdgePads pads, (int, int) image, (int, int) kernelSize) => ConvolutionGeometry.Create(
                new Shape(image.Item1, image.Item2, 2), kernelSize, (stride, stride), (dilation, dilation), rule, 3, pads);
        });

    [Fact]
    public void Sizes_are_those_of_the_shapes() => Cases.Geometry.Sample(
        g => Assert.Equal((g.InputShape.Size, g.OutputShape.Size), (g.InputSize, g.OutputSize)));

    [Fact]
    public void Unknown_sizes_stay_unknown() => Assert.All(Enum.GetValues<Padding>(), padding => Assert.Equal(
        new Shape(Shape.Unknown, 4, 3),
        ConvolutionGeometry.Create(new Shape(Shape.Unknown, 4, 2), (1, 1), (1, 1), (1, 1), padding, 3).OutputShape));

    [Fact]
    public void Amounts_beyond_all_images_are_refused() => Assert.Throws<ArgumentException>(() => ConvolutionGeometry.Create(
        new Shape(8, 8, 1), (3, 3), (1, 1), (1, 1), Padding.Explicit, 1, new EdgePads(int.MaxValue, 0, int.MaxValue, 0)));

    [Fact]
    public void A_window_that_misses_the_image_is_found() => Gen.Select(Cases.Geometry, Cases.Pads).Sample((sizes, pads) =>
    {
        ConvolutionGeometry g = sizes with { PadTop = pads.Top, PadLeft = pads.Left };
        bool[] meets = new bool[g.OutputHeight * g.OutputWidth];
        Naive.Windows(g, (position, pixel, _) => meets[position] |= pixel >= 0);
        Assert.Equal(Array.TrueForAll(meets, meet => meet), g.MeetsImageEverywhere);
    });
}
