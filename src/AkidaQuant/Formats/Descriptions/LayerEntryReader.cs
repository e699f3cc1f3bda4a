using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>
/// Reads a layer of a description: the name of its class alone, or a dictionary of that name and the arguments. Arguments
/// that the class does not take are refused.
/// </summary>
internal static class LayerEntryReader
{
    /// <summary>How a layer is written, to end errors.</summary>
    public const string Form =
        "Write a layer as its class, such as ReLU, or as a class with its arguments, such as Conv2D: { filters: 16, kernel_size: 3 }.";

    private const string NameKey = "name";
    private const string InputsKey = "inputs";

    /// <summary>Reads a layer.</summary>
    /// <param name="value">The layer, in the form of <see cref="PlainTree"/>.</param>
    /// <param name="number">Its place in the list, from 1.</param>
    /// <param name="source">Where it comes from.</param>
    /// <exception cref="QuantException">
    /// <c>LayerEntryInvalid</c>, <c>UnknownLayerClass</c>, <c>LayerArgumentUnknown</c> or <c>LayerArgumentInvalid</c>.
    /// </exception>
    public static LayerEntry Read(object? value, int number, DescriptionSource source)
    {
        switch (value)
        {
            case string className:
                return Read(className, [], number, source);
            case OrderedDictionary<string, object?> { Count: 1 } map:
                (string key, object? arguments) = map.GetAt(0);
                return arguments is null or OrderedDictionary<string, object?>
                    ? Read(key, arguments as OrderedDictionary<string, object?> ?? [], number, source)
                    : throw Malformed(key, $"its arguments must be a dictionary, but they are {DescriptionSource.Describe(arguments)}.");
            case OrderedDictionary<string, object?> map:
                throw Malformed(
                    null,
                    map.Count == 0
                        ? "it must have one key, its class, but it has none."
                        : $"it must have one key, its class, but it has {map.Count}: {DescriptionSource.Shorten(string.Join(", ", map.Keys))}.");
            default:
                throw Malformed(null, $"it is {DescriptionSource.Describe(value)}.");
        }

        QuantException Malformed(string? className, string problem) =>
            source.OfLayer("LayerEntryInvalid", number, className, $"{problem} {Form}");
    }

    /// <summary>The layer of an entry, under the name that it got.</summary>
    /// <exception cref="QuantException"><c>LayerArgumentMissing</c>, <c>LayerArgumentInvalid</c>, or what its settings report.</exception>
    public static Layer Make(LayerEntry entry, string name, DescriptionSource source)
    {
        LayerSignature signature = LayerClasses.Signature(entry.ClassName)!;
        OrderedDictionary<string, object?> arguments = new(StringComparer.Ordinal);
        foreach ((string key, object? value) in entry.Arguments)
        {
            arguments[key] = Kind(signature, key) == LayerArgumentKind.Initializer
                ? InitializerReader.Normalize(
                    value, problem => source.OfLayer("LayerArgumentInvalid", entry.Number, entry.ClassName, $"'{key}' {problem}"))
                : entry.StoredClass is nameof(TFOpLambda) or nameof(SlicingOpLambda) && key == TFOpLambda.CallKey ? OperatorCallForm.Read(value)
                : value;
        }

        bool isRefused = false;
        LayerArguments all = new(name, arguments)
        {
            Refusal = (key, found, expected) =>
            {
                isRefused = true;
                return Refuse(entry, signature, key, found, expected, source);
            },
        };
        try
        {
            return InFullForm(LayerClasses.Read(signature.ClassName, all)!);
        }
        catch (QuantException error) when (!isRefused)
        {
            throw source.OfLayer(error, entry);
        }
    }

    private static LayerEntry Read(string className, OrderedDictionary<string, object?> given, int number, DescriptionSource source)
    {
        if (LayerClasses.Signature(className) is not { } signature)
        {
            string advice = DescriptionSource.Advice(className, LayerClasses.ShortNames, "The classes are");
            throw source.OfLayer(
                "UnknownLayerClass", number, className, $"there is no layer of this class.{advice}", QuantErrorKind.NotSupported);
        }

        OrderedDictionary<string, object?> arguments = new(given, StringComparer.Ordinal);
        string? name = null;
        IReadOnlyList<string>? inputs = null;
        if (arguments.Remove(NameKey, out object? named))
        {
            name = named is string { Length: > 0 } text ? text : throw Wrong(NameKey, named, "a text");
        }

        if (arguments.Remove(InputsKey, out object? fed))
        {
            inputs = fed switch
            {
                string one => [one],
                List<object?> { Count: > 0 } list when list.All(item => item is string) => [.. list.Cast<string>()],
                _ => throw Wrong(InputsKey, fed, "the name of a layer, or a list of names"),
            };
        }

        string[] known =
            [.. signature.Arguments.Concat(LayerSignature.Common).Select(argument => argument.Name).Append(InputsKey).Distinct()];
        if (arguments.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            string advice = DescriptionSource.Advice(unknown, known, "Its arguments are");
            throw source.OfLayer(
                "LayerArgumentUnknown", number, className, $"it has no argument '{DescriptionSource.Shorten(unknown)}'.{advice}");
        }

        if (arguments.GetValueOrDefault("trainable", true) is var trainable and not bool)
        {
            throw Wrong("trainable", trainable, "true or false");
        }

        return new LayerEntry(number, className, arguments, name, inputs);

        QuantException Wrong(string key, object? found, string expected) => source.OfLayer(
            "LayerArgumentInvalid", number, className, $"'{key}' must be {expected}, but it is {DescriptionSource.Describe(found)}.");
    }

    /// <summary>The layer as if Keras had written it: 3 is short for [3, 3], which Keras files have.</summary>
    private static Layer InFullForm(Layer layer)
    {
        OrderedDictionary<string, object?> stored = new(layer.StoredArguments, StringComparer.Ordinal);
        foreach ((string key, object? value) in layer.Arguments.Where(argument => stored.ContainsKey(argument.Key)))
        {
            stored[key] = value;
        }

        return layer with { StoredArguments = stored };
    }

    private static LayerArgumentKind? Kind(LayerSignature signature, string key) =>
        signature.Arguments.FirstOrDefault(argument => argument.Name == key)?.Kind;

    private static QuantException Refuse(
        LayerEntry entry, LayerSignature signature, string key, object? found, string expected, DescriptionSource source)
    {
        if (entry.Arguments.GetValueOrDefault(key) is null)
        {
            return source.OfLayer(
                "LayerArgumentMissing", entry.Number, entry.ClassName, $"the argument '{key}' is missing. It must be {expected}.");
        }

        IReadOnlyList<string> choices = signature.Arguments.FirstOrDefault(argument => argument.Name == key)?.Choices ?? [];
        string question = found is string word ? NearestName.Question(word, choices) : string.Empty;
        return source.OfLayer(
            "LayerArgumentInvalid",
            entry.Number,
            entry.ClassName,
            $"'{key}' must be {expected}, but it is {DescriptionSource.Describe(found)}.{question}");
    }
}
