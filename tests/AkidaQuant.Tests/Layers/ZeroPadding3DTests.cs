using System.Globalization;
using AkidaQuant.Layers;
using AkidaQuant.Tests.Transforms;

namespace AkidaQuant.Tests.Layers;

/// <summary>Zeros around images in time.</summary>
public sealed class ZeroPadding3DTests
{
    private static readonly ZeroPadding3D Plain = new() { Name = "layer", Steps = (1, 0), Rows = (0, 1), Columns = (2, 1) };

    [Fact]
    public void Zeros_go_around_volumes()
    {
        Model model = new Graph(1, 1, 2, 1).Add(new ZeroPadding3D { Name = "z", Steps = (1, 0), Rows = (0, 1), Columns = (2, 1) }).Build();
        Assert.Equal(new Shape(2, 2, 5, 1), model.Plan.Output.Shape);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0], Outputs.Of(model, [5, 6])[0]);
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
        ZeroPadding3D layer = ZeroPadding3D.Read(
            new LayerArguments(
                "z", new Dictionary<string, object?> { ["padding"] = axes.Length == 1 ? axes[0] : new List<object?>(axes) }));
        Assert.Equal(expected, $"{layer.Steps} {layer.Rows} {layer.Columns}");
    }

    [Fact]
    public void Zeros_go_around_every_sample()
    {
        LayerRun run = new(Plain with { Rows = (0, 0), Columns = (0, 1) }, 2, new FloatSpec(new Shape(1, 1, 1, 1)));
        Assert.Equal([0, 0, 5, 0, 0, 0, 6, 0], run.Floats([5, 6]));
    }

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        ZeroPadding3D read = StoredLayer.AssertReadBack(Plain);
        Assert.Equal(((1, 0), (0, 1), (2, 1)), (read.Steps, read.Rows, read.Columns));
        Assert.Equal((1, 1), StoredLayer.Read<ZeroPadding3D>("ZeroPadding3D").Steps);
        StoredLayer.Refuses("ZeroPadding3D", "padding", "numbers that are not negative", ("padding", StoredLayer.List(1L, 1L)));
        StoredLayer.Refuses("ZeroPadding3D", "padding", "numbers that are not negative", ("padding", 4097L));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 2, 2, 2, 1);
        LayerRun.Refuses("LayerInputMismatch", "(time, height, width, channels)", Plain, new FloatSpec(new Shape(2, 2, 1)));
    }
}
