using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation.Language;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>
/// Completes names where the engine asks no completer: in the brackets of models, in the methods of configurations, and as keys of the
/// hashtables that become configurations.
/// </summary>
public static class InnerCompletion
{
    private static readonly string[] KeyMethods = ["Remove", "Contains", "ContainsKey", "TryGetValue", "GetValueOrDefault", "Settings"];

    /// <summary>Completes a line; null where there is nothing of this module at that place.</summary>
    public static CommandCompletion? Complete(string line, int column) => Complete(Parser.ParseInput(line, out _, out _), column);

    /// <summary>Completes a parsed line; null where there is nothing of this module at that place.</summary>
    public static CommandCompletion? Complete(Ast line, int column)
    {
        Ast? innermost = line
            .FindAll(ast => ast is HashtableAst or IndexExpressionAst or MemberExpressionAst && Holds(ast, line, column), true)
            .MaxBy(ast => ast.Extent.StartOffset);
        return innermost switch
        {
            HashtableAst table => ConfigKeyCompletion.Complete(table, column),
            IndexExpressionAst index => Texts(LayerNames(SessionValues.Value(index.Target)), index.Target, index.Index, column),
            InvokeMemberExpressionAst { Static: false, Member: StringConstantExpressionAst { Value: var method } member } call
                when KeyMethods.Contains(method, StringComparer.OrdinalIgnoreCase)
                    && SessionValues.Value(call.Expression) is SettingDictionary map && (call.Arguments?.Count ?? 0) <= 1 =>
                Texts(map.Keys, member, call.Arguments?.FirstOrDefault(), column),
            MemberExpressionAst { Static: false } member and not InvokeMemberExpressionAst =>
                Texts(LoudKeys(SessionValues.Value(member.Expression)), member.Expression, member.Member, column),
            _ => null,
        };
    }

    /// <summary>The completions for the names that begin with what was typed; null for none.</summary>
    /// <param name="names">The names.</param>
    /// <param name="word">What was typed, without quotes.</param>
    /// <param name="write">How a name is written.</param>
    /// <param name="replaced">What is replaced; null to insert.</param>
    /// <param name="column">The place.</param>
    internal static CommandCompletion? Make(
        IEnumerable<string> names, string word, Func<string, string> write, IScriptExtent? replaced, int column)
    {
        Collection<CompletionResult> results =
        [
            .. names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                .Select(name => Result(name, write(name))),
        ];
        return results.Count == 0 ? null
            : new CommandCompletion(
                results, -1, replaced?.StartOffset ?? column, replaced is null ? 0 : replaced.EndOffset - replaced.StartOffset);
    }

    /// <summary>The completion for a name from a file: what is shown of it is escaped, what is written is the name.</summary>
    internal static CompletionResult Result(string name, string text) =>
        new(text, Printable.Of(name), CompletionResultType.ParameterValue, Printable.Of(name));

    /// <summary>
    /// A name as a text with quotes of one kind; with double ones where it has what only their escapes can write: <c>"a`u{1b}"</c>.
    /// </summary>
    internal static string Quoted(string name, char quote) => quote == '"' || !Printable.IsPlain(name)
        ? $"\"{string.Concat(name.Select(Letter))}\""
        : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    /// <summary>A character within double quotes, of which PowerShell knows four.</summary>
    private static string Letter(char letter) =>
        !Printable.IsPlain(letter) ? string.Create(CultureInfo.InvariantCulture, $"`u{{{(int)letter:x}}}")
        : letter is '`' or '$' or '"' or '\u201c' or '\u201d' or '\u201e' ? $"`{letter}"
        : letter.ToString();

    /// <summary>Whether a place is within a construct. One that is not finished yet reaches to the end of the line.</summary>
    private static bool Holds(Ast ast, Ast line, int column) =>
        ast.Extent.StartOffset < column
        && (column < ast.Extent.EndOffset || (ast.Extent.EndOffset == line.Extent.EndOffset && !IsClosed(ast)));

    private static bool IsClosed(Ast ast) => ast.Extent.Text.EndsWith(ast is HashtableAst ? '}' : ast is IndexExpressionAst ? ']' : ')');

    private static IEnumerable<string> LayerNames(object? value) => value switch
    {
        Model model => model.Layers.Select(layer => layer.Name),
        AkidaModel akida => akida.Layers.Select(layer => layer.Name),
        IEnumerable<Layer> layers => layers.Select(layer => layer.Name),
        IEnumerable<AkidaLayer> layers => layers.Select(layer => layer.Name),
        _ => LoudKeys(value),
    };

    /// <summary>The keys of a configuration that the engine would print and write as they are; none where all are plain.</summary>
    private static IEnumerable<string> LoudKeys(object? value) =>
        value is SettingDictionary map && !map.Keys.All(key => Printable.IsPlain(key)) ? map.Keys : [];

    private static CommandCompletion? Texts(IEnumerable<string> names, Ast before, Ast? typed, int column)
    {
        IScriptExtent? extent = typed is StringConstantExpressionAst or ExpandableStringExpressionAst ? typed.Extent : null;
        if (column <= before.Extent.EndOffset || (extent is null && typed is not (null or ErrorExpressionAst)))
        {
            return null;
        }

        char quote = extent?.Text[0] is '"' ? '"' : '\'';
        string word = extent?.Text[..Math.Clamp(column - extent.StartOffset, 0, extent.Text.Length)].Trim('\'', '"') ?? string.Empty;
        return Make(names, word, name => Quoted(name, quote), extent, column);
    }
}
