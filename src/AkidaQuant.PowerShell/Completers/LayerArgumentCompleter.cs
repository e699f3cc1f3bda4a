using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;
using AkidaQuant.Layers;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes what an argument of a layer can be, where that is one of some texts or true or false.</summary>
public sealed class LayerArgumentCompleter : IArgumentCompleter
{
    private static readonly CompletionResult[] Truths = [.. new[] { "$true", "$false" }.Select(text => new CompletionResult(text))];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string className = Convert.ToString(fakeBoundParameters["Class"], CultureInfo.InvariantCulture) ?? string.Empty;
        LayerArgument? argument = LayerParameters.Arguments(className)
            .FirstOrDefault(argument => argument.Name.Equals(parameterName, StringComparison.OrdinalIgnoreCase));
        return argument?.Kind switch
        {
            null => [],
            LayerArgumentKind.Boolean =>
                Truths.Where(truth => truth.CompletionText.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)),
            _ => SessionValues.Complete(argument.Choices, wordToComplete),
        };
    }
}
