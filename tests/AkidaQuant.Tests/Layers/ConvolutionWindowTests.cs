using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>Layers whose windows state their pads.</summary>
public sealed class ConvolutionWindowTests
{
    private static readonly Gen<(int Height, int Width)> Size = Gen.Select(Gen.Int[3, 8], Gen.Int[3, 8]);

    private static readonly Gen<EdgePads> Pads = Gen.Int[0, 3]
        .Array[4]
        .Select(sides => new EdgePads(sides[0], sides[1], sides[2], sides[3]));

    [Fact]
    public void Stated_pads_are_zeros_around_the_image() =>
        Gen.Select(Size, Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 2], Pads, Gen.Int[0, 2])
            .Sample(
                (size, kernel, stride, dilation, pads, kind) =>
                {
                    ConvolutionWindow valid = Graph.Window(kernel, stride, dilation: dilation);
                    ConvolutionWindow padded = valid with { Padding = Padding.Explicit, Pads = pads };
                    if (
                        size.Height + pads.Top + pads.Bottom <= (kernel - 1) * dilation
                        || size.Width + pads.Left + pads.Right <= (kernel - 1) * dilation)
                    {
                        Assert.Equal(
                            "LayerInputMismatch",
                            Assert.Throws<QuantException>(() => With(new Graph(size.Height, size.Width, 2), padded).Plan).Id);
                        return;
                    }

            Model zeros = With(new Graph(size.Height, size.Width, 2).Pad("z", (pads.Top, pads.Bottom), (pads.Left, pads.Right)), valid);
            Outputs.AssertSame(zeros, With(new Graph(size.Height, size.Width, 2), padded));

            Model With(Graph graph, ConvolutionWindow window) => (kind switch
            {
                0 => graph.Conv("c", kernel, 2, 3, with: layer => layer with { Window = window }),
                1 => graph.Depthwise("c", kernel, 2, with: layer => layer with { Window = window }),
                _ => graph.Separable("c", kernel, 2, 3, layer => layer with { Window = window }),
            }).Build();
        }, iter: 500);

    /// <summary>PowerShell shows layers by their properties and their text.</summary>
    [Theory]
    [InlineData(Padding.Valid, "valid")]
    [InlineData(Padding.Same, "same")]
    [InlineData(Padding.SameUpper, "same_upper")]
    [InlineData(Padding.Explicit, "[1, 2, 3, 4]")]
    public void A_layer_of_any_padding_can_be_shown(Padding padding, string text)
    {
        ConvolutionWindow window = Graph.Window(3, padding: padding) with
        {
            Pads = padding == Padding.Explicit ? new EdgePads(1, 2, 3, 4) : default,
        };
        Model model = new Graph(8, 8, 2)
            .Conv("c", 3, 2, 3, with: layer => layer with { Window = window })
            .Add(new MaxPooling2D { Name = "p", Window = window })
            .Build();
        Assert.EndsWith(
            padding switch
            {
                Padding.Valid => "padding 'valid'",
                Padding.Same => "padding 'same'",
                Padding.SameUpper => "padding 'same' with the larger half before",
                _ => "pads [1, 2, 3, 4]",
            },
            window.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(["c (Conv2D)", "p (MaxPooling2D)"], model.GraphLayers.Skip(1).Select(layer => layer.ToString()));
        foreach (Layer layer in model.GraphLayers.Skip(1))
        {
            Assert.Contains(layer.Arguments, argument => argument.Key == "padding" && text.Equals(argument.Value));
        }
    }

    [Fact]
    public void A_border_value_stands_on_all_stated_pads() =>
        Gen.Select(Size, Gen.Int[1, 3], Gen.Int[1, 2], Pads)
            .Sample(
                (size, stride, dilation, pads) =>
                {
                    ConvolutionWindow valid = Graph.Window(2, stride, dilation: dilation);
                    Model zeros = new Graph(size.Height, size.Width, 2)
                        .Pad("z", (pads.Top, pads.Bottom), (pads.Left, pads.Right))
                        .Conv("c", 2, 2, 3, with: layer => layer with { Window = valid })
                        .Build();
                    var convolution = (Conv2D)zeros["c"].Layer;
                    PaddedConv2D padded = PaddedConv2D.From(
                        convolution with
                        {
                            Window = valid with { Padding = Padding.Explicit, Pads = pads },
                        },
                        [0.5f, -2f]);
                    Model shifted = new Graph(size.Height, size.Width, 2).Add(padded).Build();

        // A border of b around x is one of zeros around x - b, and a bias.
        float[] samples = Outputs.Samples(shifted);
        float[] moved = [.. samples.Select((value, i) => value - (i % 2 == 0 ? 0.5f : -2f))];
        float[] offset = AkidaQuant.Transforms.OffsetFolding.Sum(convolution.Kernel, [0.5f, -2f]);
        float[] expected = [.. Outputs.Of(zeros, moved)[0].Select((value, i) => value + offset[i % 3])];
        Outputs.AssertClose(expected, Outputs.Of(shifted, samples)[0]);
    }, iter: 300);

    [Fact]
    public void A_maximum_and_an_average_leave_out_stated_pads() => Gen.Select(Size, Gen.Int[1, 3], Pads).Sample((size, stride, given) =>
    {
        EdgePads pads = new(given.Top % 3, given.Left % 3, given.Bottom % 3, given.Right % 3);
        ConvolutionWindow window = Graph.Window(3, stride) with { Padding = Padding.Explicit, Pads = pads };
        Graph graph = new Graph(size.Height, size.Width, 1)
            .Add(new MaxPooling2D { Name = "max", Window = window }).Add(new AveragePooling2D { Name = "mean", Window = window }, "in");
        Model model = graph.Build("max", "mean");
        float[] samples = [.. Outputs.Samples(model).Take(size.Height * size.Width).Select(value => value - 3)];
        float[][] actual = Outputs.Of(model, samples);
        int height = ((size.Height + pads.Top + pads.Bottom - 3) / stride) + 1;
        int width = ((size.Width + pads.Left + pads.Right - 3) / stride) + 1;
        List<float>[] cells = [.. Enumerable.Range(0, height * width).Select(i => new List<float>(
            from y in Enumerable.Range((i / width * stride) - pads.Top, 3)
            from x in Enumerable.Range((i % width * stride) - pads.Left, 3)
            where y >= 0 && y < size.Height && x >= 0 && x < size.Width
            select samples[(y * size.Width) + x]))];
        Assert.Equal(cells.Select(values => values.Max()), actual[0]);
        Outputs.AssertClose([.. cells.Select(values => values.Average())], actual[1]);
    }, iter: 300);

    [Fact]
    public void A_pool_that_lies_outside_of_the_image_is_refused()
    {
        ConvolutionWindow window = Graph.Window(2) with { Padding = Padding.Explicit, Pads = new EdgePads(0, 0, 2, 0) };
        Layer[] pools = [new MaxPooling2D { Name = "p", Window = window }, new AveragePooling2D { Name = "p", Window = window }];
        Assert.All(pools, pool =>
            Assert.Equal("PoolOutsideImage", Assert.Throws<QuantException>(() => new Graph(4, 4, 1).Add(pool).Build().Plan).Id));
    }
}
