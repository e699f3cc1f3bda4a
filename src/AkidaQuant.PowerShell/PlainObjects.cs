using System.Collections;
using System.Collections.Specialized;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Takes what PowerShell puts around values away, at any depth: objects with properties, as <c>ConvertFrom-Json</c> gives them,
/// become dictionaries.
/// </summary>
internal static class PlainObjects
{
    // More than a description has, and little enough for a list that holds itself.
    private const int MaxDepth = 40;

    /// <summary>The value itself.</summary>
    /// <exception cref="QuantException"><c>NetworkInvalid</c>: it is nested too deep, or holds itself.</exception>
    public static object? Of(object? value) => Of(value, 0);

    private static object? Of(object? value, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new QuantException(
                "NetworkInvalid",
                QuantErrorKind.InvalidArgument,
                $"The network is nested more than {MaxDepth} levels deep, or holds itself. Give a list of layers, each with its arguments.");
        }

        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (inner)
        {
            case PSCustomObject:
                OrderedDictionary properties = [];
                foreach (PSPropertyInfo property in ((PSObject)value!).Properties)
                {
                    properties[property.Name] = Of(property.Value, depth + 1);
                }

                return properties;
            case IDictionary dictionary:
                OrderedDictionary copy = [];
                foreach (DictionaryEntry entry in dictionary)
                {
                    copy[entry.Key] = Of(entry.Value, depth + 1);
                }

                return copy;
            case IEnumerable list and not string:
                return list.Cast<object?>().Select(item => Of(item, depth + 1)).ToArray();
            case Enum name:
                return name.ToString();
            default:
                return inner;
        }
    }
}
