using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of the variables that a layer of an Akida model has.</summary>
public sealed class AkidaVariableCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string layer = Convert.ToString(fakeBoundParameters["Layer"], CultureInfo.InvariantCulture) ?? string.Empty;
        return PipedModel.Akida(fakeBoundParameters["Model"], commandAst) is { } model && model.Layers.Contains(layer)
            ? SessionValues.Complete(model.Layers[layer].VariableRules.Select(rule => rule.Name), wordToComplete)
            : [];
    }
}
