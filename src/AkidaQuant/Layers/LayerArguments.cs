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
    /// <summary>The most rows or columns of a border.</summary>
    private const int MostSide = 1 << 16;

    private const string SaveAgain = "Save the model again with a supported version of Keras.";

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

    /// <summary>Who notes what a layer asks for; null for nobody.</summary>
    internal IArgumentObserver? Observer { get; init; }

    /// <summary>
    /// Makes the error for an argument, from its name, what was found and what it must be; null for that of files of Keras.
    /// </summary>
    internal Func<string, object?, string, QuantException>? Refusal { get; init; }

    /// <summary>Whether an argument of that name is given, null included.</summary>
    public bool Has(string key)
    {
        Observer?.Ask(key, LayerArgumentKind.Any);
        return _values.ContainsKey(key);
    }

    /// <summary>The argument as it stands, null when missing.</summary>
    public object? this[string key] => Ask(key, LayerArgumentKind.Any);

    /// <summary>An integer.</summary>
    public int Int(string key, int? defaultValue = null) => Ask(key, LayerArgumentKind.Integer) switch
    {
        long value when value is >= int.MinValue and <= int.MaxValue => (int)value,
        double value when value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue => (int)value,
        null when defaultValue is not null => defaultValue.Value,
        var other => throw Wrong(key, other, "an integer"),
    };

    /// <summary>A number, null when the argument is null or missing.</summary>
    public double? OptionalNumber(string key) => Ask(key, LayerArgumentKind.Number) switch
    {
        null => null,
        long value => value,
        double value => value,
        var other => throw Wrong(key, other, "a number"),
    };

    /// <summary>A number.</summary>
    public double Number(string key, double defaultValue) => OptionalNumber(key) ?? defaultValue;

    /// <summary>
    /// Refuses a value out of its range in a network that is written down, where it is a slip. Files keep what they were saved with.
    /// </summary>
    internal void RequireWritten(string key, bool holds, string expected)
    {
        if (!holds && Refusal is not null)
        {
            throw Wrong(key, _values.GetValueOrDefault(key), expected);
        }
    }

    /// <summary>A boolean; some files have 1 and 0.</summary>
    public bool Bool(string key, bool defaultValue) => Ask(key, LayerArgumentKind.Boolean) switch
    {
        bool value => value,
        1L or 1.0 => true,
        0L or 0.0 => false,
        null => defaultValue,
        var other => throw Wrong(key, other, "true or false"),
    };

    /// <summary>A text.</summary>
    public string Text(string key, string defaultValue) => Ask(key, LayerArgumentKind.Text) switch
    {
        string value => value,
        null => defaultValue,
        var other => throw Wrong(key, other, "a text"),
    };

    /// <summary>Two integers, given as a list of two or as one that serves both.</summary>
    public (int Height, int Width) Pair(string key, int? defaultValue = null)
    {
        switch (Ask(key, LayerArgumentKind.Integers))
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

    /// <summary>One integer of a layer of one dimension, given as it is or as a list of one.</summary>
    public int Single(string key, int? defaultValue = null) => Ask(key, LayerArgumentKind.Integers) switch
    {
        null when defaultValue is { } value => value,
        IReadOnlyList<object?> { Count: 1 } list when ToInt(list[0]) is { } value => value,
        var single when ToInt(single) is { } value => value,
        var other => throw Wrong(key, other, "an integer"),
    };

    /// <summary>
    /// Rows above and below and columns left and right, given as one number, one for rows and one for columns, or one a side.
    /// </summary>
    public ((int Before, int After) Rows, (int Before, int After) Columns) Borders(string key, int defaultValue)
    {
        if (Ask(key, LayerArgumentKind.Integers) is IReadOnlyList<object?> { Count: 2 } list
            && list[0] is IReadOnlyList<object?> rows && list[1] is IReadOnlyList<object?> columns)
        {
            return (Sides(key, rows), Sides(key, columns));
        }

        (int height, int width) = Pair(key, defaultValue);
        return (Sides(key, [(long)height, (long)height]), Sides(key, [(long)width, (long)width]));
    }

    /// <summary>What is before and behind, given as one number or as two.</summary>
    public (int Before, int After) Ends(string key, int defaultValue) => Ask(key, LayerArgumentKind.Integers) switch
    {
        null => (defaultValue, defaultValue),
        IReadOnlyList<object?> { Count: 1 } list => Sides(key, [list[0], list[0]]),
        IReadOnlyList<object?> list => Sides(key, list),
        var both => Sides(key, [both, both]),
    };

    /// <summary>Valid or Same padding.</summary>
    public Padding Padding(string key = "padding") =>
        OneOf(key, "valid", "valid", "same") == "same" ? Geometry.Padding.Same : Geometry.Padding.Valid;

    /// <summary>One of some texts.</summary>
    public string OneOf(string key, string defaultValue, params IReadOnlyList<string> choices) =>
        OneOf(key, defaultValue, choices, "Build the model with one of these, and save it again.");

    /// <summary>One of some texts.</summary>
    /// <param name="key">The argument.</param>
    /// <param name="defaultValue">Its value where it is missing.</param>
    /// <param name="choices">The texts.</param>
    /// <param name="advice">What to do where a file has another one, as a sentence.</param>
    internal string OneOf(string key, string defaultValue, IReadOnlyList<string> choices, string advice)
    {
        Observer?.Offer(key, choices);
        string text = Text(key, defaultValue);
        return choices.Contains(text) ? text : throw Wrong(
            key,
            text,
            choices.Count > 2 ? $"one of {string.Join(", ", choices)}" : string.Join(" or ", choices.Select(choice => $"'{choice}'")),
            advice,
            QuantErrorKind.NotSupported);
    }

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
    public QuantSettings? Settings(string key = "quant_config") => Ask(key, LayerArgumentKind.Settings) switch
    {
        null => null,
        System.Collections.IDictionary values => QuantSettings.From(values, Name),
        var other => throw Wrong(key, other, "a dictionary"),
    };

    /// <summary>Refuses the channels-first layout, which Akida does not have.</summary>
    public void RequireChannelsLast()
    {
        _ = OneOf("data_format", "channels_last", "channels_last");
    }

    /// <summary>A list of integers where null stands for <see cref="Shape.Unknown"/>, or one as a list of one; null when missing.</summary>
    public int[]? Dimensions(string key) =>
        Ask(key, LayerArgumentKind.Integers) switch
        {
            null => null,
            IReadOnlyList<object?> list =>
            [
                .. list.Select(item => item is null ? Shape.Unknown : ToInt(item) ?? throw Wrong(key, list, "a list of integers")),
            ],
            var single when ToInt(single) is { } dimension => [dimension],
            var other => throw Wrong(key, other, "a list of integers"),
        };

    /// <summary>A list of numbers, or one number as a list of one; null when missing.</summary>
    public double[]? Numbers(string key) => Ask(key, LayerArgumentKind.Numbers) switch
    {
        null => null,
        IReadOnlyList<object?> list => [.. list.Select(item => ToNumber(item) ?? throw Wrong(key, list, "a list of numbers"))],
        var single when ToNumber(single) is { } number => [number],
        var other => throw Wrong(key, other, "a list of numbers"),
    };

    /// <summary>The error for an argument that is not what it must be.</summary>
    public QuantException Wrong(string key, object? found, string expected) => Wrong(key, found, expected, SaveAgain);

    private QuantException Wrong(
        string key, object? found, string expected, string advice, QuantErrorKind kind = QuantErrorKind.InvalidData)
    {
        Observer?.Refuse(key);
        return Refusal?.Invoke(key, found, expected) ?? new(
            "LayerArgumentInvalid",
            kind,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Layer '{Name}': the argument '{key}' must be {expected}, but it is {Describe(found)}. {advice}"),
            Name);
    }

    /// <summary>The layout of images, as layers write it.</summary>
    internal static KeyValuePair<string, object?> ChannelsLast { get; } = new("data_format", "channels_last");

    /// <summary>Two integers as files write them.</summary>
    internal static object ListOf((int Height, int Width) pair) => List([(long)pair.Height, (long)pair.Width]);

    /// <summary>One integer of a layer of one dimension as files write it.</summary>
    internal static object ListOfOne(int value) => List([(long)value]);

    /// <summary>Dimensions as files write them, null for those that are not known.</summary>
    internal static object ListOf(Shape shape) =>
        List(Array.ConvertAll(shape.ToArray(), dimension => dimension == Shape.Unknown ? null : (object?)(long)dimension));

    /// <summary>Float32 values as files write them: widened to double.</summary>
    internal static object? ListOf(float[] values) => List(Array.ConvertAll(values, value => (object?)(double)value));

    /// <summary>A single number as it is, several as a list.</summary>
    internal static object NumberOrList(double[] values) =>
        values.Length == 1 ? values[0] : List(Array.ConvertAll(values, value => (object?)value));

    /// <summary>A list as files write it.</summary>
    internal static ValueList<object?> List(object?[] values) => values;

    /// <summary>The double of fewest digits that is this float32 value.</summary>
    internal static double Shortest(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private (int Before, int After) Sides(string key, IReadOnlyList<object?> sides) =>
        sides.Count == 2 && ToInt(sides[0]) is { } before and >= 0 and <= MostSide && ToInt(sides[1]) is { } after and >= 0 and <= MostSide
            ? (before, after)
            : throw Wrong(key, _values.GetValueOrDefault(key), "numbers that are not negative");

    private object? Ask(string key, LayerArgumentKind kind)
    {
        Observer?.Ask(key, kind);
        return _values.GetValueOrDefault(key);
    }

    /// <summary>What was found, for errors.</summary>
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
