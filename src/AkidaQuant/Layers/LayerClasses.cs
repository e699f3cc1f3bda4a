using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace AkidaQuant.Layers;

/// <summary>The layer classes that files can name, found by their <see cref="LayerClassAttribute"/>.</summary>
public static class LayerClasses
{
    private const string CustomPrefix = "Custom>";

    private static readonly Lazy<FrozenDictionary<string, LayerReader>> Readers = new(Find);

    private static readonly ConcurrentDictionary<Type, string> TypeNames = new();

    private static readonly ConcurrentDictionary<string, LayerSignature> Signatures = new(StringComparer.Ordinal);

    /// <summary>The class names, sorted.</summary>
    public static IEnumerable<string> Names => Readers.Value.Keys.Order(StringComparer.Ordinal);

    /// <summary>
    /// The class names as people write them, sorted: those of the reference without <c>Custom&gt;</c>, but where Keras has another
    /// class of that name.
    /// </summary>
    public static IEnumerable<string> ShortNames => Readers.Value.Keys.Select(ShortNameOf).Order(StringComparer.Ordinal);

    /// <summary>
    /// The class names of float layers as people write them, sorted: what networks are made of before they are quantized.
    /// </summary>
    public static IEnumerable<string> FloatNames => Readers.Value
        .Where(entry => entry.Value.IsFloat && !ShortNameOf(entry.Key).Contains('>', StringComparison.Ordinal))
        .Select(entry => ShortNameOf(entry.Key)).Order(StringComparer.Ordinal);

    /// <summary>The class that a name in full or as people write it means; null when there is none.</summary>
    public static string? Resolve(string name) =>
        Readers.Value.ContainsKey(name) ? name : Readers.Value.ContainsKey(CustomPrefix + name) ? CustomPrefix + name : null;

    /// <summary>A class name as people write it.</summary>
    public static string ShortNameOf(string className) =>
        className.StartsWith(CustomPrefix, StringComparison.Ordinal) && !Readers.Value.ContainsKey(className[CustomPrefix.Length..])
            ? className[CustomPrefix.Length..]
            : className;

    /// <summary>
    /// The arguments that layers of a class take, its name in full or as people write it; null for a class that is not known.
    /// </summary>
    public static LayerSignature? Signature(string name) => Resolve(name) is { } className
        ? Signatures.GetOrAdd(className, key => LayerSignature.Find(key, Readers.Value[key].Read))
        : null;

    /// <summary>Makes the layer of that class, without its weights; null for a class that is not known.</summary>
    /// <exception cref="QuantException">An argument is not what it must be.</exception>
    public static Layer? Read(string className, LayerArguments arguments) =>
        Readers.Value.TryGetValue(className, out LayerReader? reader)
            ? reader.Read(arguments) with
            {
                StoredArguments = arguments.Values,
            }
            : null;

    /// <summary>The Python module of a class, as <c>.keras</c> files name it (tools.md 5.2).</summary>
    /// <exception cref="KeyNotFoundException">The class is not known.</exception>
    public static string ModuleOf(string className) => Readers.Value[className].Module;

    /// <summary>The class name of a type of layers, the first when it has several.</summary>
    internal static string NameOf(Type type) => TypeNames.GetOrAdd(
        type, key => key.GetCustomAttributes<LayerClassAttribute>(inherit: false).FirstOrDefault()?.Name ?? key.Name);

    private static FrozenDictionary<string, LayerReader> Find()
    {
        Dictionary<string, LayerReader> readers = new(StringComparer.Ordinal);
        foreach (Type type in typeof(Layer).Assembly.GetTypes())
        {
            foreach (LayerClassAttribute attribute in type.GetCustomAttributes<LayerClassAttribute>(inherit: false))
            {
                readers.Add(attribute.Name, new LayerReader(ReaderOf(type, attribute.Name), attribute.Module, IsFloat(type)));
            }
        }

        return readers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Whether a layer is one that people put into float networks, rather than one that quantization or a call gives.</summary>
    private static bool IsFloat(Type type) => !typeof(QuantizedLayer).IsAssignableFrom(type)
        && !typeof(TFOpLambda).IsAssignableFrom(type) && type != typeof(InputQuantizer) && type != typeof(Dequantizer);

    /// <summary>The method that reads layers of a class; one that serves several classes takes the name of it, too.</summary>
    private static Func<LayerArguments, Layer> ReaderOf(Type type, string className)
    {
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;
        if (type.GetMethod("Read", Static, [typeof(LayerArguments)]) is { } read)
        {
            return read.CreateDelegate<Func<LayerArguments, Layer>>();
        }

        Func<LayerArguments, string, Layer> named = type.GetMethod("Read", Static, [typeof(LayerArguments), typeof(string)])
            ?.CreateDelegate<Func<LayerArguments, string, Layer>>()
            ?? throw new InvalidOperationException($"{type} has no static method Read(LayerArguments).");
        return arguments => named(arguments, className);
    }

    private sealed record LayerReader(Func<LayerArguments, Layer> Read, string Module, bool IsFloat);
}
