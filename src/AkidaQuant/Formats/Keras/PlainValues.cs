using AkidaQuant.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Brings values that Python objects were saved as into plain numbers, texts and lists: arrays of numpy, tensors, tuples and shapes, which
/// Keras 1, 2 and 3 each write in a form of their own.
/// </summary>
internal static class PlainValues
{
    private const string ClassName = "class_name";
    private const string Items = "items";

    /// <summary>The value with all that is within it in plain form; arrays of one number become the number.</summary>
    public static object? Of(object? value)
    {
        switch (value)
        {
            case IReadOnlyList<object?> list:
                PythonList items = new(list.Count);
                items.AddRange(list.Select(Of));
                return items;
            case IReadOnlyDictionary<string, object?> map:
                if (Wrapped(map) is var (inner, isArray))
                {
                    object? plain = Of(inner);
                    return isArray ? Single(plain) : plain;
                }

                return PythonMap.Of(map, Of);
            default:
                return value;
        }
    }

    /// <summary>What stands for the value of an object, and whether the object is an array; null for other dictionaries.</summary>
    private static (object? Inner, bool IsArray)? Wrapped(IReadOnlyDictionary<string, object?> map)
    {
        if (map.GetValueOrDefault("type") is "ndarray" && map.TryGetValue("value", out object? array))
        {
            return (array, true);
        }

        return map.GetValueOrDefault(ClassName) switch
        {
            "__numpy__" or "__tensor__" when map.GetValueOrDefault("config") is IReadOnlyDictionary<string, object?> config
                && config.TryGetValue("value", out object? value) => (value, true),
            "__tuple__" or "TensorShape" when map.TryGetValue(Items, out object? items) => (items, false),
            _ => null,
        };
    }

    private static object? Single(object? value)
    {
        object? inner = value;
        while (inner is IReadOnlyList<object?> { Count: 1 } list)
        {
            inner = list[0];
        }

        return inner is long or double or bool ? inner : value;
    }
}
