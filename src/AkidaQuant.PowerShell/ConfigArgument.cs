using System.Collections;
using AkidaQuant.Formats;
using AkidaQuant.PowerShell.Arguments;

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
    public static QuantConfig? Read(SessionState session, ConfigOrPath? argument) =>
        argument is null ? null : PlainSettings(Given.Single(argument.Value)) switch
        {
            IDictionary values => QuantConfig.From(values),
            var other when FilePaths.Find(session, other) is { } file => QuantConfigFile.Read(file),
            var other => throw new QuantException(
                "ConfigInvalid",
                QuantErrorKind.InvalidArgument,
                $"A configuration is what Get-QuantConfig gives, a hashtable of layers, or the path of a .json or .yaml file, but it is {Given.Describe(other)}.{Advice(other)}",
                other),
        };

    private static string Advice(object? value) => value switch
    {
        null => " The variable may be empty or misspelled.",
        QuantizationParams => " A scheme goes to -Parameter.",
        Model => " Get-QuantConfig gives that of a model.",
        _ => string.Empty,
    };

    /// <summary>Settings without what PowerShell puts around them.</summary>
    /// <exception cref="QuantException"><c>ConfigInvalid</c>: they are nested too deep, or hold themselves.</exception>
    internal static object? PlainSettings(object? value) => PlainObjects.Of(value, MaxDepth, () => new QuantException(
        "ConfigInvalid",
        QuantErrorKind.InvalidArgument,
        $"The configuration is nested more than {MaxDepth} levels deep, or holds itself. Give a dictionary of layers, each with its settings."));
}
