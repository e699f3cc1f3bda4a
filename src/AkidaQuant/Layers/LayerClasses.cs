using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;

namespace AkidaQuant.Layers;

/// <summary>The layer classes that files can name, found by their <see cref="LayerClassAttribute"/>.</summary>
public static class LayerClasses
{
    private static readonly Lazy<FrozenDictionary<string, LayerReader>> Readers = new(Find);

    private static readonly ConcurrentDictionary<Type, string> TypeNames = new();

    /// <summary>The class names, sorted.</summary>
    public static IEnumerable<string> Names => Readers.Value.Keys.Order(StringComparer.Ordinal);

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
                MethodInfo method = type.GetMethod("Read", BindingFlags.Public | BindingFlags.Static, [typeof(LayerArguments)])
                    ?? throw new InvalidOperationException($"{type} has no static method Read(LayerArguments).");
                readers.Add(attribute.Name, new LayerReader(method.CreateDelegate<Func<LayerArguments, Layer>>(), attribute.Module));
            }
        }

        return readers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record LayerReader(Func<LayerArguments, Layer> Read, string Module);
}
