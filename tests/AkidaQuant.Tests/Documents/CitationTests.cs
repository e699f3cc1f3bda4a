namespace AkidaQuant.Tests.Documents;

/// <summary>Comments and pages cite the chapters of docs/spec by file and number; a citation that leads nowhere is an error.</summary>
public sealed class CitationTests
{
    private static readonly string[] _programs =
        [".cs", ".csproj", ".json", ".props", ".proto", ".ps1", ".ps1xml", ".psd1", ".psm1", ".sh", ".targets", ".txt", ".xml", ".yml"];

    // Pages that are no chapters and may be named as chapters are: in small letters, without a folder.
    private static readonly string[] _pages =
        [.. TextFiles.Pages.Where(page => !page.StartsWith("docs/spec/", StringComparison.Ordinal)).Select(page => page.Split('/')[^1])];

    [Fact]
    public void Every_citation_leads_to_a_heading()
    {
        List<(string File, Citation Citation)> citations =
        [
            .. Cited().SelectMany(file => Citation.In(TextFiles.Read(file), TextFiles.IsPage(file)).Select(citation => (file, citation)))
                .Where(cited => !_pages.Contains(cited.citation.Chapter)),
        ];

        string[] problems =
            [.. citations.SelectMany(cited => cited.Citation.Unresolved(Chapter.All).Select(problem => $"{cited.File}: {problem}"))];
        Assert.True(problems.Length == 0, string.Join('\n', problems));

        // What finds no citation finds no wrong one either.
        Assert.Empty(Chapter.All.Keys.Except(citations.Where(cited => IsCode(cited.File)).Select(cited => cited.Citation.Chapter)));
    }

    [Fact]
    public void Every_section_that_a_chapter_names_of_itself_is_there() => Assert.Empty(Chapter.All.Keys
        .SelectMany(chapter => Citation.OfItself(chapter, TextFiles.Read($"docs/spec/{chapter}")))
        .SelectMany(citation => citation.Unresolved(Chapter.All)));

    [Fact]
    public void There_are_eight_chapters() => Assert.Equal(
        ["akida-model.md", "convert.md", "layers.md", "numerics.md", "onnx.md", "quantize.md", "tools.md", "transforms.md"],
        Chapter.All.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("(layers.md 6.1 and 6.2).", "layers.md 6.1|6.2")]
    [InlineData("(quantize.md 6.2 to 6.4). Edited", "quantize.md 6.2-6.4")]
    [InlineData("numerics.md 5.2, 5.3; 4", "numerics.md 5.2|5.3|4")]
    [InlineData("a maximum (numerics.md 2.4,\n    /// 2.5 and\n    /// 3)", "numerics.md 2.4|2.5|3")]
    [InlineData("# see convert.md\n# 5.6", "convert.md 5.6")]
    [InlineData("// convert.md\n        // sections 8.1 or 8.2, in float32", "convert.md 8.1|8.2")]
    [InlineData("(tools.md 2.3, step 7), with 8 bits", "tools.md 2.3")]
    [InlineData("numerics.md 10 calls assertions", "numerics.md 10")]
    [InlineData("(akida-model.md 1.4, convert.md 4.3).", "akida-model.md 1.4", "convert.md 4.3")]
    [InlineData("as akida-model.md says", "akida-model.md ")]
    [InlineData("(onnx.md 3.5.20): 4 values", "onnx.md 3.5.20")]
    public void Citations_are_found_in_comments(string text, params string[] expected) =>
        Assert.Equal(expected, Citation.In(text, isPage: false).Select(Text));

    [Theory]
    [InlineData("in `layers.md` 6.1\nand 6.2, or *tools.md* 3", "layers.md 6.1|6.2", "tools.md 3")]
    [InlineData("in layers.md\n\n## 4. Layers", "layers.md ")]
    [InlineData("in layers.md\n4. an item", "layers.md ")]
    [InlineData("[a chapter](../docs/spec/layers.md) 3", "layers.md ")]
    public void Citations_are_found_in_pages(string text, params string[] expected) =>
        Assert.Equal(expected, Citation.In(text, isPage: true).Select(Text));

    [Theory]
    [InlineData("in section 5.2 and\nsections 6.1 to 6.3", "some.md 5.2", "some.md 6.1-6.3")]
    [InlineData("in layers.md section 3, *tools.md*, section 4, or (section 2)", "some.md 2")]
    public void Sections_are_found_in_chapters(string text, params string[] expected) =>
        Assert.Equal(expected, Citation.OfItself("some.md", text).Select(Text));

    [Theory]
    [InlineData("some.md 1", true)]
    [InlineData("some.md 1.1 and 1.2", true)]
    [InlineData("some.md 1.1 to 1.3", true)]
    [InlineData("some.md 1.2.2", true)]
    [InlineData("some.md", true)]
    [InlineData("some.md 2", false)]
    [InlineData("some.md 1.4", false)]
    [InlineData("some.md 1.1 to 1.4", false)]
    [InlineData("some.md 1.3 to 1.1", false)]
    [InlineData("some.md 1.2.3", false)]
    [InlineData("some.md 1.3.1", false)]
    [InlineData("other.md 1", false)]
    public void A_citation_resolves_to_a_heading_or_an_item(string text, bool expected)
    {
        Dictionary<string, Chapter> chapters = new()
        {
            ["some.md"] = Chapter.Of(
                "# Some\n\n## 1. One\n### 1.1 First\n### 1.2 Second\n1. item\n2. item\n### 1.3 Third\n```\n1. code\n## 2. code\n```"),
        };
        Assert.Equal(expected, Citation.In(text, isPage: false).All(citation => !citation.Unresolved(chapters).Any()));
    }

    private static IEnumerable<string> Cited() => TextFiles.All.Where(file =>
        (TextFiles.IsPage(file) || _programs.Contains(Path.GetExtension(file)))
        && !file.StartsWith("tests/vectors/", StringComparison.Ordinal)
        && !file.StartsWith("tests/AkidaQuant.Tests/Documents/", StringComparison.Ordinal));

    private static bool IsCode(string file) => file.StartsWith("src/", StringComparison.Ordinal);

    private static string Text(Citation citation)
    {
        IEnumerable<string> numbers = citation.Numbers.Select(number => number.Last is { } last ? $"{number.First}-{last}" : number.First);
        return $"{citation.Chapter} {string.Join('|', numbers)}";
    }
}
