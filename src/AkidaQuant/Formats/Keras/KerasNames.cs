using System.Text.RegularExpressions;

namespace AkidaQuant.Formats.Keras;

/// <summary>Names that Keras derives from class names (tools.md 6.4).</summary>
internal static partial class KerasNames
{
    /// <summary>A class name in snake case: <c>Conv2D</c> is <c>conv2d</c>, <c>MaxPooling2D</c> is <c>max_pooling2d</c>.</summary>
    public static string ToSnakeCase(string className)
    {
        string split = LowerUpper().Replace(AnyCapitalized().Replace(className, "$1_$2"), "$1_$2").ToLowerInvariant();
        return split.StartsWith('_') ? $"private{split}" : split;
    }

    [GeneratedRegex("(.)([A-Z][a-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex AnyCapitalized();

    [GeneratedRegex("([a-z])([A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex LowerUpper();
}
