using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 3, with time as one axis more.</summary>
public sealed class Conv3DTests
{
    private static readonly Gen<(int, int, int)> Triple = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3]);

    private static Conv3D Pair => new()
    {
        Name = "layer",
        Filters = 1,
        Window = new VolumeWindow { KernelSize = (2, 1, 1) },
        Kernel = Quantizing.Kernel([2, 1, 1, 1, 1], 1, 10),
        UseBias = false,
    };

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
            Window = new VolumeWindow
            {
                KernelSize = kernel,
                Strides = strides,
                Dilation = (dilation, dilation, dilation),
                Padding = same ? Padding.Same : Padding.Valid,
            },
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
                                sum +=
                                    samples[cell + (filter / multiple * (Channels / groups)) + channel]
                                    * (double)weights.Values[(tap * filters) + filter];
                            }
                        }

            expected.Add((float)sum);
        }

        Outputs.AssertClose([.. expected], Outputs.Of(model, samples)[0]);
    }, iter: 60);

    [Fact]
    public void Its_work_is_shared_by_threads()
    {
        Stage stage = Assert.Single(Pair.Prepare([new FloatSpec(new Shape(4, 1024, 1024, 1))]).CreateStages());
        Assert.Equal(3L * 2 * 1024 * 1024, stage.Work);
        Assert.Equal(3, stage.Shares(1, 3));
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
        Assert.Equal(
            "LayerArgumentInvalid",
            Assert.Throws<QuantException>(() => LayerClasses.Read("Conv3D", new LayerArguments("c", arguments))).Id);
        arguments["kernel_size"] = new List<object?> { 1025L, 1L, 1L };
        Assert.Equal(
            "LayerArgumentInvalid",
            Assert.Throws<QuantException>(() => LayerClasses.Read("Custom>PleiadesLayer", new LayerArguments("p", arguments))).Id);
        arguments["kernel_size"] = 2L;
        arguments["beta"] = -1.0;
        Assert.Equal(
            "LayerArgumentInvalid",
            Assert.Throws<QuantException>(() => LayerClasses.Read("Custom>PleiadesLayer", new LayerArguments("p", arguments))).Id);
    }

    [Fact]
    public void Time_is_the_first_axis() => Assert.Equal([41, 54, 65], LayerRun.Of(Pair, new Shape(4, 1, 1, 1), 1, 4, 5, 6));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Conv3D layer = new()
        {
            Name = "layer",
            Filters = 4,
            Groups = 2,
            Window = new VolumeWindow { KernelSize = (2, 3, 1), Strides = (1, 2, 1), Dilation = (2, 1, 1), Padding = Padding.Same },
            Kernel = Quantizing.Steps(0, 2, 3, 1, 1, 4),
            Bias = Quantizing.Steps(0, 4),
            Activation = "relu",
        };
        StoredLayer.AssertReadBack(layer, "layer/kernel:0 (2, 3, 1, 1, 4)", "layer/bias:0 (4,)");
        StoredLayer.AssertShapesChecked(layer);
        StoredLayer.Refuses("Conv3D", "groups", "a positive integer", ("filters", 1L), ("kernel_size", 1L), ("groups", 0L));
        Assert.Contains("single steps of time", layer.QuantizationObstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Pair, 4, 1, 1, 1);
        LayerRun.Refuses("LayerInputMismatch", "its kernel is for 1 channels", Pair, new FloatSpec(new Shape(4, 1, 1, 2)));
        LayerRun.Refuses("LayerInputMismatch", "(time, height, width, channels)", Pair, new FloatSpec(new Shape(4, 1, 1)));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Pair, new FloatSpec(new Shape(1, 1, 1, 1)));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "cannot be split into 2 groups",
            Pair with { Groups = 2, Filters = 3, Kernel = Quantizing.Steps(0, 2, 1, 1, 1, 3) },
            new FloatSpec(new Shape(4, 1, 1, 2)));
        LayerRun.Refuses(
            "LayerInputMismatch",
            "must be Valid or Same",
            Pair with { Window = Pair.Window with { Padding = Padding.SameUpper } },
            new FloatSpec(new Shape(4, 1, 1, 1)));
    }
}
