using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>What the order of the rewrites does (transforms.md 2), and the names in the end (transforms.md 6).</summary>
public sealed class PipelineTests
{
    [Fact]
    public void A_model_with_nothing_to_rewrite_stays_the_same_object()
    {
        Model model = new Graph(6, 6, 3).Conv("c", 3, 3, 4).ReLU("r").Add(new Flatten { Name = "f" }).Dense("d", 64, 2).Build();
        Assert.Same(model, Sanitizer.Run(model));
    }

    [Fact]
    public void Example_1_of_chapter_6()
    {
        Model model = new Graph(16, 16, 3)
            .Conv("conv1", 3, 3, 4, with: layer => layer with { Activation = "relu" }).MaxPool("mp")
            .Separable("sep", 3, 4, 6).Normalize("bn", 6).Add(new ReLU { Name = "r6", MaxValue = 6 })
            .GlobalAverage("gap").Dense("fc", 6, 3, layer => layer with { Activation = "softmax" }).Build();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal("conv1 mp conv1_activ sep r6 gap fc fc_activ", Outputs.Names(rewritten));
        Assert.Equal("softmax", Assert.IsType<Activation>(rewritten["fc_activ"].Layer).Function);
        Assert.IsType<ReLU>(rewritten["conv1_activ"].Layer);
    }

    [Fact]
    public void Example_2_of_chapter_6()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("conv1", 3, 3, 4, with: Same).Conv("b1", 3, 4, 4, with: Same)
            .Sum("add", "b1", "conv1").ReLU("ra").GlobalAverage("gap").Dense("fc", 4, 3).Build();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal("conv1 conv1_activ conv1_activ_identity_conv b1 b1_activ add add_identity_conv ra gap fc", Outputs.Names(rewritten));
        Assert.Equal(["b1_activ", "conv1_activ_identity_conv"], rewritten["add"].Inputs);

        static Conv2D Same(Conv2D layer) => layer with { Activation = "relu", Window = layer.Window with { Padding = Padding.Same } };
    }

    [Fact]
    public void Batch_normalization_behind_pooling_is_moved_and_then_folded()
    {
        Model model = new Graph(8, 8, 3).Conv("c", 3, 3, 4).MaxPool("p").Normalize("bn", 4).ReLU("r").Build();
        Assert.Equal("c p r", Outputs.Names(Outputs.Sanitize(model)));
    }

    [Fact]
    public void Batch_normalization_behind_activation_and_pooling_stays()
    {
        List<string> log = [];
        Model model = new Graph(8, 8, 3).Conv("c", 3, 3, 4).ReLU("r").MaxPool("p").Normalize("bn", 4).Build();
        Assert.Equal("c p r bn", Outputs.Names(Outputs.Sanitize(model, log)));
        Assert.Contains(log, line => line.StartsWith("Left alone: 'bn'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(-1, 2, typeof(PaddedConv2D))]
    [InlineData(0, 3, typeof(Conv2D))]
    public void An_even_kernel_that_took_an_offset_stays_even(double offset, int size, Type type)
    {
        Model model = new Graph(8, 8, 3).Rescale("scale", [1], [offset])
            .Conv("c", 2, 3, 4, with: layer => layer with { Window = Graph.Window(2, padding: Padding.Same) }).Build();
        Conv2D convolution = (Conv2D)Outputs.Sanitize(model)["c"].Layer;
        Assert.IsType(type, convolution);
        Assert.Equal((size, size), convolution.Window.KernelSize);
    }

    [Fact]
    public void Zeros_behind_an_offset_become_the_border_value_of_the_convolution()
    {
        Model model = new Graph(8, 8, 3).Rescale("scale", [1], [-1]).Pad("z", (1, 1), (1, 1)).Conv("c", 3, 3, 4).Build();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal("scale c", Outputs.Names(rewritten));
        Assert.Equal([1f], Assert.IsType<PaddedConv2D>(rewritten["c"].Layer).PaddingValue!);
        Assert.Equal([0.0], Assert.IsType<Rescaling>(rewritten["scale"].Layer).Offset);
    }

    [Fact]
    public void Identities_hand_an_output_on_from_one_consumer_to_the_next()
    {
        Graph graph = new Graph(8, 8, 4).Conv("c", 1, 4, 4).ReLU("r");
        for (int i = 0; i < 5; i++)
        {
            graph.Conv($"o{i}", 1, 4, 4, ["r"]);
        }

        Model rewritten = Outputs.Sanitize(graph.Build("o0", "o1", "o2", "o3", "o4"));
        Assert.Equal(["r"], rewritten["o0"].Inputs);
        Assert.Equal(["r"], rewritten["r_identity_conv_3"].Inputs);
        Assert.Equal(["r_identity_conv_3"], rewritten["o1"].Inputs);
        Assert.Equal(["r_identity_conv_3"], rewritten["r_identity_conv_4"].Inputs);
        Assert.Equal(["r_identity_conv_4"], rewritten["o2"].Inputs);
        Assert.Equal(["r_identity_conv_4"], rewritten["r_identity_conv_5"].Inputs);
        Assert.Equal(["r_identity_conv_5"], rewritten["o3"].Inputs);
        Assert.Equal(["r_identity_conv_5"], rewritten["o4"].Inputs);
    }

    [Fact]
    public void The_input_added_to_itself_goes_through_an_identity_once()
    {
        Model rewritten = Outputs.Sanitize(new Graph(4, 4, 3).Sum("add", "in", "in").Conv("z", 1, 3, 2).Build());
        Assert.Equal("in:InputLayer() in_identity_conv:Conv2D(in) add:Add(in_identity_conv,in) z:Conv2D(add)", Outputs.Listing(rewritten));
    }

    [Fact]
    public void A_strided_depthwise_convolution_leaves_its_stride_to_another_before_the_activation()
    {
        Model model = new Graph(9, 8, 4).Conv("c", 1, 4, 4)
            .Depthwise("dw", 5, 4, with: layer => layer with { Activation = "relu", Window = Graph.Window(5, 2, Padding.Same) }).Build();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal("c dw dw_identity_dw_conv dw_activ", Outputs.Names(rewritten));
        Assert.Equal((1, 1), ((DepthwiseConv2D)rewritten["dw"].Layer).Window.Strides);
    }

    [Fact]
    public void Rewriting_twice_changes_nothing_more()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("c", 3, 3, 4)
            .ReLU("r")
            .Conv("a", 1, 4, 4)
            .Conv("b", 1, 4, 4, ["r"])
            .Sum("add", "a", "b")
            .Build();
        Model once = Outputs.Sanitize(model);
        Assert.Equal("c r r_identity_conv a b add add_identity_conv", Outputs.Names(once));
        Assert.Same(once, Sanitizer.Run(once));
    }
}
