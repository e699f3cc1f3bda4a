using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Products;
using CsCheck;

namespace AkidaQuant.Tests.Kernels.Products;

public sealed class PatchReaderTests
{
    [Fact]
    public void Patches_hold_what_the_kernel_sees_from_any_patch_of_any_image_on() =>
        (from g in Cases.Geometry
         from groups in Gen.Int[1, 3]
         let sizes = g with { InputChannels = g.InputChannels * groups }
         from part in Gen.Int[0, groups - 1]
         from batch in Gen.Int[1, 3]
         let total = batch * g.OutputHeight * g.OutputWidth
         from first in Gen.Int[0, total - 1]
         from count in Gen.Int[1, total - first]
         from gap in Gen.Int[0, 2]
         select (sizes, part, g.InputChannels, batch, first, count, gap)).Sample(
            (g, part, channels, batch, first, count, gap) =>
            {
                int[] images = [.. Enumerable.Range(1, batch * g.InputShape.Size)];
                int[] padding = [.. Enumerable.Range(1, channels).Select(value => -value)];
                PatchReader<int> reader = new(g, part * channels, channels, padding);
                Assert.Equal(g.KernelHeight * g.KernelWidth * channels, reader.PatchSize);
                Assert.Equal(g.OutputHeight * g.OutputWidth, reader.PatchesPerImage);
                int stride = reader.PatchSize + gap;
                int[] all = new int[batch * reader.PatchesPerImage * stride];
                for (int image = 0; image < batch; image++)
                {
                    Naive.Windows(g, (position, pixel, cell) =>
                    {
                        for (int c = 0; c < channels; c++)
                        {
                            int from = (image * g.InputShape.Size) + (pixel * g.InputChannels) + (part * channels) + c;
                            int to = ((((image * reader.PatchesPerImage) + position) * stride) + (cell * channels)) + c;
                            all[to] = pixel >= 0 ? images[from] : padding[c];
                        }
                    });
                }

                int[] patches = new int[count * stride];
                reader.Read(images, first, count, patches, stride);
                Assert.Equal(all[(first * stride)..((first + count) * stride)], patches);
                if (reader.IsDirect)
                {
                    Assert.Equal(images, Array.FindAll(all, value => value != 0));
                }
            },
            iter: 500);

    [Theory]
    [InlineData(1, 1, Padding.Valid, 4, true)]
    [InlineData(1, 1, Padding.Valid, 2, false)]
    [InlineData(1, 2, Padding.Valid, 4, false)]
    [InlineData(2, 1, Padding.Same, 4, false)]
    [InlineData(1, 1, Padding.Explicit, 4, false)]
    public void An_image_is_its_own_patches_where_nothing_moves(int kernel, int stride, Padding padding, int channels, bool isDirect)
    {
        ConvolutionGeometry g = ConvolutionGeometry.Create(
            new Shape(3, 3, 4), (kernel, 1), (stride, 1), (1, 1), padding, 5, new EdgePads(1, 0, 0, 0));
        Assert.Equal(isDirect, new PatchReader<float>(g, 0, channels, new float[channels]).IsDirect);
    }
}
