namespace AkidaQuant.Tests.PowerShell;

/// <summary>The stand-in for Pester keeps Pester's rules, and reports what fails.</summary>
public sealed class PesterStandInTests
{
    private static readonly string Sample =
        Repository.PathOf("tests/AkidaQuant.Tests/PowerShell/PesterStandIn/Sample.ps1");

    [Fact]
    public void Tests_that_should_fail_fail_and_the_others_pass()
    {
        IReadOnlyList<PesterTest> results = PesterFile.Invoke([Sample]);
        foreach (PesterTest test in results)
        {
            bool fails = test.Name.Contains("/ fails", StringComparison.Ordinal);
            Assert.True(test.Result == (fails ? "Failed" : "Passed"), $"{test.Name}: {test.Result} {test.Message}");
        }

        Assert.Equal(17, results.Count(test => test.Result == "Failed"));
        Assert.Contains("scopes / inside another / hides the outer value", results.Select(test => test.Name));
        Assert.Contains("scopes / takes 3 and 4 from a table", results.Select(test => test.Name));
    }

    [Fact]
    public void Discovery_finds_the_tests_that_run()
    {
        IEnumerable<string> found = PesterFile.Invoke([Sample], "-PesterDiscovery").Select(test => test.Name);
        Assert.Equal(PesterFile.Invoke([Sample]).Select(test => test.Name), found);
    }
}
