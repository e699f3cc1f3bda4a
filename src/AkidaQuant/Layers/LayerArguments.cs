using System.Globalization;
using AkidaQuant.Geometry;

namespace AkidaQuant.Layers;

/// <summary>
/// The arguments of a layer by name, as a file gives them: numbers as long or double, text, booleans, null,
/// lists (<see cref="IReadOnlyList{T}"/> of object) and nested dictionaries. Missing names take the default
/// that the caller states.
/// </summary>
public sealed class LayerArguments
{
    private readonly IReadOnlyDictionary<string, object?> _values;

    /// <summary>The arguments of the layer called <paramref name="name"/>.</summary>
    public LayerArguments(string name, IReadOnlyDictionary<string, object?> values)
    {
        Name = name;
        _values = values;
    }

    /// <summary>The name of the layer.</summary>
    public string Name { get; }

    /// <summary>All arguments, in the order of the file.</summary>
    public IReadOnlyDictionary<string, object?> Values => _values;

    /// <summary>Whether an argument of that name is given, null included.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The argument as it stands, null when missing.</summary>
    public object? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>An integer.</summary>
    public int Int(string key, int? defaultValue = null) => _values.GetValueOrDefault(key) switch
    {
        long value when value is >= int.MinValue and <= int.MaxValue => (int)value,
        double value when value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue => (int)value,
        null when defaultValue is not null => defaultValue.Value,
        var other => throw Wrong(key, other, "an integer"),
    };

    /// <summary>A number, null when the argument is null or missing.</summary>
    public double? OptionalNumber(string key) => _values.GetValueOrDefault(key) switch
    {
        null => null,
        long value => value,
        double value => value,
        var other => throw Wrong(key, other, "a number"),
    };

    /// <summary>A number.</summary>
    public double Number(string key, double defaultValue) => OptionalNumber(key) ?? defaultValue;

    /// <summary>A boolean.</summary>
    public bool Bool(string key, bool defaultValue) => _values.GetValueOrDefault(key) switch
    {
        bool value => value,
        null => defaultValue,
        var other => throw Wrong(key, other, "true or false"),
    };

    /// <summary>A text.</summary>
    public string Text(string key, string defaultValue) => _values.GetValueOrDefault(key) switch
    {
        string value => value,
        null => defaultValue,
        var other => throw Wrong(key, other, "a text"),
    };

    /// <summary>Two integers, given as a list of two or as one that serves both.</summary>
    public (int Height, int Width) Pair(string key, int? defaultValue = null)
    {
        switch (_values.GetValueOrDefault(key))
        {
            case IReadOnlyList<object?> { Count: 2 } list when ToInt(list[0]) is { } height && ToInt(list[1]) is { } width:
                return (height, width);
            case null when defaultValue is { } both:
                return (both, both);
            case var single when ToInt(single) is { } both:
                return (both, both);
            case var other:
                throw Wrong(key, other, "one or two integers");
        }
    }

    /// <summary>Valid or Same padding.</summary>
    public Padding Padding(string key = "padding") => Text(key, "valid") switch
    {
        "valid" => Geometry.Padding.Valid,
        "same" => Geometry.Padding.Same,
        var other => throw Wrong(key, other, "'valid' or 'same'"),
    };

    /// <summary>
    /// A padding as files write it. Those that Keras does not have are named too, to be shown: layers get another form before
    /// a file is written, and no file is read with them.
    /// </summary>
    internal static string NameOf(Padding padding) => padding switch
    {
        Geometry.Padding.Valid => "valid",
        Geometry.Padding.Same => "same",
        Geometry.Padding.SameUpper => "same_upper",
        _ => "explicit",
    };

    /// <summary>Nested settings; null when missing or empty.</summary>
    public QuantSettings? Settings(string key = "quant_config") => _values.GetValueOrDefault(key) switch
    {
        null => null,
        System.Collections.IDictionary values => QuantSettings.From(values, Name),
        var other => throw Wrong(key, other, "a dictionary"),
    };

    /// <summary>Refuses the channels-first layout, which Akida does not have.</summary>
    public void RequireChannelsLast()
    {
        if (Text("data_format", "channels_last") != "channels_last")
        {
            throw Wrong("data_format", this["data_format"], "'channels_last'");
        }
    }

    /// <summary>A list of integers where null stands for <see cref="Shape.Unknown"/>; null when missing.</summary>
    public int[]? Dimensions(string key) =>
        _values.GetValueOrDefault(key) switch
        {
            null => null,
            IReadOnlyList<object?> list =>
            [
                .. list.Select(item => item is null ? Shape.Unknown : ToInt(item) ?? throw Wrong(key, list, "a list of integers")),
            ],
            var other => throw Wrong(key, other, "a list of integers"),
        };

    /// <summary>A list of numbers, or one number as a list of one; null when missing.</summary>
    public double[]? Numbers(string key) => _values.GetValueOrDefault(key) switch
    {
        null => null,
        IReadOnlyList<object?> list => [.. list.Select(item => ToNumber(item) ?? throw Wrong(key, list, "a list of numbers"))],
        var single when ToNumber(single) is { } number => [number],
        var other => throw Wrong(key, other, "a list of numbers"),
    };

    /// <summary>The error for an argument that is not what it must be.</summary>
    public QuantException Wrong(string key, object? found, string expected) =>
        new(
            "LayerArgumentInvalid",
            QuantErrorKind.InvalidData,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Layer '{Name}': the argument '{key}' must be {expected}, but it is {Describe(found)}. Save the model again with a supported version of Keras."),
            Name);

    /// <summary>The layout of images, as layers write it.</summary>
    internal static KeyValuePair<string, object?> ChannelsLast { get; } = new("data_format", "channels_last");

    /// <summary>Two integers as files write them.</summary>
    internal static object ListOf((int Height, int Width) pair) => new object?[] { (long)pair.Height, (long)pair.Width };

    /// <summary>Dimensions as files write them, null for those that are not known.</summary>
    internal static object ListOf(Shape shape) =>
        Array.ConvertAll(shape.ToArray(), dimension => dimension == Shape.Unknown ? null : (object?)(long)dimension);

    /// <summary>Float32 values as files write them: widened to double.</summary>
    internal static object? ListOf(float[] values) => Array.ConvertAll(values, value => (object?)(double)value);

    /// <summary>A single number as it is, several as a list.</summary>
    internal static object NumberOrList(double[] values) =>
        values.Length == 1 ? values[0] : Array.ConvertAll(values, value => (object?)value);

    /// <summary>The double of fewest digits that is this float32 value.</summary>
    internal static double Shortest(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    internal static string Describe(object? value) => value switch
    {
        null => "missing",
        string text => $"'{text}'",
        IReadOnlyList<object?> list => string.Create(
            CultureInfo.InvariantCulture,
            $"[{string.Join(", ", list.Select(item => item is IReadOnlyList<object?> ? Describe(item) : item))}]"),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "?",
    };

    private static int? ToInt(object? value) => value switch
    {
        long number when number is >= int.MinValue and <= int.MaxValue => (int)number,
        double number when number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue => (int)number,
        _ => null,
    };

    private static double? ToNumber(object? value) => value switch
    {
        long number => number,
        double number => number,
        _ => null,
    };
}
