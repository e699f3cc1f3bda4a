using System.Collections;
using System.Globalization;

namespace AkidaQuant.PowerShell;

/// <summary>What views show of a property: names from files without what a terminal obeys, everything else as it is.</summary>
public static class Shown
{
    /// <summary>A text, or each text of a list, with control characters and marks of direction escaped.</summary>
    public static object? Of(object? value) => value switch
    {
        PSObject { BaseObject: var inner and not PSCustomObject } => Of(inner),
        string text => Printable.Of(text),
        IDictionary map => map.Keys.Cast<object>().All(IsPlain) ? value : map.Keys.Cast<object>().Select(Escaped).ToArray(),
        IEnumerable<string> texts => texts.Select(Printable.Of).ToArray(),
        ArrayList arrived => arrived.Cast<object?>().Select(Of).ToArray(),
        _ => value,
    };

    private static bool IsPlain(object key) => Printable.IsPlain(Text(key));

    private static string Escaped(object key) => Printable.Of(Text(key));

    private static string Text(object key) => Convert.ToString(key, CultureInfo.InvariantCulture) ?? string.Empty;
}
