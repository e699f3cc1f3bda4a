using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Formats;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Formats;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>
/// Symmetric pads of stride 2, as networks from PyTorch have them: their larger half is before the image (convert.md 5.6).
/// </summary>
public sealed class TurnImagesTests : TemporaryFolder
{
    public static TheoryData<int> Sizes => [32, 38, 50];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Residual_networks_convert(int size)
    {
        Model model = FromOnnx(Stem(size)
            .Conv("a1", 3, 8, 8, ["pool"], Symmetric(3, 1, 1)).Normalize("a1_bn", 8).ReLU("a1_relu")
            .Conv("a2", 3, 8, 8, with: Symmetric(3, 1, 1)).Normalize("a2_bn", 8)
            .Sum("a", "a2_bn", "pool").ReLU("a_relu")
            .Conv("b1", 3, 8, 12, with: Symmetric(3, 2, 1)).Normalize("b1_bn", 12).ReLU("b1_relu")
            .Conv("b2", 3, 12, 12, with: Symmetric(3, 1, 1)).Normalize("b2_bn", 12)
            .Conv("down", 1, 8, 12, ["a_relu"], Symmetric(1, 2, 0)).Normalize("down_bn", 12)
            .Sum("b", "b2_bn", "down_bn").ReLU("b_relu")
            .GlobalAverage("gap").Dense("fc", 12, 5)
            .Build());
        CheckTurned(model);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Residual_networks_of_groups_convert(int size)
    {
        Model model = FromOnnx(Stem(size)
            .Conv("a1", 1, 8, 8, ["pool"]).Normalize("a1_bn", 8).ReLU("a1_relu")
            .Conv("a2", 3, 8, 8, with: Symmetric(3, 2, 1)).Normalize("a2_bn", 8).ReLU("a2_relu")
            .Conv("a3", 1, 8, 12).Normalize("a3_bn", 12)
            .Conv("down", 1, 8, 12, ["pool"], Symmetric(1, 2, 0)).Normalize("down_bn", 12)
            .Sum("a", "a3_bn", "down_bn").ReLU("a_relu")
            .GlobalAverage("gap").Dense("fc", 12, 5)
            .Build());
        // Groups are zeros of a kernel, as ONNX files are read.
        CheckTurned(model.WithLayers(layer =>
            layer is Conv2D { Name: "a2" } groups ? groups with { Kernel = OfGroups(groups.Kernel, 2) } : layer));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Dense_networks_convert(int size)
    {
        Model model = FromOnnx(Stem(size)
            .Normalize("a_bn1", 8, ["pool"]).ReLU("a_relu1").Conv("a1", 1, 8, 8, with: NoBias)
            .Normalize("a_bn2", 8).ReLU("a_relu2").Conv("a2", 3, 8, 4, with: conv => NoBias(Symmetric(3, 1, 1)(conv)))
            .Add(new Concatenate { Name = "a" }, "pool", "a2")
            .Normalize("t_bn", 12).ReLU("t_relu").Conv("t", 1, 12, 6, with: NoBias)
            .Add(new AveragePooling2D { Name = "t_pool", Window = Graph.Window(2, 2) })
            .Normalize("b_bn1", 6).ReLU("b_relu1").Conv("b1", 1, 6, 8, with: NoBias)
            .Normalize("b_bn2", 8).ReLU("b_relu2").Conv("b2", 3, 8, 4, with: conv => NoBias(Symmetric(3, 1, 1)(conv)))
            .Add(new Concatenate { Name = "b" }, "t_pool", "b2")
            .Normalize("n5", 10).ReLU("n5_relu").GlobalAverage("gap").Dense("fc", 10, 5)
            .Build());
        CheckTurned(model);
    }

    [Fact]
    public void Sizes_whose_pads_are_the_same_on_both_sides_are_not_touched() => RepairCase.CheckUntouched(FromOnnx(Stem(45)
        .Conv("a", 3, 8, 8, with: Symmetric(3, 2, 1)).ReLU("a_relu").GlobalAverage("gap").Dense("fc", 8, 5)
        .Build()));

    [Fact]
    public void A_stem_of_integers_computes_the_same_bits()
    {
        Model model = FromOnnx(Stem(32).Build());
        model = model.WithLayers(layer => layer switch
        {
            Conv2D conv => conv with { Kernel = conv.Kernel.Map(value => MathF.Round(value * 8)) },
            BatchNormalization => new Dropout { Name = layer.Name },
            _ => layer,
        });
        SampleSet samples = RandomSamples.Create(model, 12, 3);
        Model repaired = RepairCase.Check(model, ["AkidaSameUpperPool"], tolerance: 0, samples);
        Assert.Equal(["stem_relu_turned"], repaired.Outputs);
    }

    [Fact]
    public void Images_at_the_end_are_turned_back()
    {
        Model model = FromOnnx(Stem(32).Conv("head", 3, 8, 2, with: Symmetric(3, 2, 1)).Build());
        Model repaired = RepairCase.Check(model, ["AkidaSameUpperPool"]);
        Assert.Equal(["head_turned"], repaired.Outputs);
        Assert.Equal("reverse", Assert.IsType<TFOpLambda>(repaired.NodeOf("head_turned").Layer).Function);
    }

    [Fact]
    public void A_border_that_stands_for_zero_is_turned_with_the_image()
    {
        Model model = FromOnnx(new Graph(32, 32, 3).Rescale("normalize", [0.02, 0.018, 0.017], [-2.1, -2, -1.8])
            .Conv("stem", 7, 3, 8, with: Symmetric(7, 2, 3)).ReLU("stem_relu")
            .Add(new MaxPooling2D { Name = "pool", Window = Window(3, 2, 1) })
            .Conv("a", 3, 8, 4, with: Symmetric(3, 2, 1)).ReLU("a_relu").GlobalAverage("gap").Dense("fc", 4, 5)
            .Build());
        model = model.WithLayers(layer => layer is InputLayer input ? input with { Type = IntegerType.UInt8 } : layer);
        CheckTurned(model);
    }

    [Fact]
    public void Rows_of_weights_behind_a_flatten_are_turned()
    {
        Model model = FromOnnx(Stem(32)
            .Conv("a", 3, 8, 4, with: Symmetric(3, 2, 1)).ReLU("a_relu")
            .Add(new Flatten { Name = "flat" }).Add(new Dropout { Name = "drop" }).Dense("fc", 4 * 4 * 4, 5)
            .Build());
        Model repaired = RepairCase.Check(model, ["AkidaSameUpperPool"]);
        Assert.Equal(["fc"], repaired.Outputs);
    }

    [Fact]
    public void Layers_that_no_turned_image_fits_leave_the_network_as_it_is()
    {
        Model model = FromOnnx(Stem(32)
            .Conv("a", 3, 8, 4, with: Symmetric(3, 2, 1)).ReLU("a_relu")
            .Add(new Permute { Name = "turn", Dims = [2, 1, 3] })
            .Build());
        Assert.Null(Repairer.Repair(model, new RepairOptions()).Input.Form);
    }

    [Fact]
    public void Windows_of_all_sizes_compute_the_same_on_turned_images() =>
        Gen.Select(Gen.Int[1, 7], Gen.Int[1, 3], Gen.Int[0, 3], Gen.Int[9, 15], Gen.Int[9, 15], Gen.Bool)
            .Where((kernel, _, pad, _, _, _) => pad < kernel)
            .Sample(
                (kernel, stride, pad, height, width, isDepthwise) =>
                {
                    Graph graph = new(height, width, 3);
                    Model model = (isDepthwise
                            ? graph.Depthwise("conv", kernel, 3, with: conv => conv with { Window = Window(kernel, stride, pad) })
                            : graph.Conv("conv", kernel, 3, 2, with: Symmetric(kernel, stride, pad)))
                        .Build();
                    SampleSet samples = RepairCase.Samples(model);
                    Layer layer = model.NodeOf("conv").Layer;
                    if (TurnedWindow.OfConvolution(layer, model.InputShape) is not { } turned)
                    {
                        return;
                    }

                    Assert.True(ReferenceEquals(turned, layer) || SpatialKernel.Window(turned)!.Padding != Padding.Explicit);
                    Model other = model.WithLayers(own => own switch
                    {
                        InputLayer input => input with { Form = new SampleForm { Shape = input.Shape, IsTurned = true } },
                        _ => turned,
                    });
                    float[] expected = Outputs(model, samples);
                    float[] actual = Outputs(other, samples);
                    int size = model.Plan.Output.Shape.Size;
                    int channels = model.Plan.Output.Shape.Channels;
                    Assert.Equal(expected.Length, actual.Length);
                    double bound = RepairCase.Rounding * expected.Max(MathF.Abs);
                    for (int i = 0; i < expected.Length; i++)
                    {
                        (int sample, int within) = Math.DivRem(i, size);
                        (int cell, int channel) = Math.DivRem(within, channels);
                        int place = (sample * size) + size - ((cell + 1) * channels) + channel;
                        Assert.InRange((double)expected[i] - actual[place], -bound, bound);
                    }
                },
                iter: 200,
                threads: 1);

    [Fact]
    public void Files_keep_how_images_are_turned()
    {
        Model model = FromOnnx(Stem(32)
            .Conv("a", 3, 8, 4, with: Symmetric(3, 2, 1)).ReLU("a_relu").GlobalAverage("gap").Dense("fc", 4, 5)
            .Build());
        SampleSet samples = RepairCase.Samples(model);
        Model quantized = Quantizer.Quantize(Repairer.Repair(model, new RepairOptions()), new QuantizeOptions { Samples = samples });
        string path = PathOf("turned.h5");
        ModelWriter.Write(quantized, path);
        Model read = ModelReader.Read(path);
        Assert.Equal(quantized.Input.Form, read.Input.Form);
        Assert.True(read.Input is { IsFromOnnx: true, IsChannelsFirst: true });
        float[] expected = Outputs(quantized, samples);
        Assert.Equal(expected, Outputs(read, samples.WithLastAxisFirst()));
        AkidaModel akida = AkidaConverter.Convert(read, AkidaVersion.V2);
        Assert.Equal(expected, Emulator.Run(akida, samples).SelectMany(batch => batch.Values.ToArray()));
        Assert.Equal(expected, Emulator.Run(akida, samples.WithLastAxisFirst(), batchSize: 5).SelectMany(batch => batch.Values.ToArray()));
    }

    private static void CheckTurned(Model model)
    {
        Model repaired = RepairCase.Check(model);
        Assert.True(repaired.Input.Form!.IsTurned);
        Assert.Equal(model.InputShape, repaired.Input.SampleShape);
        Assert.All(repaired.Repair!.Changes, change => Assert.False(change.IsOwnForm));
    }

    private static float[] Outputs(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples).SelectMany(batch => batch.Values.ToArray())];

    private static NdArray<float> OfGroups(NdArray<float> kernel, int size)
    {
        (int inputs, int filters) = (kernel.Shape[2], kernel.Shape[3]);
        return new NdArray<float>(
            kernel.Shape,
            [.. kernel.Values.Select((value, i) => i / filters % inputs / size == i % filters / size ? value : 0)]);
    }

    private static Model FromOnnx(Model model) =>
        model.WithLayers(layer => layer is InputLayer input ? input with { IsChannelsFirst = true, IsFromOnnx = true } : layer);

    private static Graph Stem(int size) => new Graph(size, size, 3)
        .Conv("stem", 7, 3, 8, with: conv => NoBias(Symmetric(7, 2, 3)(conv))).Normalize("stem_bn", 8).ReLU("stem_relu")
        .Add(new MaxPooling2D { Name = "pool", Window = Window(3, 2, 1) });

    private static Conv2D NoBias(Conv2D conv) => conv with { UseBias = false };

    private static Func<Conv2D, Conv2D> Symmetric(int kernel, int stride, int pad) =>
        conv => conv with { Window = Window(kernel, stride, pad) };

    private static ConvolutionWindow Window(int kernel, int stride, int pad) => new()
    {
        KernelSize = (kernel, kernel),
        Strides = (stride, stride),
        Padding = Padding.Explicit,
        Pads = new EdgePads(pad, pad, pad, pad),
    };
}
