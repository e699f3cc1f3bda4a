using System.Globalization;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Numerics;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>Float layers that quantization replaces or leaves in float, against sums written out.</summary>
public sealed class FloatOnlyLayerTests
{
    private static readonly Gen<(int, int, int)> Triple = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3]);

    [Fact]
    public void A_volume_convolution_is_the_sum_over_its_window() => Gen.Select(
        Triple, Triple, Gen.Bool, Gen.Int[1, 2], Gen.Int[1, 2], Gen.Int[1, 2]).Sample((kernel, strides, same, dilation, groups, multiple) =>
    {
        const int Channels = 2;
        int filters = groups * multiple;
        int[] size = [7, 6, 5];
        Graph graph = new(7, 6, 5, Channels);
        NdArray<float> weights = graph.Values(kernel.Item1, kernel.Item2, kernel.Item3, Channels / groups, filters);
        NdArray<float> bias = graph.Values(filters);
        Model model = graph.Add(new Conv3D
        {
            Name = "c",
            Filters = filters,
            Groups = groups,
            Window = new VolumeWindow { KernelSize = kernel, Strides = strides, Dilation = (dilation, dilation, dilation), Padding = same ? Padding.Same : Padding.Valid },
            Kernel = weights,
            Bias = bias,
        }).Build();
        int[] k = [kernel.Item1, kernel.Item2, kernel.Item3];
        int[] s = [strides.Item1, strides.Item2, strides.Item3];
        float[] samples = Outputs.Samples(model);
        Shape output = model.Plan.Output.Shape;
        int[] pad = new int[3];
        for (int axis = 0; axis < 3; axis++)
        {
            int extent = ((k[axis] - 1) * dilation) + 1;
            Assert.Equal(same ? (size[axis] + s[axis] - 1) / s[axis] : ((size[axis] - extent) / s[axis]) + 1, output[axis]);
            pad[axis] = same ? Math.Max(((output[axis] - 1) * s[axis]) + extent - size[axis], 0) / 2 : 0;
        }

        List<float> expected = [];
        for (int i = 0; i < 2 * output.Size; i++)
        {
            int filter = i % filters;
            int x = i / filters % output[2];
            int y = i / filters / output[2] % output[1];
            int t = i / filters / output[2] / output[1] % output[0];
            double sum = bias.Values[filter];
            for (int tap = 0; tap < k[0] * k[1] * k[2] * (Channels / groups); tap++)
            {
                int channel = tap % (Channels / groups);
                int dx = tap / (Channels / groups) % k[2];
                int dy = tap / (Channels / groups) / k[2] % k[1];
                int dt = tap / (Channels / groups) / k[2] / k[1];
                int fromT = (t * s[0]) - pad[0] + (dt * dilation);
                int fromY = (y * s[1]) - pad[1] + (dy * dilation);
                int fromX = (x * s[2]) - pad[2] + (dx * dilation);
                if (fromT >= 0 && fromT < 7 && fromY >= 0 && fromY < 6 && fromX >= 0 && fromX < 5)
                {
                    int cell = ((((((i / output.Size * 7) + fromT) * 6) + fromY) * 5) + fromX) * Channels;
                    sum += samples[cell + (filter / multiple * (Channels / groups)) + channel] * (double)weights.Values[(tap * filters) + filter];
                }
            }

            expected.Add((float)sum);
        }

        Outputs.AssertClose([.. expected], Outputs.Of(model, samples)[0]);
    }, iter: 60);

    [Theory]
    [InlineData(Padding.Valid, new float[] { 2.5f })]
    [InlineData(Padding.Same, new float[] { 2.5f, 4.5f, 7.5f, 9f })]
    public void An_average_leaves_out_what_is_outside(Padding padding, float[] expected)
    {
        Model model = new Graph(3, 3, 1).Add(new AveragePooling2D { Name = "p", Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = padding } }).Build();
        Assert.Equal(expected, Outputs.Of(model, [1, 2, 4, 3, 4, 5, 7, 8, 9])[0]);
    }

    [Fact]
    public void An_average_of_volumes_is_one_of_images_in_time()
    {
        Model model = new Graph(4, 2, 1, 2).Add(new AveragePooling3D { Name = "p", Window = new VolumeWindow { KernelSize = (2, 2, 1), Strides = (2, 2, 1) } }).Build();
        Assert.Equal(new Shape(2, 1, 1, 2), model.Plan.Output.Shape);
        Assert.Equal([3, 4, 11, 12], Outputs.Of(model, [.. Enumerable.Range(0, 16).Select(i => (float)i)])[0]);
    }

    [Fact]
    public void Zeros_go_around_volumes()
    {
        Model model = new Graph(1, 1, 2, 1).Add(new ZeroPadding3D { Name = "z", Steps = (1, 0), Rows = (0, 1), Columns = (2, 1) }).Build();
        Assert.Equal(new Shape(2, 2, 5, 1), model.Plan.Output.Shape);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0], Outputs.Of(model, [5, 6])[0]);
    }

    [Fact]
    public void Slopes_belong_to_channels_or_are_shared()
    {
        Model own = new Graph(1, 2, 2).Add(new PReLU { Name = "p", Alpha = new NdArray<float>(new Shape(1, 1, 2), [0.5f, 2f]), SharedAxes = [1, 2] }).Build();
        Assert.Equal([-1, -4, 3, -8], Outputs.Of(own, [-2, -2, 3, -4])[0]);
        Model one = new Graph(4).Add(new LeakyReLU { Name = "l", Alpha = 0.25f }).Build();
        Assert.Equal([-1, 0, 3, -0.5f], Outputs.Of(one, [-4, 0, 3, -2])[0]);
        QuantException error = Assert.Throws<QuantException>(() => new Graph(1, 2, 3).Add(new PReLU { Name = "p", Alpha = NdArray<float>.Filled(new Shape(1, 1, 2), 1f) }).Build().Plan);
        Assert.Equal("LayerInputMismatch", error.Id);
    }

    [Fact]
    public void A_product_repeats_axes_of_one()
    {
        Model gate = new Graph(2, 2, 2).GlobalAverage("gap", keepDims: true).Add(new Multiply { Name = "m" }, "in", "gap").Build();
        Assert.Equal([1 * 2.5f, 10 * 25, 2 * 2.5f, 20 * 25, 3 * 2.5f, 30 * 25, 4 * 2.5f, 40 * 25], Outputs.Of(gate, [1, 10, 2, 20, 3, 30, 4, 40])[0]);
        Model flat = new Graph(2, 2, 2).GlobalAverage("gap").Add(new Multiply { Name = "m" }, "gap", "in").Build();
        Assert.Equal(Outputs.Of(gate, Outputs.Samples(gate))[0], Outputs.Of(flat, Outputs.Samples(flat))[0]);
        QuantException error = Assert.Throws<QuantException>(() => new Graph(2, 2, 2).MaxPool("p", 1).Conv("c", 1, 2, 3).Add(new Multiply { Name = "m" }, "p", "c").Build().Plan);
        Assert.Equal("m", error.Target);
    }

    /// <summary>transforms.md 4.4 and layers.md 11.</summary>
    [Theory]
    [InlineData(0.0, new[] { 1f, 1, 1, 1, 1, 0.1f, 0.3f, 0.5f, 0.7f, 0.9f, -0.48f, -0.36f, -0.12f, 0.24f, 0.72f }, 1f)]
    [InlineData(-0.25, new[] { 0.316227764f, 0.316227764f, 0.316227764f, 0.316227764f, 0.316227764f, 0.0237170830f, 0.0711512417f, 0.118585408f, 0.166019574f, 0.213453740f, -0.133737996f, -0.106068067f, -0.0507282019f, 0.0322815850f, 0.142961293f }, 3.1622777f)]
    public void Polynomials_have_the_means_of_the_chapters(double parameter, float[] expected, float divisor)
    {
        float[] means = JacobiPolynomials.Means(2, parameter, parameter, 5);
        Assert.Equal(expected.Length, means.Length);
        for (int i = 0; i < means.Length; i++)
        {
            Assert.Equal(expected[i], means[i] / divisor, 6e-8f * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    /// <summary>transforms.md 8, 3.</summary>
    [Fact]
    public void A_kernel_of_polynomials_is_that_of_the_chapter()
    {
        float[] expected =
        [
            0.4419417381286621f, 1.0164659023284912f, 0.18782523274421692f, -0.5303300619125366f,
            0.6187184453010559f, 0.9280775785446167f, 0.20992232859134674f, -0.17677664756774902f,
            0.7954951524734497f, 0.8396892547607422f, 0.23201940953731537f, 0.1767767071723938f,
            0.9722718000411987f, 0.7513009309768677f, 0.2541165053844452f, 0.5303301215171814f,
        ];
        Conv3D convolution = Pleiades().ToConv3D();
        Assert.Equal(new Shape(4, 1, 1, 2, 2), convolution.Kernel.Shape);
        Assert.Equal(expected, convolution.Kernel.Values);
    }

    [Fact]
    public void A_layer_of_polynomials_computes_the_convolution()
    {
        Graph graph = new(6, 2, 2, 2);
        Model model = graph.Add(Pleiades() with { Bias = graph.Values(2) }).Build();
        Outputs.AssertSame(model, model.WithLayers(layer => layer is PleiadesLayer pleiades ? pleiades.ToConv3D() : layer));
        Assert.Equal(new Shape(3, 2, 2, 2), model.Plan.Output.Shape);
        Assert.Equal(["c/bias:0", "c/kernel:0"], model["c"].Layer.Variables.Select(variable => variable.Name));
    }

    [Fact]
    public void Volumes_are_read_from_files()
    {
        Dictionary<string, object?> arguments = new()
        {
            ["filters"] = 3L,
            ["kernel_size"] = new List<object?> { 3L, 1L, 1L },
            ["strides"] = 1L,
            ["padding"] = "valid",
            ["degrees"] = 2L,
            ["alpha"] = -0.25,
            ["beta"] = 0.5,
        };
        PleiadesLayer layer = Assert.IsType<PleiadesLayer>(LayerClasses.Read("Custom>PleiadesLayer", new LayerArguments("p", arguments)));
        Assert.Equal((2, -0.25, 0.5, (3, 1, 1)), (layer.Degrees, layer.Alpha, layer.Beta, layer.Window.KernelSize));
        Assert.Equal((3, 1, 1), Assert.IsType<Conv3D>(LayerClasses.Read("Conv3D", new LayerArguments("c", arguments))).Window.KernelSize);
        arguments["kernel_size"] = new List<object?> { 3L, 1L };
        Assert.Equal("LayerArgumentInvalid", Assert.Throws<QuantException>(() => LayerClasses.Read("Conv3D", new LayerArguments("c", arguments))).Id);
        arguments["kernel_size"] = new List<object?> { 1025L, 1L, 1L };
        Assert.Equal("LayerArgumentInvalid", Assert.Throws<QuantException>(() => LayerClasses.Read("Custom>PleiadesLayer", new LayerArguments("p", arguments))).Id);
        arguments["kernel_size"] = 2L;
        arguments["beta"] = -1.0;
        Assert.Equal("LayerArgumentInvalid", Assert.Throws<QuantException>(() => LayerClasses.Read("Custom>PleiadesLayer", new LayerArguments("p", arguments))).Id);
    }

    [Theory]
    [InlineData("2", "(2, 2) (2, 2) (2, 2)")]
    [InlineData("1 2 3", "(1, 1) (2, 2) (3, 3)")]
    [InlineData("2,0 0,0 1,2", "(2, 0) (0, 0) (1, 2)")]
    public void Padding_is_one_number_or_one_an_axis_or_two(string padding, string expected)
    {
        object?[] axes = [.. padding.Split(' ').Select(axis => axis.Split(',') is [var before, var after]
            ? new List<object?> { long.Parse(before, CultureInfo.InvariantCulture), long.Parse(after, CultureInfo.InvariantCulture) }
            : (object?)long.Parse(axis, CultureInfo.InvariantCulture))];
        ZeroPadding3D layer = ZeroPadding3D.Read(new LayerArguments("z", new Dictionary<string, object?> { ["padding"] = axes.Length == 1 ? axes[0] : new List<object?>(axes) }));
        Assert.Equal(expected, $"{layer.Steps} {layer.Rows} {layer.Columns}");
    }

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Layers_are_written_and_read_back(string extension)
    {
        Graph graph = new(6, 5, 5, 2);
        graph.Add(new ZeroPadding3D { Name = "z", Steps = (3, 0), Rows = (0, 1), Columns = (1, 0) })
            .Add(Pleiades() with { Alpha = -0.25, Beta = 0.5, Bias = graph.Values(2) })
            .Add(new PReLU { Name = "own", Alpha = graph.Values(6, 6, 6, 2) })
            .Add(new Conv3D { Name = "v", Filters = 4, Groups = 2, Window = new VolumeWindow { KernelSize = (2, 3, 1), Strides = (1, 2, 1), Padding = Padding.Same }, Kernel = graph.Values(2, 3, 1, 1, 4), UseBias = false })
            .Add(new AveragePooling3D { Name = "p", Window = new VolumeWindow { KernelSize = (2, 1, 2), Strides = (6, 1, 2) } })
            .Add(new ActivityRegularization { Name = "a", L1 = 0.5, L2 = 0.25 }).Add(new LeakyReLU { Name = "l", Alpha = 0.1f })
            .Add(new Reshape { Name = "images", TargetShape = new Shape(3, 3, 4) })
            .Add(new PReLU { Name = "shared", Alpha = graph.Values(1, 1, 4), SharedAxes = [1, 2] })
            .Add(new AveragePooling2D { Name = "q", Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (1, 1), Padding = Padding.Same } })
            .Add(new Multiply { Name = "m" }, "q", "shared");
        Model model = graph.Build();
        Outputs.AssertReadBack(model, extension);
    }

    /// <summary>The layer of transforms.md 8, 3.</summary>
    private static PleiadesLayer Pleiades() => new()
    {
        Name = "c",
        Filters = 2,
        Window = new VolumeWindow { KernelSize = (4, 1, 1) },
        Degrees = 1,
        Kernel = new NdArray<float>(new Shape(2, 2, 1, 1, 2), [1, 2, 3, -1, .5f, .25f, -2, 4]),
        Bias = NdArray<float>.Filled(new Shape(2), 0f),
    };
}
