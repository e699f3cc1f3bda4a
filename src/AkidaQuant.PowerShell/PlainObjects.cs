using System.Collections;
using System.Collections.Specialized;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Takes what PowerShell puts around values away, at any depth: objects with properties, as <c>ConvertFrom-Json</c> gives them,
/// become dictionaries.
/// </summary>
internal static class PlainObjects
{
    // More than a description has.
    private const int NetworkLevels = 40;

    /// <summary>The layers of a network themselves.</summary>
    /// <exception cref="QuantException"><c>NetworkInvalid</c>: they are nested too deep, or hold themselves.</exception>
    public static object? Of(object? value) => Of(value, NetworkLevels, () => new QuantException(
        "NetworkInvalid",
        QuantErrorKind.InvalidArgument,
        $"The network is nested more than {NetworkLevels} levels deep, or holds itself. Give a list of layers, each with its arguments."));

    /// <summary>The value itself.</summary>
    /// <param name="value">What PowerShell gives.</param>
    /// <param name="levels">The most levels that it may have, so that one which holds itself ends.</param>
    /// <param name="tooDeep">The error of a value that has more.</param>
    public static object? Of(object? value, int levels, Func<QuantException> tooDeep)
    {
        if (levels < 0)
        {
            throw tooDeep();
        }

        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (inner)
        {
            case PSCustomObject:
                OrderedDictionary properties = [];
                foreach (PSPropertyInfo property in ((PSObject)value!).Properties)
                {
                    properties[property.Name] = Of(property.Value, levels - 1, tooDeep);
                }

                return properties;
            case IDictionary dictionary:
                OrderedDictionary copy = [];
                foreach (DictionaryEntry entry in dictionary)
                {
                    copy[entry.Key] = Of(entry.Value, levels - 1, tooDeep);
                }

                return copy;
            case IEnumerable list and not string:
                return list.Cast<object?>().Select(item => Of(item, levels - 1, tooDeep)).ToArray();
            case Enum name:
                return name.ToString();
            default:
                return inner;
        }
    }
}
