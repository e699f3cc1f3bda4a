using AkidaQuant.Layers;
using CsCheck;

namespace AkidaQuant.Tests.Layers;

/// <summary>A convolution along time.</summary>
public sealed class Conv1DTests
{
    private static readonly Conv1D Plain = Filled(Read(("filters", 1L), ("kernel_size", 2L)), [1, 10, 100, 1000], [.5f]);

    private static readonly Gen<(int, int, int, int, bool, uint)> Sizes = Gen.Select(
        Gen.Int[1, 12], Gen.Int[1, 4], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Bool, Gen.UInt);

    [Fact]
    public void A_kernel_moves_along_time()
    {
        Assert.Equal(new Shape(2, 1), LayerRun.ShapeOver(Plain, 3, 2));
        Assert.Equal([4321.5f, 6543.5f], LayerRun.Of(Plain, new Shape(3, 2), 1, 2, 3, 4, 5, 6));
    }

    [Theory]
    [InlineData("causal", new[] { 2100.5f, 4321.5f, 6543.5f })]
    [InlineData("same", new[] { 4321.5f, 6543.5f, 65.5f })]
    public void Causal_padding_lies_in_front(string padding, float[] expected) => Assert.Equal(
        expected,
        LayerRun.Of(
            Filled(Read(("filters", 1L), ("kernel_size", 2L), ("padding", padding)), [1, 10, 100, 1000], [.5f]),
            new Shape(3, 2),
            1, 2, 3, 4, 5, 6));

    [Fact]
    public void Values_are_those_of_the_sum_of_products() => Sizes.Sample((steps, size, stride, dilation, causal, seed) =>
    {
        int extent = ((size - 1) * dilation) + 1;
        if (!causal && steps < extent)
        {
            return;
        }

        Random random = new((int)seed);
        float[] kernel = [.. Enumerable.Range(0, size * 2 * 3).Select(_ => (float)random.Next(-3, 4))];
        float[] input = [.. Enumerable.Range(0, steps * 2).Select(_ => (float)random.Next(-3, 4))];
        Conv1D layer = Filled(
            Read(
                ("filters", 3L),
                ("kernel_size", StoredLayer.List((long)size)),
                ("strides", StoredLayer.List((long)stride)),
                ("dilation_rate", (long)dilation),
                ("padding", causal ? "causal" : "valid")),
            kernel,
            [1, 2, 3]);
        int before = causal ? extent - 1 : 0;
        List<float> expected = [];
        for (int first = -before; first + extent <= steps; first += stride)
        {
            for (int filter = 0; filter < 3; filter++)
            {
                float sum = filter + 1;
                for (int tap = 0; tap < size * 2; tap++)
                {
                    int step = first + (tap / 2 * dilation);
                    sum += step < 0 ? 0 : input[(step * 2) + (tap % 2)] * kernel[(tap * 3) + filter];
                }

                expected.Add(sum);
            }
        }

        Assert.Equal(expected, LayerRun.Of(layer, new Shape(steps, 2), input));
    });

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Conv1D layer = Read(
            ("filters", 4L), ("kernel_size", 3L), ("strides", 2L), ("padding", "causal"), ("groups", 2L), ("activation", "relu"));
        layer = Filled(layer, new float[3 * 2 * 4], new float[4]) with { Name = "other" };
        Conv1D read = StoredLayer.AssertReadBack(layer, "other/kernel:0 (3, 2, 4)", "other/bias:0 (4,)");
        Assert.Equal(layer.Arguments.Select(pair => pair.Key), read.Arguments.Select(pair => pair.Key));
        Assert.Equal("causal", read.Arguments.Single(pair => pair.Key == "padding").Value);
        StoredLayer.AssertShapesChecked(layer);
        StoredLayer.AssertReadBack(
            Filled(Read(("filters", 1L), ("kernel_size", 2L), ("use_bias", false)), [1, 2]), "layer/kernel:0 (2, 1, 1)");
        StoredLayer.Refuses("Conv1D", "kernel_size", "a positive integer", ("filters", 1L), ("kernel_size", 0L));
        StoredLayer.Refuses("Conv1D", "padding", "one of valid, same, causal", ("filters", 1L), ("kernel_size", 1L), ("padding", "full"));
        Assert.Equal(
            [new Shape(2, 5, 1), new Shape(1)], Plain.WeightShapes([new Shape(9, 5)]).Select(weight => weight.Shape));
        Assert.Equal(["filters", "kernel_size"], LayerClasses.Signature("Conv1D")!.Arguments
            .Where(argument => argument.IsRequired).Select(argument => argument.Name));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        LayerRun.RefusesIntegers(Plain, 3, 2);
        LayerRun.Refuses("LayerInputMismatch", "(steps, channels)", Plain, new FloatSpec(new Shape(3, 2, 2)));
        LayerRun.Refuses("LayerInputMismatch", "kernel is for 2 channels", Plain, new FloatSpec(new Shape(3, 3)));
        LayerRun.Refuses("LayerInputMismatch", "spans 2 does not fit", Plain, new FloatSpec(new Shape(1, 2)));
    }

    private static Conv1D Read(params (string Key, object? Value)[] arguments) => StoredLayer.Read<Conv1D>("Conv1D", arguments);

    private static Conv1D Filled(Conv1D layer, float[] kernel, params float[][] bias)
    {
        var image = (Conv2D)layer.Image;
        Shape shape = new(image.Window.KernelSize.Width, kernel.Length / image.Window.KernelSize.Width / image.Filters, image.Filters);
        return (Conv1D)layer.WithVariables([new NdArray<float>(shape, kernel), .. bias.Select(NdArray<float>.Vector)]);
    }
}
