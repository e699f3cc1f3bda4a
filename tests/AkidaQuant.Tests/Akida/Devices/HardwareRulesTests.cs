using System.Globalization;
using System.Text;
using AkidaQuant.Akida.Devices;

namespace AkidaQuant.Tests.Akida.Devices;

/// <summary>
/// Each rule of akida-model.md 2 with a model just inside and one just outside: the table of constraints,
/// <c>artifacts/constraints.txt</c>.
/// </summary>
public sealed class HardwareRulesTests(ITestOutputHelper output)
{
    private static readonly HardwareRule[] Rules = [.. Enum.GetValues<AkidaIp>().SelectMany(ip => HardwareRules.Of(ip))];

    private static readonly HardwarePair[] Pairs = [.. Version1Pairs.All, .. Version2Pairs.All, .. PicoPairs.All];

    public static TheoryData<string> Ids => [.. Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_takes_what_is_just_inside_and_refuses_what_is_just_outside(string id)
    {
        HardwareRule rule = Rules.Single(rule => rule.Id == id);
        HardwarePair[] pairs = [.. Pairs.Where(pair => pair.Rule == id)];
        Assert.NotEmpty(pairs);
        foreach (HardwarePair pair in pairs)
        {
            Assert.All(Inside(rule, pair), row => Assert.Equal(string.Empty, row.Problem));
            Assert.All(Inside(rule, pair), row => Assert.Equal(HardwareVerdict.Fits, row.Verdict));
            HardwareRow broken = Assert.Single(Outside(rule, pair), row => row.Rule == id);
            Assert.Equal(rule.IsNote ? HardwareVerdict.Noted : HardwareVerdict.Refused, broken.Verdict);
            Assert.NotEqual(broken.Limit, broken.Found);
            Assert.All([broken.Found, broken.Limit, broken.Remedy, broken.Source], text => Assert.NotEmpty(text));
            Assert.Contains(broken.Found, broken.Problem, StringComparison.Ordinal);
            Assert.Contains(broken.Limit, broken.Problem, StringComparison.Ordinal);
            Assert.EndsWith(broken.Remedy, broken.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_table_of_constraints()
    {
        Assert.Empty(Pairs.Select(pair => pair.Rule).Except(Rules.Select(rule => rule.Id)));
        Assert.Equal(Rules.Length, Rules.DistinctBy(rule => rule.Id).Count());
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Rules.Length} rules, {Pairs.Length} pairs of models, just inside and just outside\n");
        foreach (HardwareRule rule in Rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{rule.Id} ({rule.Source}): {Layers(rule)}: {rule.Subject}: {rule.Limit}\n");
            foreach (HardwarePair pair in Pairs.Where(pair => pair.Rule == rule.Id))
            {
                HardwareRow row = Outside(rule, pair).First(row => row.Rule == rule.Id);
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  inside {Inside(rule, pair)[^1].Verdict}; outside {row.Verdict}: {row.Found}, takes {row.Limit}\n");
            }
        }

        output.WriteLine(text.ToString());
        Directory.CreateDirectory(Repository.PathOf("artifacts"));
        File.WriteAllText(Repository.PathOf("artifacts/constraints.txt"), text.ToString());
    }

    [Fact]
    public void The_page_on_devices_has_each_rule_with_its_figure()
    {
        string page = File.ReadAllText(Repository.PathOf("docs/en-US/about_AkidaQuant_Devices.md")).ReplaceLineEndings("\n");
        string table = string.Join('\n', Rules.Select(rule =>
        {
            string limit = rule.IsNote ? $"{rule.Limit} (note)" : rule.Limit;
            return $"| `{rule.Id}` | {Layers(rule)} | {rule.Subject} | {limit} | {rule.Source} |";
        }));
        Assert.True(
            page.Contains($"| rule | layers | what | takes | source |\n|---|---|---|---|---|\n{table}\n", StringComparison.Ordinal),
            $"Its table of rules must be:\n{table}");
    }

    private static string Layers(HardwareRule rule) =>
        rule.Layers.Count == 0 ? "all layers" : string.Join(", ", rule.Layers.AsEnumerable());

    private static IReadOnlyList<HardwareRow> Inside(HardwareRule rule, HardwarePair pair) =>
        HardwareCheck.Run(pair.Inside, pair.InsideDevice ?? Usual(rule.Ip));

    private static IReadOnlyList<HardwareRow> Outside(HardwareRule rule, HardwarePair pair) =>
        [.. HardwareCheck.Run(pair.Outside, pair.OutsideDevice ?? Usual(rule.Ip)).DistinctBy(row => (row.Layer.Length == 0, row.Rule))];

    private static AkidaDevice Usual(AkidaIp ip) => ip == AkidaIp.Pico ? AkidaDevices.Named("Pico") : HardwareModels.Device(ip);
}
