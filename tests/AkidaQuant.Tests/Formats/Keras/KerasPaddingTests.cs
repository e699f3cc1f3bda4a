using AkidaQuant.Formats;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Windows of paddings that Keras does not have, written to its files.</summary>
public sealed class KerasPaddingTests : IDisposable
{
    private static readonly Gen<(int Height, int Width)> Size = Gen.Select(Gen.Int[4, 9], Gen.Int[4, 9]);

    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_convolution_is_written_whenever_its_outputs_are_as_many_as_those_of_Keras() =>
        Gen.Select(
                Size,
                Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4]),
                Gen.Int[1, 3],
                Gen.OneOf(Padding.SameUpper, Padding.Explicit),
                Gen.Int[0, 4].Array[4],
                Gen.Int[0, 3])
            .Sample(
                (size, kernel, stride, padding, sides, kind) =>
                {
                    ConvolutionWindow window = new()
                    {
                        KernelSize = kind == 2 ? (kernel.Item1, kernel.Item1) : kernel,
                        Strides = (stride, stride),
                        Padding = padding,
                        Pads = new EdgePads(sides[0], sides[1], sides[2], sides[3]),
                    };
                    Graph graph = new(size.Height, size.Width, 2);
                    graph = kind switch
                    {
                        0 => graph.Conv("c", 1, 2, 3, with: layer => layer with { Window = window }),
                        1 => graph.Depthwise("c", 1, 2, with: layer => layer with { Window = window }),
                        2 => graph.Separable("c", window.KernelSize.Height, 2, 3, layer => layer with { Window = window }),
                        _ => graph.Conv("c", 1, 2, 3, with: layer => PaddedConv2D.From(layer with { Window = window }, [0.5f, -1f])),
                    };
                    Model model = graph.Build();
                    bool fits =
                        window.IsSameOver(model.InputShape, Padding.Valid)
                        || (
                            model.Plan.Output.Shape[0] == (size.Height + stride - 1) / stride
                            && model.Plan.Output.Shape[1] == (size.Width + stride - 1) / stride);
                    Assert.Equal(fits, TryWrite(model, out Model? read));
                    if (read is not null)
                    {
                        Outputs.AssertSame(model, read);
                    }
                },
                iter: 300);

    [Fact]
    public void A_pool_is_written_when_Keras_pools_the_same() =>
        Gen.Select(Size, Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 1].Array[4], Gen.Bool)
            .Sample(
                (size, pool, stride, sides, isMaximum) =>
                {
                    EdgePads pads = new(sides[0] % pool, sides[1] % pool, sides[2] % pool, sides[3] % pool);
                    ConvolutionWindow window = Graph.Window(pool, stride, Padding.Explicit) with { Pads = pads };
                    Model model = new Graph(size.Height, size.Width, 2)
                        .Add(
                            isMaximum
                                ? new MaxPooling2D { Name = "p", Window = window }
                                : new AveragePooling2D { Name = "p", Window = window })
                        .Build();
                    bool fits = window.IsSameOver(model.InputShape, Padding.Valid) || window.IsSameOver(model.InputShape, Padding.Same);
                    Assert.Equal(fits, TryWrite(model, out Model? read));
                    if (read is not null)
                    {
                        Outputs.AssertSame(model, read);
                    }
                },
                iter: 200);

    [Theory]
    [InlineData(IntegerType.UInt8, true)]
    [InlineData(IntegerType.UInt8, false)]
    [InlineData(IntegerType.Int8, false)]
    public void Integers_stay_the_same(IntegerType type, bool perTensor)
    {
        Graph graph = new(8, 6, 3);
        ConvolutionWindow window = Graph.Window(3, 2, Padding.Explicit) with { Pads = new EdgePads(1, 1, 1, 1) };
        Model model = graph
            .Conv("c", 3, 3, 4, with: layer => layer with { Window = window })
            .ReLU("r")
            .Depthwise("d", 3, 4, with: layer =>
                layer with
                {
                    Window = Graph.Window(3, 1, Padding.Explicit) with { Pads = new EdgePads(2, 0, 0, 2) },
                })
            .ReLU("s")
            .Separable("e", 3, 4, 2, layer => layer with { Window = window })
            .Build();
        SampleSet samples = Small.Samples(model.InputShape);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions
        {
            Samples = samples,
            Parameters = new QuantizationParams { InputType = type, PerTensorActivations = perTensor },
        });
        Assert.True(TryWrite(quantized, out Model? read));
        Assert.Equal(Small.Outputs(quantized, samples), Small.Outputs(read!, samples));
        Assert.Equal(type == IntegerType.UInt8, ((QuantizedConv2D)read!["c"].Layer).PaddingValue is not null);
        Assert.Equal((5, 5), ((QuantizedDepthwiseConv2D)read["d"].Layer).Window.KernelSize);
    }

    [Fact]
    public void Random_networks_are_written_to_the_same_integers_or_refused()
    {
        int written = 0;
        RandomNetwork.Padded.Sample(
            network =>
            {
                SampleSet samples = network.Model.Input.Type is { } type
                    ? RandomSamples.Create(network.Model.InputShape, 6, type, network.Seed)
                    : RandomSamples.CreateFloats(network.Model.InputShape, 6, network.Seed, -1, 1);
                Model quantized = Quantizer.Quantize(
                    network.Model,
                    new QuantizeOptions
                    {
                        Parameters = network.Parameters,
                        Samples = samples,
                        BatchSize = 3,
                    });
                if (TryWrite(quantized, out Model? read))
                {
                    written++;
                    Assert.Equal(Small.Outputs(quantized, samples), Small.Outputs(read!, samples));
                }
            },
            iter: RandomNetwork.Count,
            threads: 1);
        Assert.True(written >= Limits.AtLeast(0.4, RandomNetwork.Count), $"Only {written} of {RandomNetwork.Count} networks were written.");
    }

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void A_padding_without_a_form_of_Keras_is_refused_before_anything_is_written(string extension)
    {
        string path = Path.Combine(_folder, $"kept{extension}");
        File.WriteAllText(path, "as it was");
        Model model = new Graph(8, 8, 1)
            .Add(new MaxPooling2D { Name = "pool", Window = Graph.Window(3, 2, Padding.Explicit) with { Pads = new EdgePads(1, 1, 1, 1) } })
            .Build();
        QuantException error = Assert.Throws<QuantException>(() => ModelWriter.Write(model, path));
        Assert.Equal("KerasPadding", error.Id);
        Assert.Contains("'pool'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 1, 1, 1]", error.Message, StringComparison.Ordinal);
        Assert.Equal("as it was", File.ReadAllText(path));
    }

    /// <summary>Keras files have the transposed depthwise layer with strides of 2 and "same" padding only, and no rows added.</summary>
    [Fact]
    public void A_transposed_depthwise_convolution_is_read_back_as_it_was_or_refused() =>
        Gen.Select(Size, Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[0, 1].Array[4], Gen.Int[0, 1])
            .Sample(
                (size, kernel, stride, dilation, sides, more) =>
                {
                    Graph graph = new(size.Height, size.Width, 2);
                    Model model = graph
                        .Add(
                            new DepthwiseConv2DTranspose
                            {
                                Name = "t",
                                Window = new TransposedWindow
                                {
                                    Forward = Graph.Window(kernel, stride, Padding.Explicit, dilation) with
                                    {
                                        Pads = new EdgePads(sides[0] % kernel, sides[1] % kernel, sides[2] % kernel, sides[3] % kernel),
                                    },
                                    OutputPadding = (more % stride, more % stride),
                                },
                                Kernel = graph.Values(kernel, kernel, 2, 1),
                                UseBias = false,
                            })
                        .Build();
                    bool fits = (stride, dilation) == (2, 1) && model.Plan.Output.Shape == new Shape(2 * size.Height, 2 * size.Width, 2);
                    bool isWritten = TryWrite(model, out Model? read);
                    Assert.True(fits || !isWritten);
                    if (read is not null)
                    {
                        Outputs.AssertSame(model, read);
                    }
                },
                iter: 300);

    private bool TryWrite(Model model, out Model? read)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid()}.h5");
        try
        {
            ModelWriter.Write(model, path);
        }
        catch (QuantException error) when (error.Id == "KerasPadding")
        {
            read = null;
            return false;
        }

        read = ModelReader.Read(path);
        return true;
    }
}
