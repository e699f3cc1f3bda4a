using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>Kernels that processors have not (convert.md 3.4, 4.2 to 4.4).</summary>
public sealed class FitKernelsTests
{
    /// <summary>As integers the network would be refused; as it is, the host computes it from the zeros on.</summary>
    [Fact]
    public void Zeros_that_no_kernel_can_pad_with_stay_with_the_host()
    {
        Model model = new Graph(8, 8, 3)
            .Conv("a", 3, 3, 4, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("relu")
            .Add(new ZeroPadding2D { Name = "zeros", Rows = (1, 1), Columns = (1, 1) })
            .Conv("b", 3, 4, 5, with: own => own with { Window = Graph.Window(3, padding: Padding.Same) }).ReLU("relu_1")
            .Build();
        SampleSet samples = RepairCase.Samples(model);
        RepairCase.CheckUntouched(model, new() { Samples = samples });
        RepairCase.AssertSameIntegers(model, samples, AkidaVersion.V2, null);
    }

    private static readonly Gen<int> Sizes = Gen.Int[1, 7];

    /// <summary>All that the padding "same" allows, and what "valid" allows with a square window.</summary>
    [Fact]
    public void Kernels_of_any_rows_columns_and_dilation_convert() =>
        Gen.Select(Sizes, Sizes, Gen.Int[1, 2], Gen.Int[1, 2], Gen.Int[0, 2], Gen.Int[8, 11])
            .Where(choice => choice.Item1 != choice.Item2 && (choice.Item3 == 1 || choice.Item4 == 1))
            .Sample(
                (rows, columns, stride, dilation, kind, size) =>
                {
                    ConvolutionWindow window = new()
                    {
                        KernelSize = (rows, columns),
                        Strides = (stride, stride),
                        Dilation = (dilation, dilation),
                        Padding = Padding.Same,
                    };
                    Model repaired = RepairCase.Check(Network(size, size + 1, kind, window));
                    ConvolutionWindow fitted = SpatialKernel.Window(repaired.NodeOf("odd").Layer)!;
                    Assert.Equal(fitted.KernelSize.Height, fitted.KernelSize.Width);
                    Assert.Equal((1, 1), fitted.Dilation);
                },
                iter: 30,
                threads: 1);

    [Theory]
    [InlineData(1, 3, 1, 3)]
    [InlineData(3, 1, 1, 3)]
    [InlineData(1, 5, 1, 5)]
    [InlineData(10, 4, 2, 11)]
    [InlineData(3, 5, 2, 5)]
    public void The_least_kernel_that_holds_it_is_taken(int rows, int columns, int stride, int size)
    {
        ConvolutionWindow window = new() { KernelSize = (rows, columns), Strides = (stride, stride), Padding = Padding.Same };
        Model repaired = RepairCase.Check(Network(13, 11, 0, window), ["AkidaKernelNotSquare"]);
        Assert.Equal((size, size), SpatialKernel.Window(repaired.NodeOf("odd").Layer)!.KernelSize);
        RepairChange change = Assert.Single(repaired.Repair!.Changes);
        Assert.Equal($"has its kernel among zeros of one of {size}x{size} and stride {stride} with padding 'same'", change.Action);
        Shape output = repaired.Plan["odd"].Prepared.Output.Shape;
        Assert.Equal(output[0] * output[1] * 4 * 4 * ((size * size) - (rows * columns)), change.AddedMacs);
    }

    /// <summary>Steps of 3 over 12 rows leave the last ones to no output of a kernel of 1 to 3 rows.</summary>
    [Fact]
    public void Without_padding_a_square_kernel_is_taken_where_it_gives_as_many_outputs()
    {
        ConvolutionWindow window = new() { KernelSize = (2, 3), Strides = (3, 3) };
        Model repaired = RepairCase.Check(Network(12, 12, 0, window), ["AkidaKernelNotSquare"]);
        ConvolutionWindow fitted = SpatialKernel.Window(repaired.NodeOf("odd").Layer)!;
        Assert.Equal(((3, 3), Padding.Valid), (fitted.KernelSize, fitted.Padding));
    }

    [Fact]
    public void A_dilated_kernel_without_padding_becomes_one_with_zeros_between()
    {
        ConvolutionWindow window = Graph.Window(2, dilation: 3);
        Model repaired = RepairCase.Check(Network(9, 8, 1, window), ["AkidaDilation"]);
        ConvolutionWindow fitted = SpatialKernel.Window(repaired.NodeOf("odd").Layer)!;
        Assert.Equal(((4, 4), Padding.Valid), (fitted.KernelSize, fitted.Padding));
    }

    [Theory]
    [InlineData(1, 12, 3, 2)]
    [InlineData(1, 9, 5, 3)]
    public void Strides_of_a_signal_are_those_of_its_one_axis(int height, int width, int kernel, int stride)
    {
        ConvolutionWindow window = new() { KernelSize = (1, kernel), Strides = (1, stride), Padding = Padding.Same };
        Model repaired = RepairCase.Check(Network(height, width, 0, window), ["AkidaKernelNotSquare"]);
        Assert.Equal((stride, stride), SpatialKernel.Window(repaired.NodeOf("odd").Layer)!.Strides);
    }

    [Theory]
    [InlineData(5, 2, 2, 2)]
    [InlineData(3, 1, 0, 1)]
    [InlineData(3, 2, 2, 0)]
    public void Pads_that_processors_have_not_go_into_the_kernel(int kernel, int stride, int before, int after)
    {
        ConvolutionWindow window = new()
        {
            KernelSize = (kernel, kernel),
            Strides = (stride, stride),
            Padding = Padding.Explicit,
            Pads = new EdgePads(before, before, after, after),
        };
        Model model = Network(8, 8, 0, window);
        Shape output = model.Plan["odd"].Prepared.Output.Shape;
        if (output[0] == (8 + stride - 1) / stride)
        {
            RepairCase.Check(model);
        }
        else
        {
            RepairCase.CheckUntouched(model);
        }
    }

    /// <summary>No processor has an axis that shrinks while the other stays.</summary>
    [Fact]
    public void What_has_no_exact_form_stays()
    {
        RepairCase.CheckUntouched(Network(9, 9, 0, new ConvolutionWindow { KernelSize = (1, 3) }, ends: false));
        ConvolutionWindow window = new() { KernelSize = (3, 3), Strides = (1, 2), Padding = Padding.Same };
        RepairCase.CheckUntouched(Network(9, 9, 0, window));
    }

    /// <summary>A network with an odd layer in the middle: a convolution, a depthwise or a separable one.</summary>
    private static Model Network(int height, int width, int kind, ConvolutionWindow window, bool ends = true)
    {
        Graph graph = new Graph(height, width, 3)
            .Conv("stem", 3, 3, 4, with: stem => stem with { Window = Graph.Window(1) }).ReLU("relu_0");
        graph = kind switch
        {
            0 => graph.Conv("odd", 1, 4, 4, with: odd => odd with { Window = window }),
            1 => graph.Depthwise("odd", 1, 4, with: odd => odd with { Window = window }),
            _ => graph.Depthwise("odd", 1, 4, with: odd => odd with { Window = window, UseBias = false }).Conv("point", 1, 4, 3),
        };
        graph.ReLU("relu_1");
        ConvolutionWindow same = Graph.Window(3, padding: Padding.Same);
        return ends ? graph.Build() : graph.Conv("last", 3, 4, 2, with: last => last with { Window = same }).Build();
    }
}
