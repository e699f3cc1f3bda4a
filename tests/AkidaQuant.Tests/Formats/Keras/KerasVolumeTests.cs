using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Layers over images in time, and others that only float networks have, in files.</summary>
public sealed class KerasVolumeTests
{
    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Layers_are_written_and_read_back(string extension)
    {
        Graph graph = new(6, 5, 5, 2);
        graph.Add(new ZeroPadding3D { Name = "z", Steps = (3, 0), Rows = (0, 1), Columns = (1, 0) })
            .Add(Pleiades() with { Alpha = -0.25, Beta = 0.5, Bias = graph.Values(2) })
            .Add(new PReLU { Name = "own", Alpha = graph.Values(6, 6, 6, 2) })
            .Add(
                new Conv3D
                {
                    Name = "v",
                    Filters = 4,
                    Groups = 2,
                    Window = new VolumeWindow
                    {
                        KernelSize = (2, 3, 1),
                        Strides = (1, 2, 1),
                        Padding = Padding.Same,
                    },
                    Kernel = graph.Values(2, 3, 1, 1, 4),
                    UseBias = false,
                })
            .Add(
                new AveragePooling3D
                {
                    Name = "p",
                    Window = new VolumeWindow { KernelSize = (2, 1, 2), Strides = (6, 1, 2) },
                })
            .Add(
                new ActivityRegularization
                {
                    Name = "a",
                    L1 = 0.5,
                    L2 = 0.25,
                })
            .Add(new LeakyReLU { Name = "l", Alpha = 0.1f })
            .Add(new Reshape { Name = "images", TargetShape = new Shape(3, 3, 4) })
            .Add(
                new PReLU
                {
                    Name = "shared",
                    Alpha = graph.Values(1, 1, 4),
                    SharedAxes = [1, 2],
                })
            .Add(
                new AveragePooling2D
                {
                    Name = "q",
                    Window = new ConvolutionWindow
                    {
                        KernelSize = (2, 2),
                        Strides = (1, 1),
                        Padding = Padding.Same,
                    },
                })
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
