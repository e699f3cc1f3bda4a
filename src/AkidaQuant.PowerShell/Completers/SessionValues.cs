using System.Collections;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>What a completer can find out about the session without running anything.</summary>
internal static class SessionValues
{
    /// <summary>
    /// The value of an expression that only looks: a constant, a variable, a text with variables, and what dictionaries and the objects of
    /// this module have in them; null for any other.
    /// </summary>
    public static object? Value(ExpressionAst? expression)
    {
        object? value = expression switch
        {
            VariableExpressionAst variable =>
                Evaluate("param($name) $ExecutionContext.SessionState.PSVariable.GetValue($name)", variable.VariablePath.UserPath),
            StringConstantExpressionAst text => text.Value,
            ConstantExpressionAst constant => constant.Value,
            ExpandableStringExpressionAst text when text.NestedExpressions.All(nested => nested is VariableExpressionAst) =>
                Evaluate("param($text) $ExecutionContext.InvokeCommand.ExpandString($text)", text.Value),
            ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst inner] } } => Value(inner.Expression),
            MemberExpressionAst and not InvokeMemberExpressionAst => Member((MemberExpressionAst)expression),
            IndexExpressionAst index when Value(index.Target) is IDictionary dictionary && Value(index.Index) is { } key =>
                dictionary.Contains(key) ? dictionary[key] : null,
            _ => null,
        };
        return value is PSObject wrapped ? wrapped.BaseObject : value;
    }

    /// <summary>The full path of a file as the session understands it; null when it does not.</summary>
    public static string? FilePath(string path) =>
        Evaluate("param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)", path) as string;

    /// <summary>The name of the command that a name means, aliases followed.</summary>
    public static string CommandName(string name) =>
        Evaluate("param($name) (Get-Alias -Name $name -ErrorAction Ignore).ResolvedCommandName", name) as string ?? name.Split('\\')[^1];

    /// <summary>Completions for the names that begin with what was typed, quoted where needed.</summary>
    public static IEnumerable<CompletionResult> Complete(IEnumerable<string> names, string word)
    {
        string typed = word.Trim('\'', '"');
        foreach (string name in names.Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)))
        {
            bool isPlain = name.All(character => char.IsLetterOrDigit(character) || character is '_' or '.' or '-');
            string text = isPlain ? name : InnerCompletion.Quoted(name, '\'');
            yield return InnerCompletion.Result(name, text);
        }
    }

    // Only properties of this module's objects: those of others may do anything when they are asked.
    private static object? Member(MemberExpressionAst member)
    {
        if (
            member is not { Static: false, Member: StringConstantExpressionAst { Value: var name } }
            || Value(member.Expression) is not { } holder)
        {
            return null;
        }

        return holder is IDictionary dictionary ? dictionary.Contains(name) ? dictionary[name] : null
            : holder.GetType().Assembly == typeof(Model).Assembly ? PSObject.AsPSObject(holder).Properties[name]?.Value
            : null;
    }

    private static object? Evaluate(string script, string argument)
    {
        try
        {
            return ScriptBlock.Create(script).Invoke(argument) is [{ BaseObject: var value }] ? value : null;
        }
        catch (RuntimeException)
        {
            // A completion that cannot be found is none.
            return null;
        }
    }
}
