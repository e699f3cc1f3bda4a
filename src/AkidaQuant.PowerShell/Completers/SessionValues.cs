using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>What a completer can find out about the command line and the session.</summary>
internal static class SessionValues
{
    /// <summary>The model that a command gets: its argument, or the variable that its pipeline begins with.</summary>
    public static Model? Model(System.Collections.IDictionary bound, CommandAst command)
    {
        object? value = bound["Model"];
        if (
            value is null
            && command.Parent is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: VariableExpressionAst variable }, ..] }
        )
        {
            value = Evaluate("param($name) $ExecutionContext.SessionState.PSVariable.GetValue($name)", variable.VariablePath.UserPath);
        }

        return (value as PSObject)?.BaseObject as Model ?? value as Model;
    }

    /// <summary>The full path of a file as the session understands it; null when it does not.</summary>
    public static string? FilePath(string path) =>
        Evaluate("param($path) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)", path) as string;

    /// <summary>Completions for the names that begin with what was typed, quoted where needed.</summary>
    public static IEnumerable<CompletionResult> Complete(IEnumerable<string> names, string word)
    {
        string typed = word.Trim('\'', '"');
        foreach (string name in names.Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)))
        {
            bool isPlain = name.All(character => char.IsLetterOrDigit(character) || character is '_' or '.' or '-');
            string text = isPlain ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";
            yield return new CompletionResult(text, name, CompletionResultType.ParameterValue, name);
        }
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
