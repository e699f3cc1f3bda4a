namespace AkidaQuant.Tests.House;

/// <summary>What a test of the sources finds.</summary>
internal static class Findings
{
    /// <summary>Fails with all that was found, one a line, where there is anything.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, $"{all.Length} findings:\n{string.Join('\n', all)}");
    }
}
