using System.Collections;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The named arrays of an Akida layer, each of the type that convert.md 3.3 gives it: <c>weights</c> and
/// <c>bias</c> int8, shifts and scales uint8 or int8, <c>threshold</c> int32, <c>act_step</c> float32. Filled
/// while a layer is made, read-only once shared.
/// </summary>
public sealed class AkidaVariables : IEnumerable<KeyValuePair<string, object>>
{
    private readonly OrderedDictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>The names in the order in which they were set.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>
    /// A copy of the array of that name, an <see cref="NdArray{T}"/>; null when it was not set and has its neutral value.
    /// </summary>
    public object? this[string name] => _values.GetValueOrDefault(name) switch
    {
        NdArray<sbyte> values => Copy(values),
        NdArray<byte> values => Copy(values),
        NdArray<short> values => Copy(values),
        NdArray<ushort> values => Copy(values),
        NdArray<int> values => Copy(values),
        NdArray<float> values => Copy(values),
        var other => other,
    };

    /// <summary>Sets an array.</summary>
    public void Add<T>(string name, NdArray<T> value) => _values[name] = value;

    /// <summary>The array of that name and type; null when there is none.</summary>
    public NdArray<T>? Find<T>(string name) => _values.GetValueOrDefault(name) as NdArray<T>;

    /// <summary>The array of that name itself, which is not to be changed.</summary>
    internal object Shared(string name) => _values[name];

    /// <summary>The integers of that name, widened, whatever their type; null when there are none.</summary>
    public NdArray<int>? Integers(string name) => _values.GetValueOrDefault(name) switch
    {
        NdArray<sbyte> values => values.Map(value => (int)value),
        NdArray<byte> values => values.Map(value => (int)value),
        NdArray<short> values => values.Map(value => (int)value),
        NdArray<ushort> values => values.Map(value => (int)value),
        NdArray<int> values => values,
        _ => null,
    };

    /// <summary>A copy that more arrays can be set in.</summary>
    public AkidaVariables Clone()
    {
        AkidaVariables copy = [];
        foreach ((string name, object value) in _values)
        {
            copy._values[name] = value;
        }

        return copy;
    }

    /// <summary>The names, a comma and a space between.</summary>
    public override string ToString() => string.Join(", ", _values.Keys);

    /// <summary>The names with copies of their arrays.</summary>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() =>
        _values.Keys.Select(name => KeyValuePair.Create(name, this[name]!)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static NdArray<T> Copy<T>(NdArray<T> array) => new(array.Shape, [.. array.Values]);
}
