using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>layers.md 11: a convolution over time whose kernel is a sum of polynomials.</summary>
public sealed class PleiadesLayerTests
{
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
    public void It_is_read_back_as_it_was_written()
    {
        PleiadesLayer layer = Pleiades() with
        {
            Alpha = -.25,
            Beta = .5,
            Window = new VolumeWindow { KernelSize = (4, 1, 1), Strides = (2, 1, 1), Padding = Padding.Same },
        };
        PleiadesLayer read = StoredLayer.AssertReadBack(layer, "c/bias:0 (2,)", "c/kernel:0 (2, 2, 1, 1, 2)");
        Assert.Equal((1, -.25, .5), (read.Degrees, read.Alpha, read.Beta));
        StoredLayer.AssertShapesChecked(layer);
        Assert.Contains("single steps of time", layer.QuantizationObstacle, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("degrees", 65L, "an integer from 0 to 64")]
    [InlineData("alpha", -1.0, "a number above -1")]
    [InlineData("beta", 1e6, "a number above -1")]
    [InlineData("groups", 0L, "a positive integer")]
    [InlineData("kernel_size", 1025L, "at most 1024 steps of time")]
    public void Arguments_without_meaning_are_refused(string key, object value, string expected)
    {
        Dictionary<string, object?> arguments = new() { ["filters"] = 1L, ["kernel_size"] = 2L, ["degrees"] = 1L, [key] = value };
        StoredLayer.Refuses("Custom>PleiadesLayer", key, expected, [.. arguments.Select(pair => (pair.Key, pair.Value))]);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Pleiades(), 6, 2, 2, 2);
        QuantException error = Assert.Throws<QuantException>(() => LayerRun.ShapeOver(Pleiades(), 6, 2, 2, 3));
        Assert.Equal(("LayerInputMismatch", "c"), (error.Id, error.Target));
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
