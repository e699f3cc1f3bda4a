using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Analysis;

/// <summary>The error of quantized weights: kernels, biases and other constants of layers (tools.md 2.4).</summary>
internal static class WeightError
{
    private const string Suffix = "/qweights";

    /// <summary>One row a quantizer; of a target layer, one a channel of each.</summary>
    /// <exception cref="QuantException"><c>WeightsMissing</c>, or as <see cref="MeasuredLayers.Of"/>.</exception>
    public static ValueList<QuantErrorRow> Measure(Model model, string? target)
    {
        List<QuantErrorRow> rows = [];
        foreach (Node node in MeasuredLayers.Of(model, target))
        {
            foreach ((string name, object value) in model.Plan[node.Name].Prepared.Recorded)
            {
                if (name.EndsWith(Suffix, StringComparison.Ordinal) && value is RecordedTensor { Source: { } source } tensor)
                {
                    Measure(rows, model.Name, node.Name, name[..^Suffix.Length], source, tensor, target is not null);
                }
            }
        }

        return rows.Count > 0 ? [.. rows] : throw new QuantException(
            "WeightsMissing",
            QuantErrorKind.InvalidArgument,
            target is null ? $"The model '{model.Name}' has no quantized weights." : $"Layer '{target}' has no quantized weights.",
            target ?? model.Name);
    }

    private static void Measure(
        List<QuantErrorRow> rows,
        string model,
        string layer,
        string quantizer,
        NdArray<float> source,
        RecordedTensor tensor,
        bool perChannel)
    {
        // Scales of a shape such as (channels, 1) go with the channels of depthwise kernels, which stand last too.
        ScalarOrVector<float>? scales = tensor.Scales is { } given ? ScalarOrVector<float>.Vector(given.Values) : null;
        float[] actual = QuantErrorMeter.Dequantize(tensor.Values.Values, tensor.FracBits, scales);
        float[] expected = source.Values;
        if (expected.Length == 1 && actual.Length > 1)
        {
            expected = new float[actual.Length];
            Array.Fill(expected, source.Values[0]);
        }

        // A constant has no channels.
        bool split = perChannel && source.Shape.Rank > 0;
        QuantErrorMeter meter = new(ValueRange.OfBits(tensor.ValueBits), split ? tensor.Values.Shape.Channels : null);
        meter.Update(expected, tensor.Values.Values, actual);
        rows.AddRange(QuantErrorAnalysis.Rows((model, QuantErrorMode.Weight), $"{layer}/{quantizer}", layer, quantizer, meter));
    }
}
