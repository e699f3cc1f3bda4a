using AkidaQuant.Execution;
using AkidaQuant.Numerics.Quantizers;

namespace AkidaQuant.Layers;

/// <summary>What layers do with quantized weights.</summary>
internal static class RecordedWeights
{
    /// <summary>The weights as a recorder keeps them.</summary>
    public static RecordedTensor ToRecorded(this QuantizedWeights weights) =>
        new(weights.Values.MapDeferred(value => (long)value), weights.ValueBits, weights.FracBits, weights.Scales);

    /// <summary>The scales of a product with these weights; null when the weights are FixedPoint (numerics.md 4.3).</summary>
    /// <exception cref="QuantException">FixedPointWeightsOfScales: the input has scales, but the weights have none.</exception>
    public static ScalarOrVector<float>? MultiplyScales(this QuantizedWeights weights, ScalarOrVector<float>? input) =>
        (input, Scales(weights)) switch
        {
            (null, var own) => own,
            ({ } other, { } own) => other.Zip(own, (left, right) => left * right),
            _ => throw new QuantException(
                "FixedPointWeightsOfScales",
                QuantErrorKind.NotSupported,
                "its weights are quantized to fractional bits (fp_quantizer), but its input has scales, which such weights cannot carry. Leave fp_quantizer out of its weight_quantizer."),
        };

    /// <summary>The fractional bits of a product with these weights.</summary>
    public static ScalarOrVector<int> AddFracBits(this QuantizedWeights weights, ScalarOrVector<int> input) =>
        input.Zip(weights.FracBits, (left, right) => left + right);

    /// <summary>The scales of the weights as a scalar or vector of channels; the (c, 1) form of depthwise kernels is squeezed.</summary>
    public static ScalarOrVector<float>? Scales(this QuantizedWeights weights) => weights.Scales switch
    {
        null => null,
        { Shape.Rank: 0 } scalar => ScalarOrVector<float>.Scalar(scalar.Values[0]),
        { Shape.Rank: 2, Values.Length: 1 } squeezed => ScalarOrVector<float>.Scalar(squeezed.Values[0]),
        { } vector => ScalarOrVector<float>.Vector(vector.Values),
    };
}
