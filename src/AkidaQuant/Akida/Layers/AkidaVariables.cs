using System.Collections;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// The named arrays of an Akida layer, each of the type that convert.md 3.3 gives it: <c>weights</c> and
/// <c>bias</c> int8, shifts and scales uint8 or int8, <c>threshold</c> int32, <c>act_step</c> float32. Filled
/// while a layer is made, of copies of what is given; a layer holds them fixed, and gives copies.
/// </summary>
public sealed class AkidaVariables : IEnumerable<KeyValuePair<string, object>>
{
    private readonly OrderedDictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly bool _isFixed;

    /// <summary>Variables that can be set.</summary>
    public AkidaVariables()
    {
    }

    private AkidaVariables(AkidaVariables other, bool isFixed)
    {
        _isFixed = isFixed;
        foreach ((string name, object value) in other._values)
        {
            _values[name] = value;
        }
    }

    /// <summary>The names in the order in which they were set.</summary>
    public IEnumerable<string> Names => _values.Keys;

    /// <summary>
    /// A copy of the array of that name, an <see cref="NdArray{T}"/>; null when it was not set and has its neutral value.
    /// </summary>
    public object? this[string name] => _values.TryGetValue(name, out object? value) ? Copy(name, value) : null;

    /// <summary>None, of a layer that has not got any.</summary>
    internal static AkidaVariables None { get; } = new([], isFixed: true);

    /// <summary>The names and the arrays themselves, which nobody may change.</summary>
    internal IEnumerable<KeyValuePair<string, object>> Held => _values;

    /// <summary>Sets a copy of an array.</summary>
    /// <exception cref="QuantException">
    /// <c>AkidaVariableType</c>: no variable has elements of that type. <c>AkidaVariablesFixed</c>: a layer has these already.
    /// </exception>
    public void Add<T>(string name, NdArray<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Set(name, value);
    }

    /// <summary>Whether a value was set.</summary>
    public bool Contains(string name) => _values.ContainsKey(name);

    /// <summary>A copy that more arrays can be set in.</summary>
    public AkidaVariables Clone() => new(this, isFixed: false);

    /// <summary>The names, a comma and a space between.</summary>
    public override string ToString() => string.Join(", ", _values.Keys);

    /// <summary>The names with copies of their arrays.</summary>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() =>
        _values.Keys.Select(name => KeyValuePair.Create(name, this[name]!)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Sets a copy of an array of any of the types that variables have.</summary>
    internal void Set(string name, object array) => _values[name] = _isFixed
        ? throw new QuantException(
            "AkidaVariablesFixed",
            QuantErrorKind.NotSupported,
            $"The variable '{name}' cannot be set: those of a layer never change. Set-AkidaVariable gives a model with another value.",
            name)
        : Copy(name, array);

    /// <summary>The array itself of that name and type, which nobody may change; null when there is none.</summary>
    internal NdArray<T>? Find<T>(string name) => _values.GetValueOrDefault(name) as NdArray<T>;

    /// <summary>The integers of that name, widened, whatever their type; null when there are none. Nobody may change them.</summary>
    internal NdArray<int>? Integers(string name) => _values.GetValueOrDefault(name) switch
    {
        NdArray<sbyte> values => values.Map(value => (int)value),
        NdArray<byte> values => values.Map(value => (int)value),
        NdArray<short> values => values.Map(value => (int)value),
        NdArray<ushort> values => values.Map(value => (int)value),
        NdArray<int> values => values,
        _ => null,
    };

    /// <summary>The same variables, which nobody can add to.</summary>
    internal AkidaVariables Fixed() => _isFixed ? this : new AkidaVariables(this, isFixed: true);

    private static object Copy(string name, object array) => array switch
    {
        NdArray<sbyte> values => Copy(values),
        NdArray<byte> values => Copy(values),
        NdArray<short> values => Copy(values),
        NdArray<ushort> values => Copy(values),
        NdArray<int> values => Copy(values),
        NdArray<float> values => Copy(values),
        _ => throw new QuantException(
            "AkidaVariableType",
            QuantErrorKind.InvalidArgument,
            $"The variable '{name}' cannot hold {array}: variables are int8, uint8, int16, uint16, int32 or float32 arrays.",
            name),
    };

    private static NdArray<T> Copy<T>(NdArray<T> array)
    {
        Shape shape = new(array.Shape.ToArray());
        return array.Diagonal is { } diagonal
            ? new NdArray<T>(shape, []) { Diagonal = [.. diagonal] }
            : new NdArray<T>(shape, [.. array.Values]);
    }
}
