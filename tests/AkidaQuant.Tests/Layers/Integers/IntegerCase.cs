using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;
using AkidaQuant.Tests.Reference;

namespace AkidaQuant.Tests.Layers.Integers;

/// <summary>Weights, samples and expectations for layers that hold the integers of a file.</summary>
internal static class IntegerCase
{
    /// <summary>The step of all layers here.</summary>
    public static ScalarOrVector<float> Step { get; } = ScalarOrVector<float>.Scalar(.5f);

    /// <summary>Integers from 0 to 255.</summary>
    public static QuantizedSpec Pixels(params int[] shape) =>
        new(new Shape(shape), 8, ScalarOrVector<int>.Scalar(0), null, new ValueRange(0, 255));

    public static NdArray<sbyte> Weights(int[] shape, params int[] values) =>
        new(new Shape(shape), Array.ConvertAll(values, value => checked((sbyte)value)));

    /// <summary>Random weights, the extreme ones often among them.</summary>
    public static NdArray<sbyte> Random(int seed, params int[] shape)
    {
        Shape dimensions = new(shape);
        return Weights(shape, [.. Samples(seed, dimensions.Size, sbyte.MinValue, sbyte.MaxValue).Select(value => (int)value)]);
    }

    /// <summary>Random integers of a range, its ends often among them.</summary>
    public static long[] Samples(int seed, int count, long least, long most)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(6) switch
        {
            0 => least,
            1 => most,
            _ => random.NextInt64(least, most + 1),
        })];
    }

    /// <summary>One sample as the oracle takes it, in more bits than any sum needs.</summary>
    public static FixedPoint Sample(int[] shape, long[] values) => new(new NdArray<long>(new Shape([1, .. shape]), values), 50, 0);

    /// <summary>A kernel as the oracle takes it.</summary>
    public static FixedPoint Kernel(NdArray<sbyte> weights) => new(weights.Map(weight => (long)weight), 50, 0);

    /// <summary>The window as the oracle takes it.</summary>
    public static ConvolutionSteps Steps(ConvolutionWindow window) => new(
        window.Strides.Height, window.Strides.Width, window.Dilation.Height, window.Dilation.Width, window.Padding, window.Pads);

    /// <summary>A product rounded half up after a shift to the right, within the range of a byte.</summary>
    public static long Rescaled(long value, int factor, int right) =>
        (long)Math.Clamp(Math.Floor(Math.ScaleB((double)value * factor, -right) + .5), -128, 127);

    /// <summary>What all these layers refuse: floats, integers of more than a byte, and to become float.</summary>
    public static void AssertRefusals(IntegerLayer layer, params int[] shape)
    {
        LayerRun.RefusesFloats(layer, shape);
        LayerRun.Refuses(
            "LayerInputMismatch",
            "Quantize the network again.",
            layer,
            [.. Enumerable.Repeat(LayerRun.Integers(shape, 9, 0), layer.InputCount)]);
        QuantException error = Assert.Throws<QuantException>(layer.ToFloat);
        Assert.Equal(("FloatSourceMissing", (object)layer.Name), (error.Id, error.Target!));
        Assert.Contains($"Layer '{layer.Name}' ({layer.ClassName})", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The layer gives the sums that the oracle gives, and their step.</summary>
    public static void AssertSums(IntegerLayer layer, QuantizedSpec input, long[] sample, FixedPoint expected)
    {
        LayerRun run = new(layer, 1, input);
        Assert.Equal(expected.Values.Values, run.Run(sample));
        Assert.Equal(expected.Shape, run.Shape.Prepend(1));
        Assert.Equal((31, Step), (run.Output.ValueBits, run.Output.Scales!.Value));
    }
}
