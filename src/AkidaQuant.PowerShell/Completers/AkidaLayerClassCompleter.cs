using System.Collections;
using System.Management.Automation.Language;
using AkidaQuant.Akida;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the classes of Akida layers.</summary>
public sealed class AkidaLayerClassCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionValues.Complete(AkidaLayerClasses.Names, wordToComplete);
}
