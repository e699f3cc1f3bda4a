using System.Globalization;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Reads initializers: a name such as <c>he_normal</c> or <c>HeNormal</c>, a name with settings such as
/// <c>{ random_normal: { stddev: 0.1 } }</c>, or the form of Keras files.
/// </summary>
internal static class InitializerReader
{
    private const string ClassKey = "class_name";
    private const string ConfigKey = "config";

    private static readonly Dictionary<string, InitializerClass> ByName = InitializerClass.All
        .SelectMany(initializer => new[] { (initializer.Name, initializer), (KerasNames.ToSnakeCase(initializer.Name), initializer) })
        .ToDictionary(pair => pair.Item1, pair => pair.initializer, StringComparer.Ordinal);

    private static IEnumerable<string> Names => InitializerClass.All.Select(initializer => KerasNames.ToSnakeCase(initializer.Name));

    /// <summary>The initializer in the form of Keras files; one that a file of Keras gave in that form stays as it is.</summary>
    /// <param name="value">The initializer, in the form of <see cref="PlainTree"/>.</param>
    /// <param name="wrong">Makes the error, of a sentence without its subject.</param>
    public static object? Normalize(object? value, Func<string, QuantException> wrong)
    {
        if (value is null || IsOfKeras(value))
        {
            return value;
        }

        WeightInitializer initializer = Read(value, wrong);
        return Initializers.Make(initializer.Class.Name, initializer.Settings.Select(setting => (setting.Key, setting.Value)));
    }

    /// <summary>The initializer.</summary>
    /// <param name="value">The initializer, in the form of <see cref="PlainTree"/>.</param>
    /// <param name="wrong">Makes the error, of a sentence without its subject.</param>
    public static WeightInitializer Read(object value, Func<string, QuantException> wrong)
    {
        (string name, object? settings) = value switch
        {
            string text => (text, null),
            OrderedDictionary<string, object?> map when IsOfKeras(map) =>
                (map[ClassKey] as string ?? string.Empty, map.GetValueOrDefault(ConfigKey)),
            OrderedDictionary<string, object?> { Count: 1 } map => (map.GetAt(0).Key, map.GetAt(0).Value),
            _ => throw wrong($"must be an initializer such as he_normal, but it is {DescriptionSource.Describe(value)}."),
        };
        if (!ByName.TryGetValue(name, out InitializerClass? initializer))
        {
            throw wrong(
                $"is '{DescriptionSource.Shorten(name)}', which is no initializer.{DescriptionSource.Advice(name, Names, "They are")}");
        }

        return settings is null or OrderedDictionary<string, object?>
            ? Read(initializer, settings as OrderedDictionary<string, object?> ?? [], wrong)
            : throw wrong($"has settings of '{name}' that must be a dictionary, but they are {DescriptionSource.Describe(settings)}.");
    }

    private static bool IsOfKeras(object value) => value is OrderedDictionary<string, object?> map && map.ContainsKey(ClassKey);

    private static WeightInitializer Read(
        InitializerClass initializer, OrderedDictionary<string, object?> given, Func<string, QuantException> wrong)
    {
        string name = KerasNames.ToSnakeCase(initializer.Name);
        string[] known = [.. initializer.Settings.Select(setting => setting.Key)];
        if (given.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            string advice = known.Length == 0 ? " It has none." : DescriptionSource.Advice(unknown, known, "It has");
            throw wrong($"gives {name} the setting '{DescriptionSource.Shorten(unknown)}', which it does not have.{advice}");
        }

        OrderedDictionary<string, object?> settings = [];
        foreach ((string key, object? defaultValue, string expected, Func<object?, bool> accepts) in initializer.Settings)
        {
            object? value = given.TryGetValue(key, out object? own) ? own : defaultValue;
            settings[key] = accepts(value)
                ? value
                : throw wrong(string.Create(
                    CultureInfo.InvariantCulture,
                    $"gives {name} a '{key}' that must be {expected}, but it is {DescriptionSource.Describe(value)}."));
        }

        return new WeightInitializer(initializer, settings);
    }
}
