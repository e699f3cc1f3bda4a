using System.Collections.Frozen;
using System.Reflection;

namespace AkidaQuant.Layers;

/// <summary>The layer classes that files can name, found by their <see cref="LayerClassAttribute"/>.</summary>
public static class LayerClasses
{
    private static readonly Lazy<FrozenDictionary<string, Func<LayerArguments, Layer>>> Readers = new(Find);

    /// <summary>The class names, sorted.</summary>
    public static IEnumerable<string> Names => Readers.Value.Keys.Order(StringComparer.Ordinal);

    /// <summary>Makes the layer of that class, without its weights; null for a class that is not known.</summary>
    /// <exception cref="QuantException">An argument is not what it must be.</exception>
    public static Layer? Read(string className, LayerArguments arguments) =>
        Readers.Value.TryGetValue(className, out Func<LayerArguments, Layer>? read) ? read(arguments) : null;

    private static FrozenDictionary<string, Func<LayerArguments, Layer>> Find()
    {
        Dictionary<string, Func<LayerArguments, Layer>> readers = new(StringComparer.Ordinal);
        foreach (Type type in typeof(Layer).Assembly.GetTypes())
        {
            foreach (LayerClassAttribute attribute in type.GetCustomAttributes<LayerClassAttribute>(inherit: false))
            {
                MethodInfo method = type.GetMethod("Read", BindingFlags.Public | BindingFlags.Static, [typeof(LayerArguments)])
                    ?? throw new InvalidOperationException($"{type} has no static method Read(LayerArguments).");
                readers.Add(attribute.Name, method.CreateDelegate<Func<LayerArguments, Layer>>());
            }
        }

        return readers.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
