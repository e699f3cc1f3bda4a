namespace AkidaQuant.Tests.PowerShell;

/// <summary>What Pester finds and how it ends comes here whole.</summary>
public sealed class PesterReportTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pester").FullName;
    private readonly string sample = Repository.PathOf("tests/AkidaQuant.Tests/PowerShell/PesterSample.ps1");

    [Fact]
    public void Tests_that_should_fail_fail_and_the_others_pass_in_each_file()
    {
        IReadOnlyList<PesterTest> results = PesterFile.Invoke([sample, sample]);
        (string, string?)[] outcomes = [.. results.Select(test => (test.Name, test.Result))];
        Assert.Equal(
            [
                "a session.is that of one file",
                "rows.takes 1 and 2 from a table",
                "rows.takes 3 and 4 from a table",
                "rows.of a block.fails with a message",
                "a broken setup.fails",
                "what is skipped.fails too",
            ],
            results.Take(6).Select(test => test.Name));
        Assert.Equal(outcomes[..6], outcomes[6..]);
        foreach (PesterTest test in results)
        {
            bool passes = !test.Name.Contains(".fails", StringComparison.Ordinal);
            Assert.True(passes == (test.Result == "Passed"), $"{test.Name}: {test.Result} {test.Message}");
        }

        Assert.Contains("another block", results[3].Message, StringComparison.Ordinal);
        Assert.Contains("no setup", results[4].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Discovery_finds_the_tests_that_run()
    {
        IEnumerable<string> found = PesterFile.Invoke([sample], "-Discovery").Select(test => test.Name);
        Assert.Equal(PesterFile.Invoke([sample]).Select(test => test.Name), found);
    }

    [Theory]
    [InlineData("Describe 'd' { AfterAll { throw 'the reason' }\n It 'passes' { } }")]
    [InlineData("throw 'the reason'")]
    [InlineData("# the reason")]
    public void What_fails_outside_of_a_test_is_a_failure(string text)
    {
        string path = Path.Combine(folder, "file.ps1");
        File.WriteAllText(path, text);
        PesterTest result = Assert.Single(PesterFile.Invoke([path]));
        Assert.Equal("Failed", result.Result);
        Assert.Contains(text[0] == '#' ? "no tests" : "the reason", result.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
