using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Tests.Layers;

/// <summary>Makes quantized layers of float ones, and the kernels of the chapters.</summary>
internal static class Quantizing
{
    /// <summary>Weights of 8 bits, accumulators of 32.</summary>
    public static QuantizationContext Context { get; } = new(8, 32);

    /// <summary>The quantized form of a layer.</summary>
    /// <param name="layer">The float form.</param>
    /// <param name="bits">Bits of the weights.</param>
    /// <param name="output">The bits of the output quantizer, below 0 for an unsigned one; none where there is no such quantizer.</param>
    /// <param name="ranges">The ranges of the output: one, or one a channel.</param>
    /// <param name="rates">Rates of rescaling, 1 unless given.</param>
    public static T Of<T>(Layer layer, int bits = 8, int? output = null, float[]? ranges = null, float[]? rates = null)
        where T : QuantizedLayer
    {
        QuantSettings? settings = output is not { } given ? null : new QuantSettings
        {
            ["output_quantizer"] = new QuantSettings
            {
                ["bitwidth"] = Math.Abs(given),
                ["signed"] = given > 0,
                ["axis"] = ranges is { Length: > 1 } ? "per-axis" : "per-tensor",
            },
        };
        T quantized = Assert.IsType<T>(layer.Quantize(settings, Context with { WeightBits = bits }));
        return ranges is null ? quantized : quantized with
        {
            OutputQuantizer = quantized.OutputQuantizer! with
            {
                RangeMax = Array(ranges),
                RescalingRate = Array(rates ?? [.. ranges.Select(_ => 1f)]),
            },
        };
    }

    /// <summary>The layer with other settings of one quantizer, or another value of one setting.</summary>
    public static T With<T>(T layer, string key, object value)
        where T : QuantizedLayer
    {
        QuantSettings settings = layer.Settings?.Clone() ?? [];
        settings[key] = value;
        return layer with { Settings = settings };
    }

    /// <summary>(0, 1, 2, … - <paramref name="minus"/>) / 10, as the chapters have their kernels.</summary>
    public static NdArray<float> Steps(int minus, params int[] dimensions)
    {
        Shape shape = new(dimensions);
        return new NdArray<float>(shape, [.. Enumerable.Range(0, shape.Size).Select(i => (float)((i - minus) / 10.0))]);
    }

    /// <summary>The array of a shape, its values in order.</summary>
    public static NdArray<float> Kernel(int[] dimensions, params float[] values) => new(new Shape(dimensions), values);

    private static NdArray<float> Array(float[] values) =>
        values.Length == 1 ? NdArray<float>.Scalar(values[0]) : NdArray<float>.Vector(values);
}
