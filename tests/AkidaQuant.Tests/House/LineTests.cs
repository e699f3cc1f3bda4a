namespace AkidaQuant.Tests.House;

/// <summary>Lines of C# fit on a screen.</summary>
public sealed class LineTests
{
    private const int Columns = 140;
    private const string Raw = "\"\"\"";

    private static readonly string[] Leads = ["return ", "? ", ": "];

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("tools")]
    [InlineData("benchmarks")]
    public void No_line_is_longer_than_a_screen_is_wide(string folder) => Findings.AssertNone(
        from path in CodeFiles.Under(Repository.PathOf(folder))
        from line in File.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1))
        where !Fits(line.Text)
        select $"{Path.GetRelativePath(Repository.Root, path)}:{line.Number} has {line.Text.Length} columns, and {Columns} are allowed.");

    /// <summary>What <c>#</c> stands for is long.</summary>
    [Theory]
    [InlineData("    \"#\",", true)]
    [InlineData("    $\"a {string.Join(\", \", names)} #\");", true)]
    [InlineData("    $\"a {{b\\\"}} #\");", true)]
    [InlineData("    @\"a \"\" #\";", true)]
    [InlineData("    ? $\"#\"", true)]
    [InlineData("    : \"#\",", true)]
    [InlineData("    return \"#\";", true)]
    [InlineData("    $$\"\"\"{\"a\": #}\"\"\";", true)]
    [InlineData("    \"\"\"{\"a\": #}\"\"\" + name;", false)]
    [InlineData("// https://example.org/#", true)]
    [InlineData("    Call(\"#\");", false)]
    [InlineData("    \"#\" + name;", false)]
    [InlineData("    \"#\", \"a\",", false)]
    [InlineData("    $\"a {string.Join(\", \", names)} \", \"#\"", false)]
    [InlineData("    // #", false)]
    [InlineData("    \"#", false)]
    public void Only_a_literal_or_an_address_may_be_longer(string line, bool fits) =>
        Assert.Equal(fits, Fits(line.Replace("#", new string('x', Columns), StringComparison.Ordinal)));

    private static bool Fits(string line) =>
        line.Length <= Columns || line.Contains("http", StringComparison.Ordinal) || IsOneLiteral(line.Trim());

    /// <summary>Whether a line is nothing but a text, its commas and brackets, and what says that it is returned or chosen.</summary>
    private static bool IsOneLiteral(string line)
    {
        string text = Array.Find(Leads, lead => line.StartsWith(lead, StringComparison.Ordinal)) is { } found ? line[found.Length..] : line;
        if (text.TrimStart('$').StartsWith(Raw, StringComparison.Ordinal))
        {
            return text.TrimEnd(',', ';', ')', ']', '}').EndsWith(Raw, StringComparison.Ordinal);
        }

        string prefix = text[..(text.Length - text.TrimStart('$', '@').Length)];
        int end = prefix.Length < text.Length && text[prefix.Length] == '"' ? End(text, prefix.Length + 1, prefix) : text.Length;
        return end < text.Length && text[(end + 1)..].All(letter => ",;)]}".Contains(letter, StringComparison.Ordinal));
    }

    /// <summary>The position of the quote that ends the literal, or the length of the text.</summary>
    private static int End(string text, int start, string prefix)
    {
        bool isVerbatim = prefix.Contains('@', StringComparison.Ordinal);
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            char next = i + 1 < text.Length ? text[i + 1] : ' ';
            bool isDoubled = text[i] == next && depth == 0 && (text[i] is '{' or '}' || (text[i] == '"' && isVerbatim));
            if (isDoubled || (text[i] == '\\' && !isVerbatim))
            {
                i++;
            }
            else if (text[i] is '{' or '}' && prefix.Contains('$', StringComparison.Ordinal))
            {
                depth += text[i] == '{' ? 1 : -1;
            }
            else if (text[i] == '"' && depth == 0)
            {
                return i;
            }
        }

        return text.Length;
    }
}
