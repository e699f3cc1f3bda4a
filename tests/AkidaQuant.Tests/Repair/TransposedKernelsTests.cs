using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Transposed convolutions that processors have not (convert.md 4.5).</summary>
public sealed class TransposedKernelsTests
{
    [Fact]
    public void Kernels_and_strides_that_multiply_the_size_convert() =>
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 6], Gen.OneOf(1, 2, 4), Gen.Bool, Gen.Int[3, 5])
            .Where(choice => choice.Item3 != 2 || choice.Item1 != choice.Item2 || choice.Item1 > 4)
            .Sample(
                (rows, columns, stride, isDepthwise, size) =>
                {
                    Model repaired = RepairCase.Check(Network(size, size + 1, isDepthwise && stride == 2, new ConvolutionWindow
                    {
                        KernelSize = (rows, columns),
                        Strides = (stride, stride),
                        Padding = Padding.Same,
                    }));
                    Assert.False(repaired.Repair!.Changes[0].IsOwnForm);
                },
                iter: 25,
                threads: 1);

    /// <summary>As upsamplings are written: as large as the stride, without padding.</summary>
    [Fact]
    public void A_small_kernel_goes_among_zeros()
    {
        Model repaired = RepairCase.Check(
            Network(4, 5, false, Graph.Window(2, 2)), ["AkidaTransposedKernel"], tolerance: 0);
        Assert.Equal((3, 3), ((Conv2DTranspose)repaired.NodeOf("up").Layer).Window.Forward.KernelSize);
        Assert.Equal("has its kernel among zeros of one of 3 rows and columns", Assert.Single(repaired.Repair!.Changes).Action);
    }

    [Fact]
    public void A_large_kernel_is_turned_behind_zeros()
    {
        Model repaired = RepairCase.Check(Network(4, 5, false, Graph.Window(5, 2, Padding.Same)), ["AkidaTransposedKernel"]);
        Assert.IsType<DepthwiseConv2DTranspose>(repaired.NodeOf("up_zeros").Layer);
        Assert.IsType<Conv2D>(repaired.NodeOf("up").Layer);
    }

    /// <summary>The stride of a kernel over one cell is whichever gives the output.</summary>
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public void A_single_cell_becomes_an_image(int kernel, int stride) =>
        RepairCase.Check(Network(1, 1, false, Graph.Window(kernel, stride)));

    [Fact]
    public void An_output_of_another_size_has_no_form()
    {
        RepairCase.CheckUntouched(Network(4, 5, false, Graph.Window(3, 1)));
        RepairCase.CheckUntouched(Network(4, 5, false, Graph.Window(5, 2)));
        RepairCase.CheckUntouched(Network(4, 5, false, Graph.Window(3, 3, Padding.Same)));
    }

    private static Model Network(int height, int width, bool isDepthwise, ConvolutionWindow window)
    {
        Graph graph = new Graph(height, width, 3).Conv("stem", 1, 3, 4).ReLU("relu_0");
        TransposedWindow transposed = new() { Forward = window };
        (int rows, int columns) = window.KernelSize;
        return graph.Add(isDepthwise
            ? new DepthwiseConv2DTranspose
            {
                Name = "up",
                Window = transposed,
                Kernel = graph.Values(rows, columns, 4, 1),
                Bias = graph.Values(4),
            }
            : new Conv2DTranspose
            {
                Name = "up",
                Filters = 5,
                Window = transposed,
                Kernel = graph.Values(rows, columns, 5, 4),
                Bias = graph.Values(5),
            }).ReLU("relu_1").Build();
    }
}
