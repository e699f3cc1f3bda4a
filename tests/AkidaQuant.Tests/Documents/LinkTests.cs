namespace AkidaQuant.Tests.Documents;

/// <summary>A link on a page that points into the repository leads to a file or folder, and to a heading where it names one.</summary>
public sealed class LinkTests
{
    [Fact]
    public void Links_into_the_repository_lead_somewhere()
    {
        (string Page, string Target)[] links =
            [.. TextFiles.Pages.SelectMany(page => Markdown.Links(TextFiles.Read(page)).Select(target => (page, target)))];
        Assert.Contains(("README.md", "LICENSE"), links);
        string[] problems = [.. links.Where(link => !Leads(link.Page, link.Target)).Select(link => $"{link.Page}: {link.Target}")];
        Assert.True(problems.Length == 0, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("docs/en-US/ConvertTo-Akida.md", "../../README.md", true)]
    [InlineData("README.md", "docs/en-US", true)]
    [InlineData("README.md", "docs/spec/layers.md#4-layers-with-weights", true)]
    [InlineData("README.md", "#licence", true)]
    [InlineData("README.md", "https://keepachangelog.com/nothing", true)]
    [InlineData("README.md", "docs/en-US/Nothing.md", false)]
    [InlineData("docs/en-US/ConvertTo-Akida.md", "README.md", false)]
    [InlineData("README.md", "docs/spec/layers.md#4-nothing", false)]
    [InlineData("README.md", "#nothing", false)]
    [InlineData("README.md", "../README.md", false)]
    [InlineData("README.md", "docs/../../README.md", false)]
    public void A_link_leads_from_its_page(string page, string target, bool expected) => Assert.Equal(expected, Leads(page, target));

    [Theory]
    [InlineData("[a](b.md), [c](<d.md> \"title\")\n[e]: f.md", "b.md", "d.md", "f.md")]
    [InlineData("`[a](b.md)`\n```\n[c](d.md)\n```\n![e](f.png)", "f.png")]
    public void Links_are_found_on_a_page(string page, params string[] expected) => Assert.Equal(expected, Markdown.Links(page));

    private static bool Leads(string page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
        {
            return true;
        }

        string[] parts = target.Split('#', 2);
        if (FromRoot(page, parts[0]) is not { } path)
        {
            return false;
        }

        bool exists = TextFiles.All.Any(file => file == path || file.StartsWith($"{path}/", StringComparison.Ordinal));
        return exists && (parts.Length == 1 || Markdown.Anchors(TextFiles.Read(path)).Contains(parts[1]));
    }

    /// <summary>A target's path from the root; null when it lies outside of the repository.</summary>
    private static string? FromRoot(string page, string target)
    {
        if (target.Length == 0)
        {
            return page;
        }

        Stack<string> folders = new(page.Split('/')[..^1]);
        foreach (string part in target.TrimEnd('/').Split('/'))
        {
            if (part == ".." && !folders.TryPop(out _))
            {
                return null;
            }

            if (part is not ("." or ".."))
            {
                folders.Push(part);
            }
        }

        return string.Join('/', folders.Reverse());
    }
}
