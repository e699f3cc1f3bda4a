using System.Collections;
using Microsoft.PowerShell.Commands;

namespace AkidaQuant.Shell.StandIns.Utility;

/// <summary>
/// A property as the object commands take it: a name, perhaps with wildcards, a script block, or a table of both.
/// </summary>
internal sealed class ObjectProperty
{
    private readonly PSPropertyExpression expression;

    private ObjectProperty(string? name, PSPropertyExpression expression, bool? descending)
    {
        Name = name ?? expression.ToString();
        this.expression = expression;
        Descending = descending;
    }

    /// <summary>The name that a result has.</summary>
    public string Name { get; }

    /// <summary>The direction of sorting, where the table gives one.</summary>
    public bool? Descending { get; }

    /// <summary>Reads the argument of a -Property parameter.</summary>
    public static ObjectProperty[] Parse(object[]? properties) =>
        [.. (properties ?? []).Select(property => Parse(property is PSObject wrapped ? wrapped.BaseObject : property))];

    /// <summary>The value in <paramref name="item"/>; null when it has none.</summary>
    public object? ValueOf(PSObject? item) =>
        item is null ? null : expression.GetValues(item).FirstOrDefault(result => result.Exception is null)?.Result;

    /// <summary>The properties of <paramref name="item"/> that the name fits: several for a wildcard.</summary>
    public IEnumerable<(string Name, object? Value)> Resolve(PSObject item) =>
        expression is { Script: null, HasWildCardCharacters: true }
            ? expression.ResolveNames(item).Select(found => (found.ToString(), found.GetValues(item).FirstOrDefault()?.Result))
            : [(Name, ValueOf(item))];

    private static ObjectProperty Parse(object property) => property switch
    {
        ScriptBlock script => new ObjectProperty(null, new PSPropertyExpression(script), null),
        IDictionary table => Parse(table),
        _ => new ObjectProperty(null, new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(property)), null),
    };

    private static ObjectProperty Parse(IDictionary table)
    {
        string? name = null;
        PSPropertyExpression? expression = null;
        bool? descending = null;
        foreach (DictionaryEntry entry in table)
        {
            string key = LanguagePrimitives.ConvertTo<string>(entry.Key);
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            if (Fits(key, "Name") || Fits(key, "Label"))
            {
                name = LanguagePrimitives.ConvertTo<string>(value);
            }
            else if (Fits(key, "Expression"))
            {
                expression = value is ScriptBlock script
                    ? new PSPropertyExpression(script)
                    : new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value));
            }
            else if (Fits(key, "Descending") || Fits(key, "Ascending"))
            {
                descending = LanguagePrimitives.IsTrue(value) == Fits(key, "Descending");
            }
            else
            {
                throw new PSArgumentException($"The key '{key}' is not one of Name, Label, Expression, Ascending, Descending.");
            }
        }

        return new ObjectProperty(
            name, expression ?? new PSPropertyExpression(name ?? throw new PSArgumentException("A property needs a name.")), descending);
    }

    private static bool Fits(string key, string name) =>
        key.Length > 0 && name.StartsWith(key, StringComparison.OrdinalIgnoreCase);
}
