using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of the layers in the file that a command reads.</summary>
public sealed class FileLayerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        object? given = fakeBoundParameters["Path"] ?? fakeBoundParameters["LiteralPath"];
        return
            Convert.ToString(given, CultureInfo.InvariantCulture) is { Length: > 0 } path
            && SessionValues.FilePath(path) is { } file
            ? SessionValues.Complete(ModelFileNames.Of(file), wordToComplete)
            : [];
    }
}
