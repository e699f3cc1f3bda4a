using System.Collections;
using System.Globalization;

namespace AkidaQuant.Execution;

/// <summary>An integer tensor that quantization derived: weights, an aligned bias, quantized scales.</summary>
/// <param name="Values">The integers.</param>
/// <param name="ValueBits">Magnitude bits.</param>
/// <param name="FracBits">Fractional bits.</param>
/// <param name="Scales">The scales of a QFloat, in the shape that the quantizer gives them.</param>
public sealed record RecordedTensor(NdArray<long> Values, int ValueBits, ScalarOrVector<int> FracBits, NdArray<float>? Scales = null)
{
    /// <summary>The float32 values that were quantized, of the same shape; null when they are not known.</summary>
    public NdArray<float>? Source { get; init; }

    /// <summary>Whether the values were quantized to the scales of another tensor, as a bias is.</summary>
    public bool IsAligned { get; init; }

    /// <summary>The magnitude bits and the shape: <c>7 value bits (3, 3, 3, 16)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ValueBits} value bits {Values.Shape}");
}

/// <summary>
/// What a layer derived from its weights and ranges, by the names of the reference: <c>weight_quantizer/qweights</c>,
/// <c>bias_quantizer/shift</c>, <c>out_quantizer/qscales</c>, <c>input_shift</c> and so on (numerics.md 8,
/// convert.md 3.3). Values are <see cref="RecordedTensor"/> or <see cref="NdArray{T}"/> of int (shifts) or float.
/// </summary>
public sealed class RecordedVariables : IEnumerable<KeyValuePair<string, object>>
{
    private readonly OrderedDictionary<string, object> _values = [];

    /// <summary>Records an integer tensor.</summary>
    public void Add(string name, RecordedTensor value) => _values[name] = value;

    /// <summary>Records shifts or other plain integers.</summary>
    public void Add(string name, NdArray<int> value) => _values[name] = value;

    /// <summary>Records float32 values.</summary>
    public void Add(string name, NdArray<float> value) => _values[name] = value;

    /// <summary>Takes over all that another layer part recorded.</summary>
    public void Add(RecordedVariables other)
    {
        foreach ((string name, object value) in other)
        {
            _values[name] = value;
        }
    }

    /// <summary>The integer tensor of that name, null when nothing was recorded.</summary>
    public RecordedTensor? Tensor(string name) => _values.GetValueOrDefault(name) as RecordedTensor;

    /// <summary>The plain integers of that name, null when nothing was recorded.</summary>
    public NdArray<int>? Integers(string name) => _values.GetValueOrDefault(name) as NdArray<int>;

    /// <summary>The float32 values of that name, null when nothing was recorded.</summary>
    public NdArray<float>? Floats(string name) => _values.GetValueOrDefault(name) as NdArray<float>;

    /// <summary>The names, a comma and a space between.</summary>
    public override string ToString() => string.Join(", ", _values.Keys);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
