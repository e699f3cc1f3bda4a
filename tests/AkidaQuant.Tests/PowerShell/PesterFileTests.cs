namespace AkidaQuant.Tests.PowerShell;

/// <summary>Each It of each Pester file is a test here.</summary>
public sealed class PesterFileTests
{
    private const string Whole = "(the whole file)";

    /// <summary>File, number of the test in it, and its name.</summary>
    public static TheoryData<string, int, string> Tests()
    {
        var data = new TheoryData<string, int, string>();
        ILookup<string, PesterTest> found = PesterFile.Discover().ToLookup(test => test.File);
        foreach (string file in PesterFile.All.Select(path => Path.GetFileName(path)))
        {
            PesterTest[] tests = [.. found[file].Where(test => test.Result is null)];
            for (int i = 0; i < tests.Length; i++)
            {
                data.Add(file, i, tests[i].Name);
            }

            // A file that cannot be discovered, or that tests nothing, is a failure of its own.
            if (tests.Length == 0)
            {
                data.Add(file, 0, Whole);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void Pester(string file, int number, string name)
    {
        IReadOnlyList<PesterTest> results = PesterFile.Run(Repository.PathOf("tests/" + file));
        Assert.True(number < results.Count, $"{file} has only {results.Count} tests when it runs.");
        PesterTest result = results[number];
        Assert.True(result is { Result: "Passed" }, result.Message);
        Assert.Equal(name, result.Name);
    }
}
