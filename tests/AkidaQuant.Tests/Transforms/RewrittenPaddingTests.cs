using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Rewrites of layers whose windows state their pads.</summary>
public sealed class RewrittenPaddingTests
{
    private static readonly Gen<(int Height, int Width)> Size = Gen.Select(Gen.Int[4, 12], Gen.Int[4, 12]);

    private static readonly Gen<ConvolutionWindow> Window = Gen.Select(
            Gen.Int[1, 3],
            Gen.Int[1, 2],
            Gen.Enum<Padding>(),
            Gen.Int[0, 2].Array[4])
        .Select(
            (kernel, stride, padding, sides) =>
                Graph.Window(kernel, stride, padding) with
                {
                    Pads = new EdgePads(sides[0], sides[1], sides[2], sides[3]),
                });

    [Fact]
    public void An_offset_gets_a_border_on_stated_pads() => Gen.Select(Size, Window, Gen.Int[1, 2]).Sample((size, given, dilation) =>
    {
        ConvolutionWindow window = given.Padding == Padding.Same ? given : given with { Dilation = (dilation, dilation) };
        Model model = new Graph(size.Height + 2, size.Width + 2, 3).Rescale("s", [0.5, 2, 1], [0.25, -1, 0])
            .Conv("c", window.KernelSize.Height, 3, 2, with: layer => layer with { Window = window }).Build();
        Model rewritten = Outputs.Rewrite<AlignRescaling>(model);
        Assert.Null(((Rescaling)rewritten["s"].Layer).QuantizationObstacle);
        var convolution = (Conv2D)rewritten["c"].Layer;
        Assert.Equal(window.PadsAnything, convolution is PaddedConv2D);
        Assert.Equal(window.ForBorderValue(), convolution.Window);
    }, iter: 300);

    [Fact]
    public void Pads_of_PyTorch_do_not_keep_a_depthwise_convolution_from_being_split() =>
        Gen.Select(Size, Gen.OneOf(5, 7))
            .Sample(
                (size, kernel) =>
                {
                    EdgePads pads = new(kernel / 2, kernel / 2, kernel / 2, kernel / 2);
                    Model model = Depthwise(size, Graph.Window(kernel, 2, Padding.Explicit) with { Pads = pads });
                    Model rewritten = Outputs.Rewrite<SplitStridedDepthwise>(model);
                    Assert.Equal(Padding.Same, ((DepthwiseConv2D)rewritten["d"].Layer).Window.Padding);
                    Assert.Equal(Padding.Same, ((DepthwiseConv2D)rewritten["d_identity_dw_conv"].Layer).Window.Padding);
                },
                iter: 100);

    [Fact]
    public void A_depthwise_convolution_is_split_whenever_a_small_one_takes_its_values() => Gen.Select(
        Size, Gen.OneOf(5, 7), Gen.Enum<Padding>(), Gen.Int[0, 4].Array[4]).Sample((size, kernel, padding, sides) =>
    {
        (int height, int width) = (size.Height + 3, size.Width + 3);
        EdgePads pads = new(sides[0], sides[1], sides[2], sides[3]);
        Model model = Depthwise((height, width), Graph.Window(kernel, 2, padding) with { Pads = pads });
        Model rewritten = Outputs.Rewrite<SplitStridedDepthwise>(model);
        ConvolutionGeometry g = ConvolutionGeometry.Create(new Shape(height, width, 2), (kernel, kernel), (2, 2), (1, 1), padding, 2, pads);
        bool isSplit = padding != Padding.Valid && new[] { Padding.Same, Padding.Valid }.Any(small =>
            Fits(height, g.PadTop, g.OutputHeight, small) && Fits(width, g.PadLeft, g.OutputWidth, small));
        Assert.Equal(isSplit ? "d d_identity_dw_conv" : "d", Outputs.Names(rewritten));

                    // Of all outputs of stride 1 the small kernel must reach those that are asked for, none of them outside.
                    bool Fits(int length, int before, int outputs, Padding small)
                    {
                        ConvolutionGeometry selection = ConvolutionGeometry.Create(
                            new Shape(length, length, 1),
                            (3, 3),
                            (2, 2),
                            (1, 1),
                            small,
                            1);
                        return selection.OutputHeight == outputs
                            && Enumerable
                                .Range(0, 3)
                                .Any(cell =>
                                    Enumerable
                                        .Range(0, outputs)
                                        .All(i =>
                                            (2 * i) - selection.PadTop + cell is var taken
                                            && taken == (2 * i) - before + (kernel / 2)
                                            && taken >= 0
                                            && taken < length));
                    }
                },
                iter: 500);

    private static Model Depthwise((int Height, int Width) size, ConvolutionWindow window) =>
        new Graph(size.Height, size.Width, 2)
            .Depthwise("d", window.KernelSize.Height, 2, with: layer => layer with { Window = window })
            .Build();
}
