using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Objects;

/// <summary>A property of data that is kept.</summary>
/// <param name="Info">The property.</param>
/// <param name="MayBeNull">Whether null is one of its values.</param>
internal sealed record RecordProperty(PropertyInfo Info, bool MayBeNull);

/// <summary>
/// The kinds of data that may be made from bytes: layers, parameters, checks, reports, and what they are made of. A layer is there by
/// being in the core, and its properties that can be set are all that it is.
/// </summary>
internal static class RecordTypes
{
    private static readonly ConcurrentDictionary<Type, RecordProperty[]> Known = new();
    private static readonly FrozenDictionary<string, Type> ByName =
        Find().ToFrozenDictionary(type => type.FullName!, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IEnumerable<Type> All => ByName.Values;

    /// <summary>The type of that name; null when it is none that may be made.</summary>
    public static Type? Of(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Whether objects of a type are kept property by property.</summary>
    public static bool Contains(Type type) => ByName.ContainsKey(type.FullName ?? string.Empty);

    /// <summary>The properties that make up an object, by name.</summary>
    public static RecordProperty[] Properties(Type type) => Known.GetOrAdd(type, FindProperties);

    /// <summary>An object whose properties are all to be set.</summary>
    public static object Create(Type type) => RuntimeHelpers.GetUninitializedObject(type);

    private static HashSet<Type> Find()
    {
        HashSet<Type> found = [];
        Queue<Type> open = new(typeof(Layer).Assembly.GetTypes()
            .Where(type => !type.IsAbstract && (type.IsAssignableTo(typeof(Layer)) || type.IsAssignableTo(typeof(AkidaLayer))))
            .Append(typeof(QuantizationParams))
            .Append(typeof(OptimizationReport))
            .Append(typeof(RepairReport))
            .Append(typeof(QuantCheck)));
        while (open.TryDequeue(out Type? type))
        {
            if (found.Add(type))
            {
                foreach (RecordProperty property in Properties(type))
                {
                    Type part = Part(property.Info.PropertyType);
                    if (part.Assembly == typeof(Layer).Assembly && !part.IsEnum && !part.IsAbstract && !HasFormOfItsOwn(part))
                    {
                        open.Enqueue(part);
                    }
                }
            }
        }

        return found;
    }

    private static RecordProperty[] FindProperties(Type type)
    {
        NullabilityInfoContext context = new();
        return
        [
            .. type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0)
                .OrderBy(property => property.Name, StringComparer.Ordinal)
                .Select(property => new RecordProperty(property, context.Create(property).WriteState != NullabilityState.NotNull)),
        ];
    }

    /// <summary>What a property holds, one or several or maybe none.</summary>
    private static Type Part(Type type) =>
        Nullable.GetUnderlyingType(type)
        ?? (IsList(type) ? type.GetGenericArguments()[^1] : type);

    private static bool IsList(Type type) =>
        type.IsGenericType && (type.IsInterface || type.GetGenericTypeDefinition() == typeof(ValueList<>));

    private static bool HasFormOfItsOwn(Type type) =>
        type == typeof(Model) || type == typeof(Shape) || type == typeof(AkidaVariables) || type == typeof(QuantSettings)
        || (type.IsGenericType
            && (type.GetGenericTypeDefinition() == typeof(NdArray<>) || type.GetGenericTypeDefinition() == typeof(ScalarOrVector<>)));
}
