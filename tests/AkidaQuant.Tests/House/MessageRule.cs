using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.House;

/// <summary>What the text of an error must not be: long, or about types.</summary>
internal static partial class MessageRule
{
    /// <summary>The most characters of a message.</summary>
    public const int MostCharacters = 2000;

    /// <summary>What is wrong with a message; null where nothing is.</summary>
    public static string? Offence(string message)
    {
        if (message.Length > MostCharacters)
        {
            return $"has {message.Length} characters, and {MostCharacters} are allowed";
        }

        Match type = TypeName().Match(message);
        return type.Success ? $"names the type '{type.Value}'" : null;
    }

    // A folder of the repository may be part of a path, and a cmdlet be named as a type is.
    [GeneratedRegex(
        """
        (?<![\w/\\.-])(?:
            System\.[A-Z]\w+ | AkidaQuant\.(?!Tests\b)[A-Z]\w+ | Microsoft\.PowerShell\.\w+
            | \w+`\d | [A-Z]\w*\[,*\]
            | (?:U?Int(?:16|32|64)|SByte|Boolean|Nullable|PSObject|PSCustomObject|PSReference|Hashtable|OrderedDictionary|I?Dictionary
                |I?List|IEnumerable|ICollection|ArrayList|ScriptBlock|SwitchParameter|FileInfo|DirectoryInfo|MemoryStream|JsonElement)\b
            | (?:SampleSet|QuantConfig|QuantSettings|QuantizationParams|AkidaModel|NdArray|IntegerType|PotentialPrediction)\b
            | [A-Z]\w+Exception\b
        )
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
