using System.Collections;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the types that the samples of a network can have.</summary>
public sealed class InputTypeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionValues.Complete(Enum.GetValues<IntegerType>().Select(type => type.FileName()).Append("float32"), wordToComplete);
}
