using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Networks of images in time that become networks of single images with a memory (transforms.md 4.4).</summary>
public sealed class VolumeTests
{
    private const int Steps = 5;

    private static Conv3D Convolution(
        Graph graph,
        string name,
        (int, int, int) kernel,
        int channels,
        int filters,
        int groups = 1,
        Func<VolumeWindow, VolumeWindow>? with = null)
    {
        VolumeWindow window = new() { KernelSize = kernel };
        return new Conv3D
        {
            Name = name,
            Filters = filters,
            Groups = groups,
            Window = with?.Invoke(window) ?? window,
            Kernel = graph.Values(kernel.Item1, kernel.Item2, kernel.Item3, channels / groups, filters),
            Bias = graph.Values(filters),
        };
    }

    private static ZeroPadding3D Causal(string name, int kernel) =>
        new()
        {
            Name = name,
            Steps = (kernel - 1, 0),
            Rows = (0, 0),
            Columns = (0, 0),
        };

    /// <summary>A temporal convolution behind its padding.</summary>
    private static Graph Temporal(Graph graph, string name, int kernel, int channels, int filters, int groups = 1, string[]? from = null) =>
        graph.Add(Causal($"{name}_pad", kernel), from ?? []).Add(Convolution(graph, name, (kernel, 1, 1), channels, filters, groups));

    /// <summary>
    /// Rewrites a model, and checks that images given one by one get what the images of a sequence got before, twice:
    /// the memory must be empty again after a reset.
    /// </summary>
    private static Model Rewrite(Model model, Func<Model, Model>? rewrite = null)
    {
        Model rewritten = (rewrite ?? (before => new ReplaceVolumeConvolutions().Apply(before, new RewriteLog(null))))(model);
        Assert.Equal(new Shape(model.InputShape.ToArray()[1..]), rewritten.InputShape);
        float[] samples = Outputs.Samples(model);
        float[] expected = Outputs.Of(model, samples)[0];
        const int Batch = 2;
        int image = rewritten.InputShape.Size;
        PlanRunner runner = new(rewritten.Plan, Batch);
        int size = rewritten.Plan.Output.Shape.Size;
        for (int run = 0; run < 2; run++)
        {
            float[] actual = new float[expected.Length];
            for (int step = 0; step < Steps; step++)
            {
                for (int sample = 0; sample < Batch; sample++)
                {
                    samples
                        .AsSpan(((sample * Steps) + step) * image, image)
                        .CopyTo(((FloatData)runner.Input).Values(Batch).Slice(sample * image, image));
                }

                runner.Run(Batch);
                for (int sample = 0; sample < Batch; sample++)
                {
                    ((FloatData)runner.Output)
                        .Values(Batch)
                        .Slice(sample * size, size)
                        .CopyTo(actual.AsSpan(((sample * Steps) + step) * size));
                }
            }

            Outputs.AssertClose(expected, actual);
            runner.Reset();
        }

        return rewritten;
    }

    private static void AssertStays(Func<Graph, Graph> add, int channels = 2, params string[] outputs)
    {
        List<string> log = [];
        Model model = add(new Graph(Steps, 2, 2, channels)).Build(outputs);
        Assert.Same(model, Outputs.Rewrite<ReplaceVolumeConvolutions>(model, log));
        Assert.StartsWith("Left alone: ", Assert.Single(log), StringComparison.Ordinal);
    }

    /// <summary>The listing of transforms.md 4.4.</summary>
    [Fact]
    public void The_example_of_the_chapter()
    {
        Graph graph = new(Steps, 6, 6, 3);
        graph.Add(Convolution(graph, "s1", (1, 3, 3), 3, 4)).Normalize("bn", 4, with: layer => layer with { Axis = 4 }).ReLU("r");
        Model rewritten = Rewrite(Temporal(graph, "t1", 3, 4, 5).ReLU("r2").Build());
        Assert.Equal(
            "in:InputLayer() s1:Conv2D(in) bn:BatchNormalization(s1) r:ReLU(bn) t1:BufferTempConv(r) r2:ReLU(t1)",
            Outputs.Listing(rewritten));
        Assert.Equal(new Shape(3, 3, 3, 4), ((Conv2D)rewritten["s1"].Layer).Kernel.Shape);
        Assert.Equal(new Shape(1, 1, 12, 5), ((BufferTempConv)rewritten["t1"].Layer).Kernel.Shape);
    }

    /// <summary>transforms.md 8, 2.</summary>
    [Fact]
    public void Kernels_keep_their_data()
    {
        Graph graph = new(Steps, 2, 2, 2);
        Conv3D full = Convolution(graph, "c", (2, 1, 1), 2, 2) with
        {
            Kernel = new NdArray<float>(new Shape(2, 1, 1, 2, 2), [0, 1, 2, 3, 4, 5, 6, 7]),
        };
        Conv3D depthwise = Convolution(graph, "d", (2, 1, 1), 2, 2, 2) with
        {
            Kernel = new NdArray<float>(new Shape(2, 1, 1, 1, 2), [0, 1, 2, 3]),
        };
        Model rewritten = Rewrite(graph.Add(Causal("cp", 2)).Add(full).Add(Causal("dp", 2)).Add(depthwise).Build());
        NdArray<float> first = Assert.IsType<BufferTempConv>(rewritten["c"].Layer).Kernel;
        NdArray<float> second = Assert.IsType<DepthwiseBufferTempConv>(rewritten["d"].Layer).Kernel;
        Assert.Equal((new Shape(1, 1, 4, 2), new Shape(2, 2)), (first.Shape, second.Shape));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], first.Values);
        Assert.Equal([0, 1, 2, 3], second.Values);
    }

    [Fact]
    public void A_kernel_of_polynomials_becomes_one_over_time()
    {
        Graph graph = new(Steps, 2, 2, 2);
        PleiadesLayer pleiades = new()
        {
            Name = "t",
            Filters = 3,
            Window = new VolumeWindow { KernelSize = (4, 1, 1) },
            Degrees = 2,
            Alpha = -0.25,
            Beta = 0.5,
            Kernel = graph.Values(2, 3, 1, 1, 3),
            Bias = graph.Values(3),
        };
        Model rewritten = Rewrite(graph.Add(Causal("p", 4)).Add(pleiades).Build());
        Assert.Equal("in:InputLayer() t:BufferTempConv(in)", Outputs.Listing(rewritten));
    }

    [Fact]
    public void Random_networks() =>
        Gen.Select(Gen.Int[0, 15].Array[1, 6], Gen.Int[1, 3], Gen.Bool)
            .Sample(
                (kinds, channels, sequential) =>
                {
                    Graph graph = new(Steps, 6, 6, channels);
                    graph.Add(Convolution(graph, "first", (1, 1, 1), channels, channels));
                    for (int i = 0; i < kinds.Length; i++)
                    {
                        string name = $"l{i}";
                        _ = kinds[i] switch
                        {
                            0 => graph.Add(
                                Convolution(graph, name, (1, 3, 3), channels, channels, with: window =>
                                    window with
                                    {
                                        Padding = Padding.Same,
                                    })),
                            1 => graph.Add(
                                Convolution(graph, name, (1, 1, 1), channels, channels, channels, window =>
                                    window with
                                    {
                                        Strides = (1, 2, 2),
                                        Padding = Padding.Same,
                                    })),
                            2 => graph
                                .Add(
                                    Convolution(graph, name, (1, 2, 1), channels, 2 * channels, channels, window =>
                                        window with
                                        {
                                            Padding = Padding.Same,
                                            Dilation = (1, 2, 2),
                                        }))
                                .Add(Convolution(graph, $"{name}_back", (1, 1, 1), 2 * channels, channels)),
                            3 or 4 => Temporal(graph, name, kinds[i], channels, channels),
                            5 => Temporal(graph, name, 2, channels, channels, channels),
                            6 => Temporal(graph, name, Steps + 1, channels, channels),
                            7 => graph.ReLU(name),
                            8 => graph.Normalize(name, channels, with: layer => layer with { Axis = i % 2 == 0 ? -1 : 4 }),
                            9 => graph.Add(new ActivityRegularization { Name = name, L1 = 0.1 }),
                            10 => graph.Add(
                                new ZeroPadding3D
                                {
                                    Name = name,
                                    Steps = (0, 0),
                                    Rows = (1, i % 2),
                                    Columns = (0, 2),
                                }),
                            11 => graph.Add(
                                new ZeroPadding3D
                                {
                                    Name = name,
                                    Steps = (0, 0),
                                    Rows = (0, 0),
                                    Columns = (0, 0),
                                }),
                            12 => graph.Dense(name, channels, channels),
                            13 => graph.Rescale(name, [0.5], [0.25]),
                            14 => graph.Add(
                                new PReLU
                                {
                                    Name = name,
                                    Alpha = graph.Values(1, 1, 1, channels),
                                    SharedAxes = [1, 2, 3],
                                }),
                            _ => graph.Add(new Activation { Name = name, Function = "softmax" }),
                        };
                    }

        if (kinds.All(kind => kind is not (1 or 10)))
        {
            graph.Add(new AveragePooling3D { Name = "p", Window = new VolumeWindow { KernelSize = (1, 6, 6), Strides = (1, 6, 6) } })
                .Add(new Reshape { Name = "shape", TargetShape = new Shape(Steps, channels) }).Dense("d", channels, 2);
        }

        Model rewritten = Rewrite(sequential ? graph.BuildSequential() : graph.Build());
        Assert.Equal(sequential, rewritten.IsSequential);
        Assert.DoesNotContain(
            rewritten.GraphLayers, layer => layer is Conv3D or ZeroPadding3D or AveragePooling3D or ActivityRegularization);
    }, iter: 300);

    [Fact]
    public void Sums_and_memories_of_the_same_images()
    {
        Graph graph = new(Steps, 2, 2, 2);
        graph
            .Add(Causal("pad", 3))
            .Add(Convolution(graph, "a", (3, 1, 1), 2, 2), "pad")
            .Add(Convolution(graph, "b", (3, 1, 1), 2, 2), "pad")
            .Sum("s", "a", "b");
        Model rewritten = Rewrite(
            graph.Add(new Concatenate { Name = "cat", Axis = 4 }, "s", "in").Add(new Permute { Name = "turn", Dims = [1, 3, 2, 4] }).Build()
        );
        Assert.Equal("in a b s cat turn", string.Join(" ", rewritten.Nodes.Select(node => node.Name)));
    }

    [Fact]
    public void Pooling_of_images_stays_one_of_images()
    {
        Graph graph = new(Steps, 4, 4, 2);
        graph.Add(Convolution(graph, "c", (1, 1, 1), 2, 2));
        Model rewritten = Rewrite(
            graph
                .Add(
                    new AveragePooling3D
                    {
                        Name = "p",
                        Window = new VolumeWindow { KernelSize = (1, 2, 2), Strides = (1, 2, 2) },
                    })
                .Build());
        Assert.IsType<AveragePooling2D>(rewritten["p"].Layer);
    }

    [Fact]
    public void What_mixes_steps_of_time_stays()
    {
        AssertStays(graph => graph.Add(Convolution(graph, "c", (3, 1, 1), 2, 2)));
        AssertStays(graph => graph.Add(Causal("p", 4)).Add(Convolution(graph, "c", (3, 1, 1), 2, 2)));
        AssertStays(graph => graph.Add(Causal("p", 2)).Add(Convolution(graph, "c", (2, 2, 1), 2, 2)));
        AssertStays(graph => graph.Add(Convolution(graph, "c", (1, 1, 1), 2, 2, with: window => window with { Strides = (2, 1, 1) })));
        AssertStays(graph => graph.Add(Causal("p", 2)).Add(Convolution(graph, "c", (2, 1, 1), 2, 2)), 2, "p", "c");
        AssertStays(graph => graph.Add(Causal("p", 2)).Add(Convolution(graph, "c", (2, 1, 1), 2, 2)).Sum("s", "p", "p"), 2, "c", "s");
        AssertStays(graph => graph.Add(Causal("p", 2)).Add(Convolution(graph, "c", (2, 1, 1), 4, 4, 2)), channels: 4);
        AssertStays(graph => Single(graph).Add(new Flatten { Name = "f" }));
        AssertStays(graph => Single(graph).Normalize("bn", Steps, with: layer => layer with { Axis = 1 }));
        AssertStays(graph => Single(graph).Add(new Reshape { Name = "r", TargetShape = new Shape(2, 2, Steps, 2) }));
        AssertStays(graph => Single(graph).Add(new Permute { Name = "p", Dims = [2, 1, 3, 4] }));
        AssertStays(graph => Single(graph).Add(new PReLU { Name = "p", Alpha = graph.Values(Steps, 1, 1, 2) }));
        AssertStays(graph =>
            Single(graph)
                .Add(
                    new AveragePooling3D
                    {
                        Name = "p",
                        Window = new VolumeWindow { KernelSize = (Steps, 2, 2) },
                    }));

        static Graph Single(Graph graph) => graph.Add(Convolution(graph, "c", (1, 1, 1), 2, 2));
    }

    [Fact]
    public void A_model_without_kernels_over_volumes_keeps_its_input()
    {
        Model model = new Graph(Steps, 2, 2, 2).Dense("d", 2, 3).Build();
        Assert.Same(model, new ReplaceVolumeConvolutions().Apply(model, new RewriteLog(null)));
    }

    /// <summary>All rewrites: fused activations, slopes, normalization, identity of the depthwise form.</summary>
    [Fact]
    public void From_volumes_to_what_can_be_quantized()
    {
        Graph graph = new(Steps, 4, 4, 1);
        graph.Add(Convolution(graph, "s", (1, 3, 3), 1, 4) with { Activation = "relu" });
        graph
            .Add(Convolution(graph, "dw", (1, 3, 3), 4, 4, 4, window => window with { Padding = Padding.Same }))
            .Add(new LeakyReLU { Name = "l" });
        Temporal(graph, "t", 3, 4, 6).Normalize("bn", 6).ReLU("r");
        graph
            .Add(
                new AveragePooling3D
                {
                    Name = "p",
                    Window = new VolumeWindow { KernelSize = (1, 2, 2), Strides = (1, 2, 2) },
                })
            .Dense("d", 6, 3);
        Model rewritten = Rewrite(graph.Build(), model => Sanitizer.Run(model));
        Assert.Equal(
            "in:InputLayer() s:Conv2D(in) s_activ:ReLU(s) dw:DepthwiseConv2D(s_activ) l:Activation(dw) t:BufferTempConv(l) r:ReLU(t) p:GlobalAveragePooling2D(r) d:Dense(p)",
            Outputs.Listing(rewritten));
        Assert.All(rewritten.GraphLayers.Where(layer => layer is not InputLayer), layer => Assert.Null(layer.QuantizationObstacle));
    }

    /// <summary>Sequences are cut into images for calibration; images can be given one by one also.</summary>
    [Fact]
    public void From_volumes_to_the_emulator()
    {
        const int Streams = 4;
        const int Epochs = 10; // calibrated maxima move slowly, and the first images find an empty memory
        Graph graph = new(Steps, 8, 8, 3);
        graph.Add(
            Convolution(graph, "s", (1, 3, 3), 3, 4, with: window => window with { Strides = (1, 2, 2), Padding = Padding.Same }) with
            {
                Activation = "relu",
            });
        Temporal(graph, "t", 3, 4, 6).Normalize("bn", 6).ReLU("r");
        Temporal(graph, "d", 2, 6, 6, 6)
            .ReLU("r2")
            .Add(Convolution(graph, "c", (1, 3, 3), 6, 6, with: window => window with { Padding = Padding.Same }))
            .ReLU("r3");
        graph
            .Add(
                new AveragePooling3D
                {
                    Name = "p",
                    Window = new VolumeWindow { KernelSize = (1, 4, 4), Strides = (1, 4, 4) },
                })
            .Dense("fc", 6, 3);
        Model model = graph.Build();
        int size = model.InputShape.Size / Steps;

        // Every image has the least value, 0, so that none is below the calibrated one, which Akida cannot represent.
        float[] values =
        [
            .. Enumerable
                .Range(0, Streams / 2)
                .SelectMany(_ => Outputs.Samples(model))
                .Select((value, i) => i % size < 3 ? 0 : Math.Abs(value)),
        ];
        SampleSet sequences = SampleSet.FromArray(values, model.InputShape);
        float[] ordered =
        [
            .. Enumerable
                .Range(0, values.Length / size)
                .SelectMany(i => values.Skip((((i % Streams) * Steps) + (i / Streams)) * size).Take(size)),
        ];
        SampleSet images = SampleSet.FromArray(ordered, new Shape(8, 8, 3));

        Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = sequences, Epochs = Epochs });
        Model unknown = model.WithInputShape(new Shape(Shape.Unknown, 8, 8, 3));
        Model other = Quantizer.Quantize(
            unknown,
            new QuantizeOptions
            {
                Samples = images,
                BatchSize = Streams,
                Epochs = Epochs,
            });
        Assert.Equal(
            "s s_activ t r d r2 c r3 p fc",
            string.Join(
                " ",
                quantized
                    .GraphLayers.OfType<QuantizedLayer>()
                    .Select(layer => layer.Name)
                    .Where(name => !name.Contains("quantizer", StringComparison.Ordinal))));
        float[] expected = Of(Inference.Run(quantized, images, Streams, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(expected, Of(Inference.Run(other, images, Streams, cancellation: TestContext.Current.CancellationToken)));
        Assert.Equal(
            expected,
            Of(
                Emulator.Run(
                    AkidaConverter.Convert(quantized, AkidaVersion.V2),
                    images,
                    Streams,
                    cancellation: TestContext.Current.CancellationToken)));

        float[] real = Outputs.Of(model, values)[0];
        float[] inOrder =
        [
            .. Enumerable.Range(0, Streams * Steps).SelectMany(i => real.Skip((((i % Streams) * Steps) + (i / Streams)) * 3).Take(3)),
        ];
        double error = Math.Sqrt(expected.Zip(inOrder, (one, two) => (double)(one - two) * (one - two)).Average());
        double largest = inOrder.Max(Math.Abs);
        Assert.True(error < 0.1 * largest, $"The outputs differ by {error} from those of the network of sequences, of at most {largest}.");

        static float[] Of(IEnumerable<OutputBatch> batches) => [.. batches.SelectMany(batch => batch.Values)];
    }

    /// <summary>
    /// The reference folds the offset into the kernel over time, whose memory then starts with images of the wrong
    /// value.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_rescaling_before_a_kernel_over_time_keeps_its_offset_before_it(bool perChannel, bool depthwise)
    {
        Graph graph = new Graph(Steps, 2, 2, 2).Rescale("s", perChannel ? [0.5, 2] : [0.5], [0.25, -1]);
        Model volumes = Temporal(graph, "t", 3, 2, 2, depthwise ? 2 : 1).Build();
        Model rewritten = Rewrite(volumes, model =>
            new AlignRescaling().Apply(new ReplaceVolumeConvolutions().Apply(model, new RewriteLog(null)), new RewriteLog(null)));
        Assert.Equal("s s_identity_conv t", Outputs.Names(rewritten));
        Assert.Null(rewritten["s"].Layer.QuantizationObstacle);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_kernel_over_time_takes_scales(bool depthwise)
    {
        Graph graph = new Graph(Steps, 2, 2, 2).Rescale("s", [0.5, 2], [0]);
        Model volumes = Temporal(graph, "t", 3, 2, 2, depthwise ? 2 : 1).Build();
        Model rewritten = Rewrite(volumes, model =>
            new AlignRescaling().Apply(new ReplaceVolumeConvolutions().Apply(model, new RewriteLog(null)), new RewriteLog(null)));
        Assert.Equal("s t", Outputs.Names(rewritten));
        Assert.Null(rewritten["s"].Layer.QuantizationObstacle);
    }
}
