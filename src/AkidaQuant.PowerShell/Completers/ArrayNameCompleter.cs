using System.Collections;
using System.Management.Automation.Language;
using AkidaQuant.Formats.Npz;

namespace AkidaQuant.PowerShell.Completers;

/// <summary>Completes the names of the arrays in a <c>.npz</c> file.</summary>
public sealed class ArrayNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        object? given = fakeBoundParameters["Path"] ?? fakeBoundParameters["LiteralPath"];
        return Convert.ToString(given, System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } path && SessionValues.FilePath(path) is { } file
            ? SessionValues.Complete(Names(file), wordToComplete)
            : [];
    }

    private static IReadOnlyList<string> Names(string file)
    {
        try
        {
            using NpzReader archive = NpzReader.Open(file);
            return [.. archive.Names];
        }
        catch (QuantException)
        {
            return [];
        }
    }
}
