using System.Text.RegularExpressions;

namespace AkidaQuant.Tests.Documents;

/// <summary>The pages for those who change the code name files and folders in backquotes; each of them exists.</summary>
public sealed partial class NamedFileTests
{
    private static readonly string[] _roots =
        ["", "src/", "src/AkidaQuant/", "src/AkidaQuant.PowerShell/", "tests/", "tests/AkidaQuant.Tests/"];

    private static readonly HashSet<string> _files = [.. TextFiles.All];

    private static readonly HashSet<string> _names = [.. TextFiles.All.Select(Path.GetFileName).OfType<string>()];

    private static readonly HashSet<string> _folders = [.. TextFiles.All.SelectMany(FoldersOf)];

    [Theory]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/contributing.md")]
    public void Files_and_folders_that_a_page_names_exist(string page)
    {
        string[] named = [.. NamedIn(TextFiles.Read(page))];
        Assert.NotEmpty(named);
        Assert.All(named, path => Assert.True(Exists(path), $"{page} names `{path}`, which is neither a file nor a folder here."));
    }

    [Theory]
    [InlineData("in `src/AkidaQuant/Layers/` and `README.md`", "src/AkidaQuant/Layers", "README.md")]
    [InlineData("`src/AkidaQuant/Layers/<Layer>.cs`, `tests/<Cmdlet>.Tests.ps1`", "src/AkidaQuant/Layers", "tests/")]
    [InlineData("run `dotnet run --project tools/Shell -- examples/Quantize-Digits.ps1`", "tools/Shell", "examples/Quantize-Digits.ps1")]
    [InlineData("`.ci/run` and `.editorconfig` see\n`global.json`", ".ci/run", ".editorconfig", "global.json")]
    [InlineData("a `Tensor<T>`, `Model.Layers`, `.onnx`, `8/4`, `<Layer>.cs`, `A=../b`, `https://a.b/c.md`, `-p:a/b`")]
    [InlineData("`artifacts/onnx.txt`, which tests write")]
    [InlineData("```\nsrc/nothing.cs\n```\nand `dotnet test -c Release -- --filter-class \"*Name*\"`")]
    public void Paths_are_told_from_other_words(string page, params string[] expected) => Assert.Equal(expected, NamedIn(page));

    [Theory]
    [InlineData("src/AkidaQuant/AkidaQuant.csproj", true)]
    [InlineData("Repository.cs", true)]
    [InlineData("Formats/Keras", true)]
    [InlineData("tests/vectors", true)]
    [InlineData("tests/", true)]
    [InlineData("src/AkidaQuant/Nothing.cs", false)]
    [InlineData("Nothing.cs", false)]
    [InlineData("Layers/Nothing", false)]
    [InlineData("nothing/", false)]
    [InlineData("Akida", false)]
    public void A_path_exists_from_the_root_or_a_project(string path, bool expected) => Assert.Equal(expected, Exists(path));

    // A bare name is that of a file anywhere; the name of a folder takes a slash to be told from a word.
    private static bool Exists(string path) => path.Contains('/')
        ? _roots.Any(root => _files.Contains(root + path) || _folders.Contains(root + path.TrimEnd('/')))
        : _names.Contains(path);

    private static IEnumerable<string> NamedIn(string page) => Markdown.Quoted(page)
        .SelectMany(quoted => quoted.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(PathIn)
        .OfType<string>();

    /// <summary>The path that a word is, up to a placeholder; null when it is none, or that of something that a build makes.</summary>
    private static string? PathIn(string word)
    {
        bool slash = word.Contains('/');
        if (!(slash ? FolderPattern() : FilePattern()).IsMatch(word) || word.StartsWith("artifacts/", StringComparison.Ordinal))
        {
            return null;
        }

        string[] parts = [.. word.TrimEnd('/').Split('/').TakeWhile(part => part.IndexOfAny(['<', '*', '…']) < 0)];
        return parts.Length == 0 ? null : slash && parts.Length == 1 ? $"{parts[0]}/" : string.Join('/', parts);
    }

    private static IEnumerable<string> FoldersOf(string file)
    {
        for (int end = file.LastIndexOf('/'); end > 0; end = file.LastIndexOf('/', end - 1))
        {
            yield return file[..end];
        }
    }

    [GeneratedRegex(@"^(?![-/]|\d+/\d+$)[^=:""()]*/[^=:""()]*$")]
    private static partial Regex FolderPattern();

    [GeneratedRegex(@"^(?:\.[a-z]{7,}|[\w.-]+\.(?:cs|csproj|json|md|props|proto|ps1|ps1xml|psd1|psm1|slnx|txt|xml|yml))$")]
    private static partial Regex FilePattern();
}
