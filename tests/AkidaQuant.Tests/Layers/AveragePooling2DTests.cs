using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>The mean of what of a window lies in the image.</summary>
public sealed class AveragePooling2DTests
{
    private static readonly AveragePooling2D Plain = new()
    {
        Name = "layer",
        Window = new ConvolutionWindow { KernelSize = (2, 1), Strides = (1, 1) },
    };

    [Theory]
    [InlineData(Padding.Valid, new float[] { 2.5f })]
    [InlineData(Padding.Same, new float[] { 2.5f, 4.5f, 7.5f, 9f })]
    public void An_average_leaves_out_what_is_outside(Padding padding, float[] expected)
    {
        Model model = new Graph(3, 3, 1).Add(
            new AveragePooling2D
            {
                Name = "p",
                Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = padding },
            }).Build();
        Assert.Equal(expected, Outputs.Of(model, [1, 2, 4, 3, 4, 5, 7, 8, 9])[0]);
    }

    [Fact]
    public void Channels_have_their_own_means() =>
        Assert.Equal([2, 20, 4, 40], LayerRun.Of(Plain, new Shape(3, 1, 2), 1, 10, 3, 30, 5, 50));

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ConvolutionWindow window = new() { KernelSize = (3, 2), Strides = (1, 2), Padding = Padding.Same };
        Assert.Equal(window, StoredLayer.AssertReadBack(Plain with { Window = window }).Window);
        Assert.Equal((3, 3), StoredLayer.Read<AveragePooling2D>("AveragePooling2D", ("pool_size", 3L), ("strides", null)).Window.Strides);
        StoredLayer.Refuses("AveragePooling2D", "pool_size", "one or two positive integers", ("pool_size", -1L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(height, width, channels)", Plain, new FloatSpec(new Shape(3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Plain, new FloatSpec(new Shape(1, 3, 1)));
        AveragePooling2D outside = Plain with
        {
            Window = Plain.Window with { Padding = Padding.Explicit, Pads = new EdgePads(2, 0, 0, 0) },
        };
        LayerRun.Refuses("PoolOutsideImage", "Pad by less", outside, new FloatSpec(new Shape(3, 3, 1)));
    }
}
