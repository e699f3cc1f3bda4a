using System.Collections;
using System.Collections.Specialized;
using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Reads what users give as a configuration: an object of this module, nested dictionaries or objects, or the path
/// of a file. A plain converter and no argument transformation, because an error must keep its own id.
/// </summary>
internal static class ConfigArgument
{
    // More than a configuration has, and little enough for a dictionary that holds itself.
    private const int MaxDepth = 16;

    /// <summary>The configuration, null for none.</summary>
    /// <exception cref="QuantException"><c>ConfigInvalid</c>, or what is wrong with the values or the file.</exception>
    public static QuantConfig? Read(SessionState session, object? argument) =>
        Unwrap(argument) switch
        {
            null => null,
            string path => QuantConfigFile.Read(FilePaths.Literal(session, path)),
            FileInfo file => QuantConfigFile.Read(file.FullName),
            IDictionary values => QuantConfig.From(values),
            var other => throw new QuantException(
                "ConfigInvalid",
                QuantErrorKind.InvalidArgument,
                $"A configuration is a QuantConfig, a dictionary of layers, or the path of a .json or .yaml file, but it is a {other.GetType().Name}.",
                other),
        };

    // Values that went through PowerShell may be wrapped at any depth.
    internal static object? Unwrap(object? value, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new QuantException(
                "ConfigInvalid",
                QuantErrorKind.InvalidArgument,
                $"The configuration is nested more than {MaxDepth} levels deep, or holds itself. Give a dictionary of layers, each with its settings.");
        }

        object? inner = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (inner is PSCustomObject)
        {
            OrderedDictionary copy = [];
            foreach (PSPropertyInfo property in ((PSObject)value!).Properties)
            {
                copy[property.Name] = Unwrap(property.Value, depth + 1);
            }

            return copy;
        }

        if (inner is IDictionary dictionary)
        {
            OrderedDictionary copy = [];
            foreach (DictionaryEntry entry in dictionary)
            {
                copy[entry.Key] = Unwrap(entry.Value, depth + 1);
            }

            return copy;
        }

        return inner;
    }
}
