using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Transforms;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Repair;

/// <summary>Layers that the reference leaves in float though they have an exact form in integers.</summary>
public sealed class GiveIntegerFormsTests
{
    /// <summary>Networks by what stands between two kernels.</summary>
    private static readonly Dictionary<string, Func<Model>> Networks = new(StringComparer.Ordinal)
    {
        ["noise"] = () => Between(new TrainingLayer { Name = "it", Class = "GaussianNoise" }),
        ["regularization"] = () => Between(new ActivityRegularization { Name = "it" }),
        ["doubling"] = () => Between(new UpSampling2D { Name = "it" }),
        ["four times"] = () => Between(new UpSampling2D { Name = "it", Size = (4, 4) }),
        ["once"] = () => Between(new UpSampling2D { Name = "it", Size = (1, 1) }),
        ["resizing to the same size"] = () => Between(new Resizing { Name = "it", Height = 8, Width = 8 }),
        ["nearest resizing"] = () => Between(new Resizing { Name = "it", Height = 16, Width = 16, Interpolation = "nearest" }),
        ["crop"] = () => Between(new Cropping2D { Name = "it", Rows = (1, 1), Columns = (1, 1) }),
        ["crop of one corner"] = () => Between(new Cropping2D { Name = "it", Rows = (0, 2), Columns = (0, 2) }),
        ["center"] = () => Between(new CenterCrop { Name = "it", Height = 6, Width = 6 }),
        ["normalization"] = () => Between(Normalization("it", 4)),
        ["average"] = () => Joined(new Average { Name = "it" }),
        ["difference of kernels"] = () => Joined(new Subtract { Name = "it" }),
        ["difference of activations"] = () => Joined(new Subtract { Name = "it" }, isActivated: true),
        ["normalization at the input"] = () => new Graph(8, 8, 3).Add(Normalization("it", 3)).Conv("stem", 3, 3, 4).ReLU("relu")
            .Conv("last", 3, 4, 2).Build(),
        ["padded normalization at the input"] = () => new Graph(8, 8, 3).Add(Normalization("it", 3))
            .Conv("stem", 3, 3, 4, with: stem => stem with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("relu")
            .Conv("last", 3, 4, 2).Build(),
        ["maximum"] = () => new Graph(8, 8, 3).Conv("stem", 3, 3, 4, with: stem => stem with { Window = Graph.Window(5) }).ReLU("relu")
            .Conv("before", 3, 4, 4).ReLU("relu_1").Add(new GlobalMaxPooling2D { Name = "it" }).Dense("last", 4, 3).Build(),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_repaired_network_computes_the_same_and_converts(string name) => RepairCase.Check(Networks[name]());

    /// <summary>The reference's result, and a way out that works.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Plain_quantization_names_the_repair(string name)
    {
        List<string> said = [];
        Model model = Networks[name]();
        try
        {
            Quantizer.Quantize(model, new QuantizeOptions { Samples = RepairCase.Samples(model), Warning = said.Add });
        }
        catch (QuantException error) when (error.Id == "NothingToQuantize")
        {
            said.Add(error.Message);
        }

        Assert.Contains(said, line =>
            line.EndsWith("Repair-QuantModel gives 'it' a form in integers that computes the same.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Networks_from_ONNX_files_get_the_forms_by_default(string name)
    {
        Model model = FromOnnx(Networks[name]());
        SampleSet samples = RepairCase.Samples(model);
        RepairCase.AssertSameFloats(model, Sanitizer.Run(model), samples, RepairCase.Rounding);
        List<string> said = [];
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples, Warning = said.Add });
        Assert.DoesNotContain(said, line => line.Contains("Quantization stops", StringComparison.Ordinal));
        Assert.All(quantized.GraphLayers, layer => Assert.True(layer is QuantizedLayer or InputLayer or InputQuantizer or Dequantizer));
    }

    /// <summary>By factors that are no power of 2 cells are repeated in integers, which no processor does.</summary>
    [Theory]
    [InlineData(3, 3)]
    [InlineData(1, 2)]
    public void Other_factors_have_integers(int rows, int columns)
    {
        Model model = FromOnnx(Between(new UpSampling2D { Name = "it", Size = (rows, columns) }));
        SampleSet samples = RepairCase.Samples(model);
        Model rewritten = Sanitizer.Run(model);
        Assert.IsType<Conv2DTranspose>(rewritten.NodeOf("it").Layer);
        RepairCase.AssertSameFloats(model, rewritten, samples);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples });
        Assert.IsType<QuantizedConv2DTranspose>(quantized.NodeOf("it").Layer);
    }

    [Fact]
    public void What_blends_values_or_has_other_means_within_a_channel_stays()
    {
        foreach (Layer layer in new Layer[]
        {
            new UpSampling2D { Name = "it", Interpolation = "bilinear" },
            new Resizing { Name = "it", Height = 5, Width = 7 },
            new LayerNormalization { Name = "it", Scale = false, Center = false },
            Normalization("it", 8) with { Axes = [1] },
        })
        {
            Model model = Between(layer);
            Model rewritten = Sanitizer.Run(FromOnnx(model));
            Assert.Equal(layer.GetType(), rewritten.NodeOf("it").Layer.GetType());
            List<string> said = [];
            Quantizer.Quantize(model, new QuantizeOptions { Samples = RepairCase.Samples(model), Warning = said.Add });
            Assert.Contains(said, line => line.Contains("Quantization stops at layer 'it'", StringComparison.Ordinal));
            Assert.DoesNotContain(said, line => line.Contains("Repair-QuantModel", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Behind_the_last_kernel_all_stay() => RepairCase.CheckUntouched(
        new Graph(8, 8, 3).Conv("stem", 3, 3, 4).ReLU("relu").Add(new UpSampling2D { Name = "up" }).Build());

    [Fact]
    public void A_batch_normalization_behind_an_activation_has_integers_by_default_in_networks_from_ONNX_files()
    {
        foreach (bool pads in new[] { false, true })
        {
            Model model = FromOnnx(new Graph(7, 7, 3).Conv("stem", 3, 3, 4).ReLU("relu")
                .Normalize("bn", 4, with: bn => bn with { Gamma = NdArray<float>.Vector([0.5f, 0, 1, 0.25f]) })
                .Conv("last", 3, 4, 2, with: last => pads ? last with { Window = Graph.Window(3, padding: Padding.Same) } : last).Build());
            SampleSet samples = RepairCase.Samples(model);
            Model rewritten = Sanitizer.Run(model);
            Assert.Equal(pads, rewritten.Find("bn") is { Layer: Conv2D });
            RepairCase.AssertSameFloats(model, rewritten, samples, RepairCase.Rounding);
            RepairCase.AssertSameIntegers(model, samples, AkidaVersion.V2, null);
        }
    }

    /// <summary>A gamma of 0 leaves a filter of zeros and beta.</summary>
    [Fact]
    public void A_gamma_of_zero_is_folded_in_networks_from_ONNX_files()
    {
        Model model = FromOnnx(new Graph(7, 7, 3).Conv("stem", 3, 3, 4)
            .Normalize("bn", 4, with: bn => bn with { Gamma = NdArray<float>.Vector([0.5f, 0, 0, 0.25f]) }).ReLU("relu")
            .Conv("last", 3, 4, 2).Build());
        SampleSet samples = RepairCase.Samples(model);
        Model rewritten = Sanitizer.Run(model);
        Assert.Null(rewritten.Find("bn"));
        RepairCase.AssertSameFloats(model, rewritten, samples, RepairCase.Rounding);
        RepairCase.AssertSameIntegers(model, samples, AkidaVersion.V2, null);
        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = samples });
        Assert.InRange(quantized.Check!.RelativeError, 0, 0.05);
    }

    private static Model Between(Layer layer)
    {
        Graph graph = new Graph(10, 10, 3).Conv("stem", 3, 3, 4).ReLU("relu").Add(layer);
        return graph.Conv("last", 3, 4, 2).ReLU("relu_1").Build();
    }

    private static Model Joined(Layer layer, bool isActivated = false)
    {
        Graph graph = new Graph(10, 10, 3).Conv("stem", 3, 3, 4).ReLU("relu").Conv("left", 3, 4, 4, ["relu"]);
        graph = (isActivated ? graph.ReLU("left_relu") : graph).Conv("right", 3, 4, 4, ["relu"]);
        graph = isActivated ? graph.ReLU("right_relu") : graph;
        string suffix = isActivated ? "_relu" : string.Empty;
        return graph.Add(layer, $"left{suffix}", $"right{suffix}").ReLU("relu_1").Conv("last", 3, 4, 2).Build();
    }

    private static Normalization Normalization(string name, int channels) => new()
    {
        Name = name,
        Mean = NdArray<float>.Vector([.. Enumerable.Range(0, channels).Select(i => (i * 0.1f) - 0.1f)]),
        Variance = NdArray<float>.Vector([.. Enumerable.Range(0, channels).Select(i => 0.5f + (i * 0.25f))]),
    };

    private static Model FromOnnx(Model model) =>
        model.WithLayers(layer => layer is InputLayer input ? input with { IsFromOnnx = true } : layer);
}
