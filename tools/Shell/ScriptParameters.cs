using System.Management.Automation.Runspaces;
using System.Text.RegularExpressions;

namespace AkidaQuant.Shell;

/// <summary>Turns the words after a script's name into parameters, by the rules of PowerShell's own -File.</summary>
internal static partial class ScriptParameters
{
    /// <summary>Adds the words to <paramref name="command"/>, which binds them as a line at the prompt would.</summary>
    public static void Add(Command command, IReadOnlyList<string> words)
    {
        foreach (string word in words)
        {
            command.Parameters.Add(Parse(word));
        }
    }

    private static CommandParameter Parse(string word)
    {
        if (!NamePattern().IsMatch(word))
        {
            return new CommandParameter(null, word);
        }

        int colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return new CommandParameter(word);
        }

        string value = word[(colon + 1)..];
        return new CommandParameter(word[..colon], value.ToUpperInvariant() switch
        {
            "$TRUE" => true,
            "$FALSE" => false,
            _ => value,
        });
    }

    // A word such as -0.5 is a value.
    [GeneratedRegex(@"^-[A-Za-z_?][\w?]*(:.*)?$", RegexOptions.Singleline)]
    private static partial Regex NamePattern();
}
