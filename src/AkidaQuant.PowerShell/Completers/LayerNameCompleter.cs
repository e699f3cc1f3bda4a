using System.Collections;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of a model's layers.</summary>
public sealed class LayerNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionValues.Complete(PipedModel.LayerNames(fakeBoundParameters["Model"], commandAst), wordToComplete);
}
