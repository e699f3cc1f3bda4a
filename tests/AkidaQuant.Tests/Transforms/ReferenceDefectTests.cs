using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>
/// What the reference does wrong (transforms.md 7) or gives up for a whole model. Each check includes that the
/// model computes what it did.
/// </summary>
public sealed class ReferenceDefectTests
{
    [Theory]
    [InlineData(8, 3, 1, 1, 5)]
    [InlineData(9, 3, 1, 1, 3)]
    [InlineData(8, 3, 0, 1, 3)]
    [InlineData(16, 7, 3, 3, 9)]
    [InlineData(8, 2, 1, 1, 0)]
    public void Defect_1_padding_before_a_stride_keeps_its_place(int size, int kernel, int before, int after, int expected)
    {
        Model model = new Graph(size, size, 2).Pad("z", (before, after), (before, after))
            .Conv("c", kernel, 2, 3, with: layer => layer with { Window = Graph.Window(kernel, 2) }).Build();
        Model rewritten = Outputs.Rewrite<RemoveZeroPadding>(model);
        Assert.Equal(expected == 0 ? "z c" : "c", Outputs.Names(rewritten));
        Assert.Equal(expected == 0 ? kernel : expected, ((Conv2D)rewritten["c"].Layer).Window.KernelSize.Height);
    }

    [Fact]
    public void Defect_1_uneven_padding_keeps_its_place()
    {
        Model model = new Graph(8, 8, 2).Pad("z", (0, 2), (2, 0)).Conv("c", 3, 2, 3).Build();
        Assert.Equal("c", Outputs.Names(Outputs.Rewrite<RemoveZeroPadding>(model)));
    }

    [Fact]
    public void Defect_1_padding_of_a_dilated_convolution()
    {
        Model model = new Graph(8, 8, 2).Pad("z", (2, 2), (2, 2))
            .Conv("c", 3, 2, 3, with: layer => layer with { Window = Graph.Window(3, dilation: 2) }).Build();
        Assert.Equal("c", Outputs.Names(Outputs.Rewrite<RemoveZeroPadding>(model)));
    }

    [Fact]
    public void Padding_with_two_consumers_is_taken_into_both()
    {
        Model model = new Graph(8, 8, 2).Pad("z", (1, 1), (1, 1)).Conv("a", 3, 2, 2).Depthwise("b", 3, 2, ["z"]).Sum("s", "a", "b").Build();
        Assert.Equal(
            "in:InputLayer() a:Conv2D(in) b:DepthwiseConv2D(in) s:Add(a,b)",
            Outputs.Listing(Outputs.Rewrite<RemoveZeroPadding>(model)));
    }

    [Fact]
    public void Padding_that_something_else_takes_or_the_model_gives_stays()
    {
        Model pooled = new Graph(8, 8, 2).Pad("z", (1, 1), (1, 1)).MaxPool("p").Build();
        Model given = new Graph(8, 8, 2).Pad("z", (1, 1), (1, 1)).Conv("c", 3, 2, 3).Build("z", "c");
        List<string> log = [];
        Assert.Equal("z p", Outputs.Names(Outputs.Rewrite<RemoveZeroPadding>(pooled, log)));
        Assert.Equal("z c", Outputs.Names(Outputs.Rewrite<RemoveZeroPadding>(given, log)));
        Assert.Equal(2, log.Count(line => line.StartsWith("Left alone: 'z'", StringComparison.Ordinal)));
    }

    [Fact]
    public void Defect_3_an_output_with_consumers_keeps_its_activation()
    {
        Model model = new Graph(4).Dense("a", 4, 3, layer => layer with { Activation = "tanh" }).Dense("b", 3, 2).Build("a", "b");
        Model rewritten = Outputs.Rewrite<SplitFusedActivations>(model);
        Assert.Equal(["a_activ", "b"], rewritten.Outputs);
    }

    [Fact]
    public void Defect_3_an_output_with_consumers_keeps_its_pooling()
    {
        Model model = new Graph(4, 4, 2).Conv("c", 1, 2, 2).ReLU("r").MaxPool("p").Conv("d", 1, 2, 2).Build("p", "d");
        Model rewritten = Outputs.Rewrite<InvertActivationAndMaxPooling>(model);
        Assert.Equal("c p r d", Outputs.Names(rewritten));
        Assert.Equal(["r", "d"], rewritten.Outputs);
    }

    [Fact]
    public void Defect_4_an_output_between_two_layers_keeps_its_meaning()
    {
        Model activation = new Graph(4, 4, 2).Conv("c", 1, 2, 2).ReLU("r").MaxPool("p").Build("r", "p");
        Model pooling = new Graph(4, 4, 2).Conv("c", 1, 2, 2).MaxPool("p").Normalize("bn", 2).Build("p", "bn");
        Model convolution = new Graph(4, 4, 2).Conv("c", 1, 2, 2).Normalize("bn", 2).Build("c", "bn");
        Model reshape = new Graph(4, 4, 2)
            .Add(new Flatten { Name = "f" })
            .Add(new Reshape { Name = "e", TargetShape = new Shape(8, 4) })
            .Build("f", "e");
        Assert.Same(activation, Outputs.Rewrite<InvertActivationAndMaxPooling>(activation));
        Assert.Same(pooling, Outputs.Rewrite<InvertPoolingAndBatchNormalization>(pooling));
        Assert.Same(convolution, Outputs.Rewrite<FoldBatchNormalization>(convolution));
        Assert.Same(reshape, Outputs.Rewrite<RemoveConsecutiveReshapes>(reshape));
    }

    [Fact]
    public void Defect_4_several_outputs_behind_pooling_all_follow()
    {
        Model model = new Graph(4, 4, 2).Conv("c", 1, 2, 2)
            .ReLU("r1", "c").MaxPool("p1").ReLU("r2", "c").MaxPool("p2").Build("p1", "p2");
        Model rewritten = Outputs.Rewrite<InvertActivationAndMaxPooling>(model);
        Assert.Equal(["r1", "r2"], rewritten.Outputs);
    }

    [Fact]
    public void Defect_5_weights_stay_with_their_layers()
    {
        Model model = new Graph(8, 8, 2)
            .Conv("c1", 3, 2, 2).MaxPool("mp").Normalize("bn1", 2)
            .Conv("c2", 3, 2, 2, ["in"]).Normalize("bn2", 2).MaxPool("mp2").Sum("s", "bn1", "mp2").Build();
        Model rewritten = Outputs.Rewrite<InvertPoolingAndBatchNormalization>(model);
        Assert.Equal(["c1"], rewritten["bn1"].Inputs);
        Assert.Same(((BatchNormalization)model["bn1"].Layer).Gamma, ((BatchNormalization)rewritten["bn1"].Layer).Gamma);
    }

    [Fact]
    public void Defect_9_a_dilated_or_oblong_even_kernel_stays()
    {
        Model dilated = new Graph(8, 8, 4)
            .Conv("c", 2, 4, 3, with: layer => layer with { Window = Graph.Window(2, padding: Padding.Same, dilation: 2) })
            .Build();
        Model oblong = new Graph(8, 8, 4)
            .Conv("c", 2, 4, 3, with: layer => layer with { Window = Graph.Window(2, padding: Padding.Same) with { KernelSize = (2, 1) } })
            .Build();
        List<string> log = [];
        Assert.Same(dilated, Outputs.Rewrite<ExtendEvenKernels>(dilated, log));
        Assert.Same(oblong, Outputs.Rewrite<ExtendEvenKernels>(oblong, log));
        Assert.Equal(2, log.Count);
    }

    [Fact]
    public void Defect_10_and_14_a_name_in_use_is_not_taken()
    {
        Model model = new Graph(8, 8, 2).Conv("c", 1, 2, 2, with: layer => layer with { Activation = "relu" })
            .Normalize("bn", 2).ReLU("c_activ").BuildSequential();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal("c c_activ_1 bn c_activ", Outputs.Names(rewritten));
    }

    [Theory]
    [InlineData(-0.5f, 0f)]
    [InlineData(0f, -0.5f)]
    public void Defect_12_an_activation_that_falls_somewhere_stays_before_pooling(float slope, float threshold)
    {
        List<string> log = [];
        Model model = new Graph(4, 4, 2).Add(new ReLU { Name = "r", NegativeSlope = slope, Threshold = threshold }).MaxPool("p").Build();
        Assert.Same(model, Outputs.Rewrite<InvertActivationAndMaxPooling>(model, log));
        Assert.Single(log);
    }

    [Fact]
    public void One_gamma_of_zero_does_not_keep_other_batch_normalization_from_folding()
    {
        List<string> log = [];
        Model model = new Graph(4, 4, 2)
            .Conv("c1", 1, 2, 2).Normalize("bn1", 2, with: layer => layer with { Gamma = NdArray<float>.Vector([0f, 1f]) })
            .Conv("c2", 1, 2, 2).Normalize("bn2", 2).Build();
        Assert.Equal("c1 bn1 c2", Outputs.Names(Outputs.Rewrite<FoldBatchNormalization>(model, log)));
        Assert.Equal(
            [
                "Left alone: 'bn1' is not folded into 'c1': a gamma is 0, and would leave a kernel of nothing but zeros.",
                "Rewritten: 'bn2' is folded into 'c2'.",
            ],
            log);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Batch_normalization_without_gamma_or_beta_folds(bool scale, bool center)
    {
        Model model = new Graph(4, 4, 2)
            .Conv("c", 1, 2, 2)
            .Normalize("bn", 2, with: layer => layer with { Scale = scale, Center = center })
            .Build();
        Assert.Equal("c", Outputs.Names(Outputs.Rewrite<FoldBatchNormalization>(model)));
    }

    [Fact]
    public void Batch_normalization_twice_folds_twice()
    {
        Model model = new Graph(8, 8, 2)
            .Conv("c", 1, 2, 2)
            .MaxPool("p")
            .Normalize("bn1", 2)
            .Normalize("bn2", 2)
            .GlobalAverage("gap")
            .Normalize("bn3", 2)
            .Build();
        Assert.Equal("c p gap", Outputs.Names(Outputs.Sanitize(model)));
    }

    [Fact]
    public void A_negative_gamma_keeps_batch_normalization_behind_max_pooling_only()
    {
        Model pooled = new Graph(4, 4, 2).Conv("c", 1, 2, 2).MaxPool("p").Normalize("bn", 2, with: Negate).Build();
        Model averaged = new Graph(4, 4, 2).Conv("c", 1, 2, 2).GlobalAverage("gap").Normalize("bn", 2, with: Negate).Build();
        Assert.Equal("c p bn", Outputs.Names(Outputs.Sanitize(pooled)));
        Assert.Equal("c gap", Outputs.Names(Outputs.Sanitize(averaged)));

        static BatchNormalization Negate(BatchNormalization layer) => layer with { Gamma = layer.Gamma.Map(gamma => -gamma) };
    }

    [Fact]
    public void A_name_inside_of_another_does_not_keep_reshapes()
    {
        Model model = new Graph(4, 4, 2)
            .Conv("conv", 1, 2, 2)
            .Add(new Reshape { Name = "my_conv_reshape", TargetShape = new Shape(8, Shape.Unknown) })
            .Add(new Flatten { Name = "f" })
            .Build();
        Assert.Equal("conv f", Outputs.Names(Outputs.Rewrite<RemoveConsecutiveReshapes>(model)));
    }

    [Fact]
    public void Every_rescaling_is_folded_and_by_every_layer_behind_it()
    {
        Model model = new Graph(8, 8, 2)
            .Rescale("s1", [0.5, 2], [1])
            .Conv("a", 3, 2, 2)
            .Conv("b", 3, 2, 2, ["s1"], layer => layer with { UseBias = false })
            .Sum("add", "a", "b")
            .Rescale("s2", [1], [-0.5, 0.25])
            .Conv("c", 3, 2, 2, with: layer => layer with { Window = Graph.Window(3, padding: Padding.Same) })
            .Build();
        Model rewritten = Outputs.Rewrite<AlignRescaling>(model);
        Assert.All(rewritten.GraphLayers.OfType<Rescaling>(), layer => Assert.Equal([0.0], layer.Offset));
        Assert.Equal([0.5f, -0.25f], Assert.IsType<PaddedConv2D>(rewritten["c"].Layer).PaddingValue!);
    }

    [Fact]
    public void A_rescaling_that_not_every_layer_can_take_up_stays()
    {
        List<string> log = [];
        Model given = new Graph(8, 8, 2).Rescale("s", [1], [1]).Conv("c", 3, 2, 2).Build("s", "c");
        Model depthwise = new Graph(8, 8, 2)
            .Rescale("s", [1], [1])
            .Conv("c", 3, 2, 2)
            .Depthwise("d", 3, 2, ["s"])
            .Sum("add", "c", "d")
            .Build();
        Model dilated = new Graph(8, 8, 2)
            .Rescale("s", [1], [1])
            .Conv("c", 3, 2, 2, with: layer => layer with { Window = Graph.Window(3, padding: Padding.Same, dilation: 2) })
            .Build();
        Model grouped = new Graph(8, 8, 4)
            .Rescale("s", [1], [1, 2, 3, 4])
            .Conv("c", 3, 4, 2, with: layer => layer with { Groups = 2 })
            .Build();
        foreach (Model model in new[] { given, depthwise, dilated, grouped })
        {
            Assert.Same(model, Outputs.Rewrite<AlignRescaling>(model, log));
        }

        Assert.Equal(4, log.Count);
    }

    [Fact]
    public void An_input_joined_with_itself_goes_through_a_convolution_of_its_own_channels()
    {
        Model model = new Graph(4, 4, 3).Add(new Concatenate { Name = "j" }, "in", "in").Conv("c", 1, 6, 2).Build();
        Model rewritten = Outputs.Rewrite<InsertIdentityBeforeDoubleInput>(model);
        Assert.Equal(3, ((Conv2D)rewritten["in_identity_conv"].Layer).Filters);
    }

    [Theory]
    [InlineData(new double[] { 1 }, 1)]
    [InlineData(new double[] { 1 }, 3)]
    [InlineData(new double[] { 0 }, 3)]
    [InlineData(new double[] { 1, 0.5, -2 }, 3)]
    public void A_negative_scale_is_folded(double[] offset, int kernel)
    {
        Model model = new Graph(5, 5, 3).Rescale("s", [-0.5], offset)
            .Conv("c", kernel, 3, 2, with: layer => layer with { Window = Graph.Window(kernel, padding: Padding.Same) }).Build();
        Model rewritten = Outputs.Rewrite<AlignRescaling>(model);
        Rescaling rescaling = (Rescaling)rewritten["s"].Layer;
        Assert.Equal([1.0], rescaling.Scale);
        Assert.Equal([0.0], rescaling.Offset);
        Assert.Equal("s c", Outputs.Names(Outputs.Sanitize(model)));
    }

    [Fact]
    public void A_negative_scale_before_a_flatten_is_folded()
    {
        Model model = new Graph(3, 2, 2).Rescale("s", [-0.5], [0]).Add(new Flatten { Name = "f" }).Dense("d", 12, 3).Build();
        Assert.Equal([1.0], ((Rescaling)Outputs.Sanitize(model)["s"].Layer).Scale);
    }
}
