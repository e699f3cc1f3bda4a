using System.Collections;
using System.Management.Automation.Language;
using AkidaQuant.Layers;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the classes of layers.</summary>
public sealed class LayerClassCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionValues.Complete(LayerClasses.ShortNames, wordToComplete);
}
