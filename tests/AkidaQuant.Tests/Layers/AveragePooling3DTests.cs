using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>The mean over time, rows and columns.</summary>
public sealed class AveragePooling3DTests
{
    private static readonly AveragePooling3D Plain = new()
    {
        Name = "layer",
        Window = new VolumeWindow { KernelSize = (2, 1, 1), Strides = (2, 1, 1) },
    };

    [Fact]
    public void An_average_of_volumes_is_one_of_images_in_time()
    {
        Model model = new Graph(4, 2, 1, 2).Add(
            new AveragePooling3D { Name = "p", Window = new VolumeWindow { KernelSize = (2, 2, 1), Strides = (2, 2, 1) } }).Build();
        Assert.Equal(new Shape(2, 1, 1, 2), model.Plan.Output.Shape);
        Assert.Equal([3, 4, 11, 12], Outputs.Of(model, [.. Enumerable.Range(0, 16).Select(i => (float)i)])[0]);
    }

    [Fact]
    public void Steps_of_time_that_are_missing_do_not_count()
    {
        AveragePooling3D same = Plain with { Window = Plain.Window with { Padding = Padding.Same } };
        Assert.Equal([2, 5], LayerRun.Of(same, new Shape(3, 1, 1, 1), 1, 3, 5));
        Assert.Equal([2], LayerRun.Of(Plain, new Shape(3, 1, 1, 1), 1, 3, 5));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        VolumeWindow window = new() { KernelSize = (3, 2, 1), Strides = (1, 2, 3), Padding = Padding.Same };
        Assert.Equal(window, StoredLayer.AssertReadBack(Plain with { Window = window }).Window);
        Assert.Equal((3, 3, 3), StoredLayer.Read<AveragePooling3D>("AveragePooling3D", ("pool_size", 3L)).Window.Strides);
        StoredLayer.Refuses("AveragePooling3D", "pool_size", "one or three positive integers", ("pool_size", StoredLayer.List(2L, 2L)));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 3, 3, 1);
        LayerRun.Refuses("LayerInputMismatch", "(time, height, width, channels)", Plain, new FloatSpec(new Shape(3, 3, 1)));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Plain, new FloatSpec(new Shape(1, 3, 3, 1)));
    }
}
