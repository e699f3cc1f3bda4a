using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Transforms;

namespace AkidaQuant.Tests.Transforms;

/// <summary>The worked examples of transforms.md, to the bit.</summary>
public sealed class RewriteExampleTests
{
    [Fact]
    public void Example_A_of_4_8_folds_an_offset()
    {
        Model model = new Graph(4, 4, 1).Rescale("scale", [0.5], [-1]).Add(new Conv2D
        {
            Name = "c",
            Filters = 2,
            Window = Graph.Window(2, padding: Padding.Same),
            Kernel = new NdArray<float>(new Shape(2, 2, 1, 2), [.1f, -.2f, .3f, .4f, -.5f, .6f, .7f, -.8f]),
            Bias = NdArray<float>.Vector([.05f, -.15f]),
        }).Build();
        Model rewritten = Outputs.Rewrite<AlignRescaling>(model);
        Rescaling rescaling = Assert.IsType<Rescaling>(rewritten["scale"].Layer);
        PaddedConv2D folded = Assert.IsType<PaddedConv2D>(rewritten["c"].Layer);
        Assert.Equal([0.5], rescaling.Scale);
        Assert.Equal([0.0], rescaling.Offset);
        Assert.Equal([1f], folded.PaddingValue!);
        Assert.Equal(Padding.Valid, folded.Window.Padding);
        Assert.Equal([-0.550000011920929f, -0.15000000596046448f], folded.Bias.Values);
        Assert.Equal([.1f, -.2f, .3f, .4f, -.5f, .6f, .7f, -.8f], folded.Kernel.Values);
    }

    [Fact]
    public void Example_B_of_4_8_folds_a_scale_and_an_offset_a_channel()
    {
        Model model = new Graph(4, 4, 3).Rescale("scale", [.5, .25, .1], [-1, .5, 0]).Add(new Conv2D
        {
            Name = "c",
            Filters = 2,
            Window = Graph.Window(1, padding: Padding.Same),
            Kernel = new NdArray<float>(new Shape(1, 1, 3, 2), [.1f, -.2f, .3f, .4f, -.5f, .6f]),
            Bias = NdArray<float>.Vector([.05f, -.15f]),
        }).Build();
        Model rewritten = Outputs.Rewrite<AlignRescaling>(model);
        Rescaling rescaling = Assert.IsType<Rescaling>(rewritten["scale"].Layer);
        PaddedConv2D folded = Assert.IsType<PaddedConv2D>(rewritten["c"].Layer);
        Assert.Equal([1.0], rescaling.Scale);
        Assert.Equal([0.0], rescaling.Offset);
        Assert.Equal(
            [
                0.05000000074505806f,
                -0.10000000149011612f,
                0.07500000298023224f,
                0.10000000149011612f,
                -0.05000000074505806f,
                0.06000000238418579f,
            ],
            folded.Kernel.Values);
        Assert.Equal([0.10000000894069672f, 0.25f], folded.Bias.Values);
        Assert.Equal([2f, -2f, 0f], folded.PaddingValue!);
    }

    [Theory]
    [InlineData(true, 0.32901304960250854f, 0.09794045239686966f)]
    [InlineData(false, 0.17098693549633026f, 0.19691067934036255f)]
    public void The_example_of_4_11_folds_batch_normalization(bool useBias, float first, float second)
    {
        Model model = new Graph(2, 2, 1)
            .Add(new Conv2D
            {
                Name = "c",
                Filters = 2,
                Window = Graph.Window(1),
                Kernel = new NdArray<float>(new Shape(1, 1, 1, 2), [.5f, -.3f]),
                UseBias = useBias,
                Bias = useBias ? NdArray<float>.Vector([.1f, .2f]) : new NdArray<float>(new Shape(0), []),
            })
            .Add(Normalization(0.001f)).Build();
        Conv2D folded = Assert.IsType<Conv2D>(Outputs.Rewrite<FoldBatchNormalization>(model)["c"].Layer);
        Assert.True(folded.UseBias);
        Assert.Equal([0.790130615234375f, 0.14845533668994904f], folded.Kernel.Values);
        Assert.Equal([first, second], folded.Bias.Values);
    }

    [Fact]
    public void The_example_of_4_11_folds_into_a_dense_layer()
    {
        Model model = new Graph(2)
            .Add(new Dense { Name = "d", Units = 2, UseBias = false, Kernel = new NdArray<float>(new Shape(2, 2), [.5f, -.3f, .2f, .1f]) })
            .Add(Normalization(1e-5f)).Build();
        Dense folded = Assert.IsType<Dense>(Outputs.Rewrite<FoldBatchNormalization>(model)["d"].Layer);
        Assert.Equal([0.790565013885498f, 0.14849205315113068f, 0.3162260055541992f, -0.049497347325086594f], folded.Kernel.Values);
        Assert.Equal([0.1709434986114502f, 0.19698411226272583f], folded.Bias.Values);
    }

    [Theory]
    [InlineData(1, 4, 5, new float[] { 0, 0, 0, 0, 1, 2, 0, 3, 4 })]
    [InlineData(2, 4, 5, new float[] { 0, 1, 2, 0, 3, 4, 0, 0, 0 })]
    [InlineData(2, 5, 4, new float[] { 0, 0, 0, 1, 2, 0, 3, 4, 0 })]
    public void The_examples_of_5_2_place_an_even_kernel(int stride, int height, int width, float[] expected)
    {
        Model model = new Graph(height, width, 1).Add(new Conv2D
        {
            Name = "c",
            Filters = 1,
            Window = Graph.Window(2, stride, Padding.Same),
            Kernel = new NdArray<float>(new Shape(2, 2, 1, 1), [1, 2, 3, 4]),
            UseBias = false,
        }).Build();
        Conv2D extended = Assert.IsType<Conv2D>(Outputs.Rewrite<ExtendEvenKernels>(model)["c"].Layer);
        Assert.Equal((3, 3), extended.Window.KernelSize);
        Assert.Equal(new Shape(3, 3, 1, 1), extended.Kernel.Shape);
        Assert.Equal(expected, extended.Kernel.Values);
    }

    [Fact]
    public void The_example_of_4_6_keeps_the_data_of_a_kernel()
    {
        float[] data = [0, 1, 2, 3, 4, 5, 6, 7];
        Model model = new Graph(3, 3, 2).Add(new Conv2D
        {
            Name = "c",
            Filters = 2,
            Groups = 2,
            Window = Graph.Window(2),
            Kernel = new NdArray<float>(new Shape(2, 2, 1, 2), data),
            UseBias = false,
        }).Build();
        DepthwiseConv2D depthwise = Assert.IsType<DepthwiseConv2D>(Outputs.Rewrite<ReplaceGroupedConvolutions>(model)["c"].Layer);
        Assert.Equal(new Shape(2, 2, 2, 1), depthwise.Kernel.Shape);
        Assert.Equal(data, depthwise.Kernel.Values);
        Assert.False(depthwise.UseBias);
    }

    private static BatchNormalization Normalization(float epsilon) => new()
    {
        Name = "bn",
        Epsilon = epsilon,
        Gamma = NdArray<float>.Vector([1.5f, -.7f]),
        Beta = NdArray<float>.Vector([.25f, -.1f]),
        MovingMean = NdArray<float>.Vector([.05f, .6f]),
        MovingVariance = NdArray<float>.Vector([.9f, 2f]),
    };
}
