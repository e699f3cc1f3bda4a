using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;
using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes what a parameter of an Akida layer can be, where that is one of some texts or true or false.</summary>
public sealed class AkidaLayerParameterCompleter : IArgumentCompleter
{
    private static readonly CompletionResult[] Truths = [.. new[] { "$true", "$false" }.Select(text => new CompletionResult(text))];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string className = Convert.ToString(fakeBoundParameters["Class"], CultureInfo.InvariantCulture) ?? string.Empty;
        AkidaLayerParameter? parameter = AkidaLayerClasses.Parameters(className)
            .FirstOrDefault(parameter => parameter.Name.Equals(parameterName, StringComparison.OrdinalIgnoreCase));
        return parameter is null ? []
            : parameter.Type == typeof(bool)
                ? Truths.Where(truth => truth.CompletionText.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
                : SessionValues.Complete(parameter.Choices, wordToComplete);
    }
}
