using System.Collections;
using System.Management.Automation.Language;
using AkidaQuant.Formats;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of the arrays in a <c>.npz</c> file, or of the columns of a table.</summary>
public sealed class ArrayNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        object? given = fakeBoundParameters["Path"] ?? fakeBoundParameters["LiteralPath"];
        return
            Convert.ToString(given, System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } path
            && SessionValues.FilePath(path) is { } file
            ? SessionValues.Complete(Names(file), wordToComplete)
            : [];
    }

    private static IReadOnlyList<string> Names(string file)
    {
        try
        {
            return SampleReader.Names(file);
        }
        catch (QuantException)
        {
            return [];
        }
    }
}
