using System.Collections.Concurrent;
using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Repair;
using AkidaQuant.Tests.Networks;
using AkidaQuant.Transforms;
using CsCheck;

namespace AkidaQuant.Tests.Repair;

/// <summary>
/// Networks of the generator, of all layers and sizes: what of them is refused before and after a repair, by rule and by the limit of the
/// hardware behind it, in <c>artifacts/repairs.txt</c> with the seeds.
/// </summary>
public sealed class RandomRepairTests(ITestOutputHelper output)
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<uint>> _before = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentBag<uint>> _after = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentBag<uint>> _limits = new(StringComparer.Ordinal);
    private int _networks;

    [Fact]
    public void A_repaired_network_computes_the_same_and_keeps_its_integers()
    {
        Gen.OneOf(RandomNetwork.Any, RandomNetwork.Padded, RandomNetwork.Convertible).Sample(
            Repair,
            iter: RandomNetwork.Count,
            print: network => network.ToString());
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{_networks} random networks, 8 bits; refused before a repair: {_before.GetValueOrDefault(string.Empty)?.Count ?? 0}, after: {_after.GetValueOrDefault(string.Empty)?.Count ?? 0}\n{Table("before", _before)}{Table("after", _after)}{Table("limit", _limits)}");
        output.WriteLine(text);
        File.WriteAllText(Repository.PathOf("artifacts/repairs.txt"), text);
    }

    private void Repair(RandomNetwork network)
    {
        SampleSet samples = RepairCase.Samples(network.Model);
        RepairOptions options = new() { Version = AkidaVersion.V2, Samples = samples };
        Model floating = Sanitizer.Run(network.Model);
        Judgement judgement = Judgement.Of(floating, options);
        Interlocked.Increment(ref _networks);
        if (!Count(_before, network.Seed, judgement))
        {
            Assert.Same(network.Model, Repairer.Repair(network.Model, options));
            return;
        }

        (Model repaired, Judgement left) = Repairer.Run(network.Model, options);
        RepairCase.AssertSameSums(floating, repaired, samples);
        if (!Count(_after, network.Seed, left))
        {
            RepairCase.AssertSameIntegers(repaired, samples, AkidaVersion.V2, null);
            Assert.Same(repaired, Repairer.Repair(repaired, options));
        }

        foreach (string limit in left.Problems.Select(problem => Limit(problem, left)).Distinct())
        {
            _limits.GetOrAdd(limit, _ => []).Add(network.Seed);
        }
    }

    /// <summary>The limit behind what is still refused; a repair is missing where there is none.</summary>
    private static string Limit(ConversionProblem problem, Judgement left)
    {
        string? limit = HardwareLimits.Find(problem, left.Floating, left.Problems);
        Assert.True(limit is not null, $"What is refused has an exact form: {problem.Message}");
        return limit;
    }

    private static bool Count(ConcurrentDictionary<string, ConcurrentBag<uint>> counts, uint seed, Judgement judgement)
    {
        foreach (string rule in judgement.Problems.Select(problem => problem.Rule).Distinct().Append(string.Empty))
        {
            if (judgement.Problems.Count > 0)
            {
                counts.GetOrAdd(rule, _ => []).Add(seed);
            }
        }

        return judgement.Problems.Count > 0;
    }

    private static string Table(string when, ConcurrentDictionary<string, ConcurrentBag<uint>> counts) => string.Concat(
        counts.Where(pair => pair.Key.Length > 0).OrderByDescending(pair => pair.Value.Count).Select(pair => string.Create(
            CultureInfo.InvariantCulture,
            $"{when} {pair.Key,-28} {pair.Value.Count,5}  seeds {string.Join(' ', pair.Value.Order().Take(12))}\n")));
}
