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
            // A file that cannot be discovered, or that tests nothing, is a failure of its own.
            foreach ((int number, string name) in found[file].Select(test => test.Name).DefaultIfEmpty(Whole).Index())
            {
                // Arguments are cut when they are long, a label is not.
                data.Add(new TheoryDataRow<string, int, string>(file, number, name) { Label = $"{file} {name}" });
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void Pester(string file, int number, string name)
    {
        PesterTest[] results = PesterFile.Run(file);
        Assert.True(number < results.Length, $"{file} has only {results.Length} tests when it runs.");
        PesterTest result = results[number];
        Assert.True(result is { Result: "Passed" }, result.Message);
        Assert.Equal(name, result.Name);
    }
}
