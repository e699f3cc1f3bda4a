using System.Globalization;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>
/// Checks that networks give what they give in ONNX Runtime, or are refused by an error that a user can act on, and that
/// few are. <c>AKIDAQUANT_ONNX_CASES</c> takes more cases than usual, <c>AKIDAQUANT_ONNX_SEED</c> always the same one.
/// </summary>
internal static class OnnxCases
{
    private const int UsualCount = 300;

    /// <summary>Checks random networks.</summary>
    /// <param name="output">Takes the counts.</param>
    /// <param name="least">The part of all such networks that must be imported and equal.</param>
    /// <param name="build">Adds nodes to a network and says which tensor it gives.</param>
    /// <param name="count">How many networks; null for the usual number.</param>
    /// <param name="tolerance">The relative difference that may be.</param>
    public static void Check(
        ITestOutputHelper output,
        double least,
        Func<OnnxCase, string> build,
        int? count = null,
        float tolerance = OnnxComparison.Tolerance)
    {
        int total = 0;
        int equal = 0;
        float largest = 0;
        SortedDictionary<string, (int Count, string First)> refused = new(StringComparer.Ordinal);
        Gen<uint> seeds = Variable("AKIDAQUANT_ONNX_SEED") is { } seed ? Gen.Const(seed) : Gen.UInt[0, uint.MaxValue];
        seeds
            .Select(number => OnnxCase.Build(number, build))
            .Sample(
                network =>
                {
                    total++;
                    try
                    {
                        float difference = network.Difference();
                        Assert.True(
                            difference <= tolerance,
                            string.Create(CultureInfo.InvariantCulture, $"The largest relative difference is {difference}."));
                        largest = Math.Max(largest, difference);
                        equal++;
                    }
                    catch (QuantException error)
                    {
                        refused[error.Id] = refused.TryGetValue(error.Id, out (int Count, string First) before)
                            ? before with
                            {
                                Count = before.Count + 1,
                            }
                            : (1, $"{error.Message}\n{network}");
                    }
                },
                iter: (int)(Variable("AKIDAQUANT_ONNX_CASES") ?? (uint)(count ?? UsualCount)),
                threads: 1);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{equal} of {total} networks are equal, the largest relative difference is {largest:e2}"));
        foreach ((string id, (int times, string first)) in refused)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}: {times} refused, the first: {first}"));
        }

        Assert.True(equal >= Limits.AtLeast(least, total), $"Only {equal} of {total} networks were imported.");
    }

    /// <summary>The number that an environment variable gives; null where it is not set.</summary>
    public static uint? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? uint.Parse(value, CultureInfo.InvariantCulture) : null;
}
