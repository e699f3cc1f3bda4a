using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Random small networks compute the same before and after each rewrite, and after all of them.</summary>
public sealed class RewritePropertyTests
{
    private static readonly Gen<(int Height, int Width)> Size = Gen.Select(Gen.Int[4, 9], Gen.Int[4, 9]);

    private static readonly Gen<Padding> AnyPadding = Gen.Bool.Select(same => same ? Padding.Same : Padding.Valid);

    [Fact]
    public void Split_fused_activations() =>
        Gen.Select(Gen.OneOf("relu", "relu6", "tanh", "silu", "swish", "softmax"), Gen.Int[0, 3], Gen.Bool)
            .Sample(
                (function, kind, output) =>
                {
                    Graph graph = new(5, 5, 3);
                    _ = kind switch
                    {
                        0 => graph.Conv("a", 3, 3, 3, with: layer => layer with { Activation = function }),
                        1 => graph.Depthwise("a", 3, 3, with: layer => layer with { Activation = function }),
                        2 => graph.Separable("a", 3, 3, 3, layer => layer with { Activation = function }),
                        _ => graph.Dense("a", 3, 3, layer => layer with { Activation = function }),
                    };
                    graph.Conv("b", 1, 3, 2);
                    Model rewritten = Outputs.Rewrite<SplitFusedActivations>(output ? graph.Build("a", "b") : graph.Build());
                    Assert.Equal("a a_activ b", Outputs.Names(rewritten));
                },
                iter: 50);

    [Fact]
    public void Replace_activations() =>
        Gen.OneOf("relu", "tanh", "relu6")
            .Sample(
                function =>
                {
                    Model rewritten = Outputs.Rewrite<ReplaceActivations>(
                        new Graph(5, 3).Add(new Activation { Name = "a", Function = function }).Build());
                    Assert.Equal(function == "relu", rewritten["a"].Layer is ReLU);
                },
                iter: 10);

    [Fact]
    public void Replace_leaky_rectifiers() => Gen.Select(Gen.Float[-2, 2], Gen.Int[0, 2]).Sample((slope, kind) =>
    {
        Graph graph = new(4, 4, 3);
        NdArray<float> slopes = graph.Values(1, 1, 3);
        Layer rectifier = kind switch
        {
            0 => new LeakyReLU { Name = "r", Alpha = slope },
            1 => new PReLU { Name = "r", Alpha = NdArray<float>.Filled(new Shape(4, 4, 3), slope) },
            _ => new PReLU { Name = "r", Alpha = slopes, SharedAxes = [1, 2] },
        };
        Layer rewritten = Outputs.Rewrite<ReplaceLeakyRectifiers>(graph.Add(rectifier).Build())["r"].Layer;
        Assert.Equal(kind == 2 ? null : (double)slope, (rewritten as TableActivation)?.Alpha);
        Assert.Equal(kind == 2, rewritten is PReLU);
    }, iter: 60);

    [Fact]
    public void Extend_even_kernels_of_transposed_convolutions() =>
        Gen.Select(Size, Gen.Int[1, 7], Gen.Int[1, 3], AnyPadding, Gen.Bool, Gen.Int[1, 4])
            .Sample(
                (size, kernel, stride, padding, depthwise, channels) =>
                {
                    TransposedWindow window = new() { Forward = Graph.Window(kernel, stride, padding) };
                    Graph graph = new(size.Height, size.Width, channels);
                    graph.Add(
                        depthwise
                            ? new DepthwiseConv2DTranspose
                            {
                                Name = "c",
                                Window = window,
                                Kernel = graph.Values(kernel, kernel, channels, 1),
                                UseBias = false,
                            }
                            : new Conv2DTranspose
                            {
                                Name = "c",
                                Filters = 2,
                                Window = window,
                                Kernel = graph.Values(kernel, kernel, 2, channels),
                                Bias = graph.Values(2),
                            });
                    CheckExtension(graph, kernel, stride, padding, isInput: !depthwise && channels is 1 or 3);
                },
                iter: 300);

    [Fact]
    public void Replace_grouped_convolutions() =>
        Gen.Select(Size, Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[1, 2], AnyPadding)
            .Sample(
                (size, channels, kernel, stride, filters, padding) =>
                {
                    Model model = new Graph(size.Height, size.Width, channels)
                        .Conv("c", kernel, channels, channels * filters, with: layer =>
                            layer with
                            {
                                Groups = channels,
                                Window = Graph.Window(kernel, stride, padding),
                            })
                        .Build();
                    Assert.Equal(filters == 1, Outputs.Rewrite<ReplaceGroupedConvolutions>(model)["c"].Layer is DepthwiseConv2D);
                },
                iter: 100);

    [Fact]
    public void Remove_consecutive_reshapes() => Gen.Int[0, 3].Array[2, 6].Sample(kinds =>
    {
        Graph graph = new(4, 6, 2);
        for (int i = 0; i < kinds.Length; i++)
        {
            graph.Add(kinds[i] switch
            {
                0 => new Flatten { Name = $"l{i}" },
                1 => new Reshape { Name = $"l{i}", TargetShape = new Shape(8, Shape.Unknown) },
                2 => new Reshape { Name = $"l{i}", TargetShape = new Shape(2, 4, 6) },
                _ => new Dropout { Name = $"l{i}" },
            });
        }

        Model rewritten = Outputs.Rewrite<RemoveConsecutiveReshapes>(graph.Build());
        Assert.Empty(LayerPairs.Find(rewritten, layer => layer is Flatten or Reshape, layer => layer is Flatten or Reshape));
        Assert.Equal($"l{kinds.Length - 1}", rewritten.Outputs[0]);
    }, iter: 100);

    [Fact]
    public void Remove_zero_padding() =>
        Gen.Select(Size, Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[0, 3].Array[4], Gen.Int[0, 2])
            .Sample(
                (size, kernel, stride, sides, kind) =>
                {
                    ConvolutionWindow window = Graph.Window(kernel, stride);
                    Graph graph = new Graph(size.Height, size.Width, 2).Pad("z", (sides[0], sides[1]), (sides[2], sides[3]));
                    _ = kind switch
                    {
                        0 => graph.Conv("c", kernel, 2, 3, with: layer => layer with { Window = window }),
                        1 => graph.Depthwise("c", kernel, 2, with: layer => layer with { Window = window }),
                        _ => graph.Separable("c", kernel, 2, 3, layer => layer with { Window = window }),
                    };
                    Model model = graph.Build();
                    Model rewritten = Outputs.Rewrite<RemoveZeroPadding>(model);
                    Shape output = model.Plan.Output.Shape;
                    bool sameSize = output[0] == (size.Height + stride - 1) / stride && output[1] == (size.Width + stride - 1) / stride;
                    if (kernel % 2 == 1 && sameSize && stride == 1)
                    {
                        Assert.Null(rewritten.Find("z"));
                    }

        Assert.True(sameSize || rewritten.Find("z") is not null);
    }, iter: 500);

    [Fact]
    public void Align_rescaling() =>
        Gen.Select(
                Size,
                Gen.Int[1, 3],
                Gen.Int[1, 2],
                AnyPadding,
                Gen.Bool,
                Gen.Double[0.1, 2].Array[3],
                Gen.Double[-2, 2].Array[3],
                Gen.Bool)
            .Sample(
                (size, kernel, stride, padding, useBias, scale, offset, perChannel) =>
                {
                    Model convolution = new Graph(size.Height, size.Width, 3)
                        .Rescale("s", perChannel ? scale : scale[..1], offset)
                        .Conv("c", kernel, 3, 2, with: layer =>
                            layer with
                            {
                                UseBias = useBias,
                                Window = Graph.Window(kernel, stride, padding),
                            })
                        .Build();
                    Model dense = new Graph(3)
                        .Rescale("s", scale, perChannel ? offset : offset[..1])
                        .Dense("d", 3, 1, layer => layer with { UseBias = useBias })
                        .Build();
                    foreach (Model model in new[] { convolution, dense })
                    {
                        Rescaling rescaling = (Rescaling)Outputs.Rewrite<AlignRescaling>(model)["s"].Layer;
                        Assert.Null(rescaling.QuantizationObstacle);
                    }
                },
                iter: 200);

    [Fact]
    public void Invert_activation_and_max_pooling() =>
        Gen.Select(Size, Gen.Int[1, 3], AnyPadding, Gen.Float[0, 1], Gen.Float[0, 1], Gen.Bool)
            .Sample(
                (size, pool, padding, slope, threshold, limited) =>
                {
                    Model model = new Graph(size.Height, size.Width, 2)
                        .Add(
                            new ReLU
                            {
                                Name = "r",
                                NegativeSlope = slope,
                                Threshold = threshold,
                                MaxValue = limited ? 1 : null,
                            })
                        .MaxPool("p", pool, padding)
                        .Build();
                    Assert.Equal("p r", Outputs.Names(Outputs.Rewrite<InvertActivationAndMaxPooling>(model)));
                },
                iter: 100);

    [Fact]
    public void Invert_pooling_and_batch_normalization() =>
        Gen.Select(Size, Gen.Int[1, 3], AnyPadding, Gen.Int[0, 2], Gen.Bool)
            .Sample(
                (size, pool, padding, kind, last) =>
                {
                    Graph graph = new(size.Height, size.Width, 3);
                    _ = kind == 0 ? graph.MaxPool("p", pool, padding) : graph.GlobalAverage("p", keepDims: kind == 1);
                    Model model = graph
                        .Normalize("bn", 3, with: layer => layer with { Axis =
                                    last ? -1
                                    : kind == 2 ? 1
                                    : 3 })
                        .Build();
                    Assert.Equal("bn p", Outputs.Names(Outputs.Rewrite<InvertPoolingAndBatchNormalization>(model)));
                },
                iter: 100);

    [Fact]
    public void Fold_batch_normalization() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool, Gen.Float[1e-5f, 0.1f])
            .Sample(
                (kind, useBias, negative, epsilon) =>
                {
                    Graph graph = new(5, 5, 3);
                    _ = kind switch
                    {
                        0 => graph.Conv("a", 3, 3, 6, with: layer => layer with { UseBias = useBias }),
                        1 => graph.Depthwise("a", 3, 3, with: layer => layer with { UseBias = useBias, DepthMultiplier = 2 }),
                        2 => graph.Separable("a", 3, 3, 6, layer => layer with { UseBias = useBias }),
                        3 => graph.Conv("a", 1, 3, 6, with: layer => layer with { UseBias = useBias, Groups = 3 }),
                        _ => graph.Dense("a", 3, 6, layer => layer with { UseBias = useBias }),
                    };
                    Model model = graph
                        .Normalize("bn", 6, with: layer =>
                            layer with
                            {
                                Epsilon = epsilon,
                                Gamma = negative ? layer.Gamma.Map(gamma => -gamma) : layer.Gamma,
                            })
                        .Build();
                    Assert.Equal("a", Outputs.Names(Outputs.Rewrite<FoldBatchNormalization>(model)));
                },
                iter: 100);

    [Fact]
    public void Extend_even_kernels() => Gen.Select(Size, Gen.Int[1, 7], Gen.Int[1, 3], AnyPadding, Gen.Bool, Gen.Int[1, 4]).Sample(
        (size, kernel, stride, padding, depthwise, channels) =>
    {
        (int height, int width) = (size.Height + 4, size.Width + 4);
        ConvolutionWindow window = Graph.Window(kernel, stride, padding);
        Graph graph = new(height, width, channels);
        _ = depthwise
            ? graph.Depthwise("c", kernel, channels, with: layer => layer with { Window = window })
            : graph.Conv("c", kernel, channels, 2, with: layer => layer with { Window = window });
        CheckExtension(graph, kernel, stride, padding, isInput: !depthwise && channels is 1 or 3);
    }, iter: 300);

    [Fact]
    public void Split_strided_depthwise() =>
        Gen.Select(Size, Gen.OneOf(3, 5, 7), Gen.Int[1, 2], AnyPadding)
            .Sample(
                (size, kernel, stride, padding) =>
                {
                    Model model = new Graph(size.Height + 3, size.Width + 3, 2)
                        .Depthwise("d", kernel, 2, with: layer => layer with { Window = Graph.Window(kernel, stride, padding) })
                        .Build();
                    bool split = stride == 2 && kernel > 3 && padding == Padding.Same;
                    Assert.Equal(split ? "d d_identity_dw_conv" : "d", Outputs.Names(Outputs.Rewrite<SplitStridedDepthwise>(model)));
                },
                iter: 200);

    [Fact]
    public void Insert_identities_leaves_at_most_two_consumers() =>
        Gen.Select(Gen.Int[1, 7], Gen.Bool, Gen.OneOf(2, 3))
            .Sample(
                (branches, activation, channels) =>
                {
                    Graph graph = new Graph(5, 5, channels).Conv("c", 3, channels, 2);
                    string source = "c";
                    if (activation)
                    {
                        graph.ReLU("r");
                        source = "r";
                    }

        string sum = source;
        for (int i = 0; i < branches; i++)
        {
            graph.Sum($"s{i}", sum, source);
            sum = $"s{i}";
        }

        Model rewritten = graph.Build();
        rewritten = Outputs.Rewrite<InsertIdentityAfterAdd>(rewritten);
        rewritten = Outputs.Rewrite<InsertIdentityAfterInput>(rewritten);
        rewritten = Outputs.Rewrite<InsertIdentityBeforeDoubleInput>(rewritten);
        rewritten = Outputs.Rewrite<InsertIdentityForConsumers>(rewritten);
        Assert.All(rewritten.Nodes, node => Assert.InRange(rewritten.Consumers(node.Name).Distinct().Count(), 0, 2));
    }, iter: 100);

    [Fact]
    public void All_rewrites_together() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 8], Gen.Int[1, 3], Gen.Bool)
            .Sample(
                (kinds, channels, sequential) =>
                {
                    Graph graph = new Graph(16, 16, channels).Rescale("scale", [0.5], [-0.25]);
                    for (int i = 0; i < kinds.Length; i++)
                    {
                        string name = $"l{i}";
                        Padding padding = i % 2 == 0 ? Padding.Same : Padding.Valid;
                        _ = kinds[i] switch
                        {
                            0 => graph.Conv(name, 2, channels, channels, with: layer =>
                                layer with
                                {
                                    Activation = "relu",
                                    Window = Graph.Window(2, padding: Padding.Same),
                                }),
                            1 => graph.Conv(name, 1, channels, channels, with: layer =>
                                layer with
                                {
                                    UseBias = false,
                                    Window = Graph.Window(1, padding: padding),
                                }),
                            2 => graph.Depthwise(name, 5, channels, with: layer =>
                                layer with
                                {
                                    Window = Graph.Window(5, 2, Padding.Same),
                                }),
                            3 => graph.Separable(name, 1, channels, channels, layer => layer with { Activation = "relu6" }),
                            4 => graph.Normalize(name, channels),
                            5 => graph.ReLU(name),
                            6 => graph.MaxPool(name, padding: Padding.Same),
                            7 => graph
                                .Pad($"{name}_pad", (1, 1), (1, 1))
                                .Conv(name, 3, channels, channels, with: layer => layer with { Window = Graph.Window(3, 1 + (i % 2)) }),
                            8 => graph.Conv(name, 3, channels, channels, with: layer =>
                                layer with
                                {
                                    Groups = channels,
                                    Window = Graph.Window(3, padding: Padding.Same),
                                }),
                            _ => graph.Add(new Dropout { Name = name }),
                        };
                    }

        graph.GlobalAverage("gap").Normalize("bn", channels).Dense("fc", channels, 3, layer => layer with { Activation = "softmax" });
        Model model = sequential ? graph.BuildSequential() : graph.Build();
        Model rewritten = Outputs.Sanitize(model);
        Assert.Equal(sequential, rewritten.IsSequential);
    }, iter: 300);

    /// <summary>The rewrite extends a convolution "c" where Akida lacks its kernel, which depends on whether it takes the images.</summary>
    private static void CheckExtension(Graph graph, int kernel, int stride, Padding padding, bool isInput)
    {
        bool extended = padding == Padding.Same && (stride, kernel) switch
        {
            (1, 2) or (1, 6) or (2, 2) => true,
            (1, 4) => !isInput,
            (2, 6) => isInput,
            _ => false,
        };
        Layer layer = Outputs.Rewrite<ExtendEvenKernels>(graph.Build())["c"].Layer;
        Assert.Equal(extended ? kernel + 1 : kernel, layer.Variables[0].Value.Shape[0]);
    }
}
