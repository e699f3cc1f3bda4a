using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace AkidaQuant.Tests.Documents;

/// <summary>The workflows are YAML, and run other people's actions at the commits that were looked at only.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Workflows =>
        [.. TextFiles.All.Where(file => file.StartsWith(".github/workflows/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Actions_are_pinned_to_a_commit_with_its_version_beside_it(string workflow)
    {
        string[] uses = [.. TextFiles.Read(workflow).Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal))];
        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(PinPattern(), line));
    }

    [Theory]
    [MemberData(nameof(Workflows))]
    public void Jobs_may_read_only_and_end(string workflow)
    {
        YamlStream stream = [];
        using StringReader reader = new(TextFiles.Read(workflow));
        stream.Load(reader);
        YamlMappingNode root = Assert.IsType<YamlMappingNode>(Assert.Single(stream.Documents).RootNode);
        Assert.Equal(new YamlMappingNode("contents", "read"), root["permissions"]);
        Assert.All(
            ((YamlMappingNode)root["jobs"]).Children.Values,
            job => Assert.Contains("timeout-minutes", ((YamlMappingNode)job).Children.Keys.Select(key => $"{key}")));
    }

    [GeneratedRegex("^ *(?:- )?uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\\.[0-9]+\\.[0-9]+$")]
    private static partial Regex PinPattern();
}
