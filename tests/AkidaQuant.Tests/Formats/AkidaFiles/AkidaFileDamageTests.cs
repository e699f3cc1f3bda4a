using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Formats.AkidaFiles;

/// <summary>Files that were altered in 2,000 ways: an error of ours or the same model, soon and in little memory.</summary>
public sealed class AkidaFileDamageTests(SizeTable table)
{
    private const int Alterations = 1000;
    private const long MaxSize = 32L << 20;
    private const long MemoryLimit = 256L << 20;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, 3, 7, 8, 31, 32, 62, 63, 64, 255, 256, 32768, 65536, 1 << 20, (1 << 20) + 1, int.MaxValue, int.MinValue, long.MaxValue,
    ];

    private static readonly Lazy<(AkidaModel Model, byte[] Content)[]> Files = new(() =>
    [
        .. new[]
        {
            Converted("concatenate"),
            Converted("temporal_buffers"),
            Converted("transposed_decoder"),
            Converted("fused_activations_softmax_head"),
            StoredModel.OfVersion1(3).Model,
        }.Select(model => (model, StoredModel.Bytes(model))),
    ]);

    [Fact]
    public void Altered_files_are_refused_or_the_same()
    {
        Random random = new(20261202);
        Dictionary<string, int> outcomes = new(StringComparer.Ordinal);
        for (int i = 0; i < Alterations; i++)
        {
            (AkidaModel model, byte[] content) = Files.Value[i % Files.Value.Length];
            Count(outcomes, Outcome(FileDamage.Of(content, random), read => StoredModel.AssertSame(model, read)));
        }

        table.Add("altered", outcomes);
        Assert.True(outcomes.GetValueOrDefault("AkidaFileAltered") > Alterations / 3);
        Assert.True(outcomes.GetValueOrDefault("AkidaFileTruncated") > Alterations / 20);
    }

    [Fact]
    public void Altered_files_with_right_checksums_are_refused_or_run()
    {
        Random random = new(20261203);
        Dictionary<string, int> outcomes = new(StringComparer.Ordinal);
        for (int i = 0; i < Alterations; i++)
        {
            byte[] content = Files.Value[i % Files.Value.Length].Content;
            Count(outcomes, Outcome(Summed(content, members => Alter(members, random)), Run));
        }

        table.Add("altered, checksums right", outcomes);
        Assert.True(outcomes.Count > 6, string.Join(' ', outcomes.Keys));
        Assert.InRange(outcomes.GetValueOrDefault("read"), Alterations / 50, Alterations / 2);
    }

    /// <summary>A file whose members are altered, and their checksums made right again.</summary>
    internal static byte[] Summed(byte[] content, Action<Dictionary<string, byte[]>> alter, bool isPacked = false)
    {
        Dictionary<string, byte[]> members = new(StringComparer.Ordinal);
        using (ZipArchive archive = new(new MemoryStream(content)))
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                using Stream stream = entry.Open();
                using MemoryStream copy = new();
                stream.CopyTo(copy);
                members[entry.FullName] = copy.ToArray();
            }
        }

        alter(members);
        members["SHA256SUMS"] = Encoding.ASCII.GetBytes(string.Concat(members
            .Where(member => member.Key != "SHA256SUMS")
            .Select(member => $"{Convert.ToHexStringLower(SHA256.HashData(member.Value))}  {member.Key}\n")));
        using MemoryStream result = new();
        using (ZipArchive archive = new(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in members)
            {
                using Stream stream = archive
                    .CreateEntry(name, isPacked ? CompressionLevel.SmallestSize : CompressionLevel.NoCompression).Open();
                stream.Write(bytes);
            }
        }

        return result.ToArray();
    }

    private static AkidaModel Converted(string name) =>
        AkidaConverter.Convert(VectorCase.Open(name).ReadModel("quantized.h5"), AkidaVersion.V2);

    private static void Count(Dictionary<string, int> outcomes, string outcome) =>
        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;

    private static string Outcome(byte[] content, Action<AkidaModel> use)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        string outcome = "read";
        AkidaModel? model = null;
        try
        {
            model = StoredModel.Read(content, MaxSize);
        }
        catch (QuantException e)
        {
            outcome = e.Id;
            Assert.Contains(".akq", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", e.Message, StringComparison.Ordinal);
        }

        if (model is not null)
        {
            use(model);
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limits.Hang);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryLimit);
        return outcome;
    }

    /// <summary>A model of other numbers is one, too, and gives something.</summary>
    private static void Run(AkidaModel model)
    {
        if (model.Plan.Steps.Max(step => step.Prepared.Output.Shape.Aggregate(1L, (product, size) => product * size)) > 1 << 20)
        {
            return;
        }

        SampleSet samples = model.Plan.Input is QuantizedSpec { Range: var range }
            ? SampleSet.FromArray(
                Enumerable.Range(0, 2 * model.InputShape.Size).Select(i => Math.Min(i % 3, range.Max)).ToArray(), model.InputShape)
            : RandomSamples.CreateFloats(model.InputShape, 2, 1, -1, 1);
        samples = model.Form is { } ? samples.Reshape(model.SampleShape) : samples;
        try
        {
            Assert.NotEmpty(Emulator.Run(model, samples).First().Values);
        }
        catch (QuantException)
        {
            // Such as samples that a form of other axes does not take.
        }
    }

    private static void Alter(Dictionary<string, byte[]> members, Random random)
    {
        string[] names = [.. members.Keys.Where(name => name != "SHA256SUMS")];
        string name = names[random.Next(names.Length)];
        if (name != "manifest.json" || random.Next(4) == 0)
        {
            members[name] = members[name].Length > 0 ? FileDamage.Of(members[name], random) : [1];
            return;
        }

        JsonNode manifest = JsonNode.Parse(members[name])!;
        for (int count = random.Next(1, 3); count > 0; count--)
        {
            AlterNode(manifest, random);
        }

        members[name] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }

    private static void AlterNode(JsonNode root, Random random)
    {
        List<JsonNode> all = [];
        Collect(root, all);
        JsonNode chosen = all[random.Next(all.Count)];
        JsonNode? other = random.Next(8) switch
        {
            0 => null,
            1 => all[random.Next(all.Count)].DeepClone(),
            2 => JsonValue.Create(0.5),
            3 => new JsonArray(),
            4 => JsonValue.Create("x"),
            _ => JsonValue.Create(Numbers[random.Next(Numbers.Length)]),
        };
        switch (chosen.Parent)
        {
            case JsonObject owner when random.Next(10) == 0:
                owner.Remove(chosen.GetPropertyName());
                break;
            case JsonObject owner:
                owner[chosen.GetPropertyName()] = other;
                break;
            case JsonArray owner when random.Next(10) == 0:
                owner.Remove(chosen);
                break;
            case JsonArray owner:
                owner[chosen.GetElementIndex()] = other;
                break;
            default:
                break;
        }
    }

    private static void Collect(JsonNode node, List<JsonNode> all)
    {
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject map => map.Select(entry => entry.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (JsonNode child in children.OfType<JsonNode>())
        {
            all.Add(child);
            Collect(child, all);
        }
    }
}
