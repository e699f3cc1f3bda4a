using System.Management.Automation.Language;
using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>
/// Completes the keys of hashtables that become configurations: arguments of -Config, casts, and what is assigned to settings; and of
/// those that hold the variables of an Akida layer.
/// </summary>
internal static class ConfigKeyCompletion
{
    private const string Parameter = "Config";

    /// <summary>Completes a key; null where the hashtable is no part of a configuration, or a value stands at that place.</summary>
    public static CommandCompletion? Complete(HashtableAst table, int column)
    {
        if (Place(table, column) is not { IsKey: true } place || KeysOf(table) is not { } keys)
        {
            return null;
        }

        HashSet<string> given = new(
            table.KeyValuePairs.Where(pair => pair.Item1 != place.Word).Select(pair => Bare(pair.Item1.Extent.Text)),
            StringComparer.OrdinalIgnoreCase);
        string typed = place.Word?.Extent.Text[..(column - place.Word.Extent.StartOffset)] ?? string.Empty;
        char? quote = typed.Length > 0 && typed[0] is '"' or '\'' ? typed[0] : null;
        return InnerCompletion.Make(
            keys.Where(key => !given.Contains(key)),
            Bare(typed),
            key => quote is null && IsIdentifier(key) ? key : InnerCompletion.Quoted(key, quote ?? '\''),
            place.Word?.Extent,
            column);
    }

    /// <summary>The key that is being typed, and whether a key can stand at that place.</summary>
    private static (Ast? Word, bool IsKey) Place(HashtableAst table, int column)
    {
        int start = table.Extent.StartOffset + "@{".Length;
        foreach ((ExpressionAst key, StatementAst value) in table.KeyValuePairs)
        {
            if (key.Extent.StartOffset < column && column <= key.Extent.EndOffset)
            {
                return (key, true);
            }

            if (key.Extent.EndOffset < column)
            {
                start = Math.Max(key.Extent.EndOffset, value.Extent.EndOffset);
            }
        }

        // Behind a value a new key needs a separator first.
        string text = table.Extent.Text;
        int from = Math.Min(start - table.Extent.StartOffset, text.Length);
        int to = Math.Clamp(column - table.Extent.StartOffset, from, text.Length);
        return (null, start <= column && (from == "@{".Length || text.AsSpan(from..to).IndexOfAny(';', '\n') >= 0));
    }

    /// <summary>The variables of the class of Akida layers that a hashtable is given for; null where it is for something else.</summary>
    private static ValueList<string>? VariableNames(CommandAst command, HashtableAst table) =>
        command.CommandElements.ToList() is [_, StringConstantExpressionAst { Value: var className }, ..] elements
        && SessionValues.CommandName(command.GetCommandName() ?? string.Empty).Equals("New-AkidaLayer", StringComparison.OrdinalIgnoreCase)
        && elements[elements.IndexOf(table) - 1] is CommandParameterAst { ParameterName: var parameter }
        && "Variable".StartsWith(parameter, StringComparison.OrdinalIgnoreCase)
            ? AkidaLayerClasses.VariableNames(className)
            : null;

    /// <summary>The keys that can stand in a hashtable, by what it is a value of; null for one that is no configuration.</summary>
    private static IReadOnlyList<string>? KeysOf(HashtableAst table)
    {
        List<string> path = [];
        HashtableAst outer = table;
        while (Enclosing(outer) is var (parent, key))
        {
            path.Insert(0, key);
            outer = parent;
        }

        return outer.Parent switch
        {
            CommandAst command when IsConfig(command, outer) => path is [] ? PipedModel.LayerNames(null, command) : Settings(path[1..]),
            CommandAst command when path is [] => VariableNames(command, outer),
            ConvertExpressionAst { Type.TypeName: var name } =>
                name.GetReflectionType() is var type && type == typeof(QuantSettings) ? Settings(path)
                : type == typeof(QuantConfig) && path is [_, .. var inner] ? Settings(inner)
                : null,
            CommandExpressionAst { Parent: AssignmentStatementAst { Left: var target } } =>
                Members(target) is [_, .. var members] ? Settings([.. members, .. path]) : null,
            _ => null,
        };
    }

    private static IReadOnlyList<string>? Settings(List<string> path) => path switch
    {
        [] => QuantSettings.KnownKeys(),
        [var quantizer] when QuantSettings.KnownKeys(quantizer) is { Count: > 0 } keys => keys,
        _ => null,
    };

    private static (HashtableAst Table, string Key)? Enclosing(HashtableAst table)
    {
        Ast? value = table.Parent;
        while (value is CommandExpressionAst or PipelineAst or ConvertExpressionAst)
        {
            value = value.Parent;
        }

        return value is HashtableAst outer
            && outer.KeyValuePairs.FirstOrDefault(pair => pair.Item2.Find(ast => ast == table, true) is not null) is { Item1: var key }
            ? (outer, Bare(key.Extent.Text))
            : null;
    }

    private static bool IsConfig(CommandAst command, HashtableAst argument) =>
        command.CommandElements.IndexOf(argument) is > 0 and var index
        && command.CommandElements[index - 1] is CommandParameterAst { ParameterName: var name }
        && Parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        && command.GetCommandName() is { } typed
        && SessionValues.CommandName(typed).Contains("-Quant", StringComparison.OrdinalIgnoreCase);

    /// <summary>The keys that an assignment goes to, from a configuration on: <c>relu</c> of <c>$c.relu</c>; none for others.</summary>
    private static List<string> Members(ExpressionAst target)
    {
        List<string> members = [];
        ExpressionAst? at = target;
        while (at is not null && SessionValues.Value(at) is not QuantConfig)
        {
            (string? name, at) = at switch
            {
                MemberExpressionAst { Member: StringConstantExpressionAst { Value: var member } } access => (member, access.Expression),
                IndexExpressionAst { Index: StringConstantExpressionAst { Value: var key } } access => (key, access.Target),
                _ => ((string?)null, (ExpressionAst?)null),
            };
            members.Insert(0, name ?? string.Empty);
        }

        return at is null ? [] : members;
    }

    private static bool IsIdentifier(string name) =>
        name.Length > 0 && !char.IsDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static string Bare(string text) => text.Trim('\'', '"');
}
