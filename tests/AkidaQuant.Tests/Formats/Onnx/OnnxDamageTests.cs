using System.Diagnostics;
using System.Globalization;
using AkidaQuant.Execution;
using AkidaQuant.Formats.Onnx;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Tests.Vectors;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>
/// Damaged variants of every file: a model that runs, or an error that a user can act on, soon and in bounded memory.
/// Files of the folder that <c>AKIDAQUANT_BENCH</c> names are damaged too. <c>AKIDAQUANT_ONNX_SEED</c> damages otherwise,
/// <c>AKIDAQUANT_ONNX_CASES</c> more often.
/// </summary>
public sealed class OnnxDamageTests(ITestOutputHelper output, OnnxReport report)
{
    private const uint UsualVariants = 200;
    private const uint UsualSeed = 20261125;
    private const long MemoryLimit = 256L << 20;
    private const int MemoryPerByte = 20;

    /// <summary>Models that take more for one sample are not run: their shapes, though huge, are what the file says.</summary>
    private const long RunLimit = 256L << 20;

    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Repository.PathOf("tests/vectors/onnx"), "*.onnx", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.PathOf("tests/vectors/onnx"), path).Replace('\\', '/'))
            .Concat(Environment.GetEnvironmentVariable("AKIDAQUANT_BENCH") is { Length: > 0 } folder
                ? Directory.GetFiles(folder, "*.onnx").Where(path => !path.Contains("_qdq_", StringComparison.Ordinal)) : [])
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Damaged_bytes_give_a_model_or_an_error(string file)
    {
        byte[] whole = Whole(file);
        OnnxDamage damage = new(whole);
        Check("bytes damaged", file, whole, damage.Make);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Changed_graphs_give_a_model_or_an_error(string file)
    {
        byte[] whole = Whole(file);
        OnnxMutation mutation = new(whole);
        Check("graph changed", file, whole, mutation.Make);
    }

    private static byte[] Whole(string file) => File.ReadAllBytes(Path.Combine(Repository.PathOf("tests/vectors/onnx"), file));

    private void Check(string kind, string file, byte[] whole, Func<Random, (byte[] Content, string What)> make)
    {
        uint seed = OnnxCases.Variable("AKIDAQUANT_ONNX_SEED") ?? UsualSeed;
        int variants = (int)(OnnxCases.Variable("AKIDAQUANT_ONNX_CASES") ?? UsualVariants);
        Random random = new((int)seed);
        SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        Assert.Equal("runs", Within(file, whole, "nothing is damaged").Outcome);
        long most = 0;
        TimeSpan longest = default;
        for (int i = 0; i < variants; i++)
        {
            (byte[] content, string what) = make(random);
            Stopwatch watch = Stopwatch.StartNew();
            (string outcome, long bytes) = Within(file, content, $"seed {seed}, variant {i} of {file}: {what}");
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            most = Math.Max(most, bytes);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }

        int Count(Func<string, bool> isOutcome) => outcomes.Where(pair => isOutcome(pair.Key)).Sum(pair => pair.Value);
        int refused = Count(outcome => outcome.StartsWith("import", StringComparison.Ordinal));
        int later = Count(outcome => outcome.StartsWith("later", StringComparison.Ordinal));
        report.Add(
            $"Damaged variants of each file, seed {seed}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{file, -36} {kind}: {Count(outcome => outcome == "runs"), 4} run, {Count(outcome => outcome == "huge"), 3} too large to run, {refused, 4} refused at import, {later, 3} later; at most {longest.TotalMilliseconds:0} ms and {most >> 10} KB for import"));
        output.WriteLine($"seed {seed}: {string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.InRange(refused + later, variants / 10, variants);
    }

    /// <summary>What becomes of a file, and the bytes that reading it took.</summary>
    private static (string Outcome, long Bytes) Within(string file, byte[] content, string what)
    {
        string outcome = string.Empty;
        long bytes = 0;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                (outcome, bytes) = Try(file, content);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        Assert.True(thread.Join(Limits.Hang), $"{what}: it hangs.");
        Assert.True(failure is null, $"{what}: {failure}");
        Assert.True(bytes <= MemoryLimit + ((long)MemoryPerByte * content.Length), $"{what}: it took {bytes} bytes.");
        return (outcome, bytes);
    }

    private static (string Outcome, long Bytes) Try(string file, byte[] content)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long bytes = 0;
        Model? model = null;
        try
        {
            // Beside a file that is not there: no damage may open another one.
            model = OnnxReader.Read(Path.Combine(Path.GetTempPath(), Path.GetFileName(file)), content);
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            ExecutionPlan<Node> plan = model.Plan;
            if (plan.BytesPerSample(RunnerResults.All) > RunLimit)
            {
                return ("huge", bytes);
            }

            Run(model);
            return ("runs", bytes);
        }
        catch (QuantException error)
        {
            Assert.NotEmpty(error.Id);
            Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
            return model is null ? ($"import {error.Id}", GC.GetAllocatedBytesForCurrentThread() - before) : ($"later {error.Id}", bytes);
        }
    }

    /// <summary>Quantizes a float model and runs both; a quantized one is only run.</summary>
    private static void Run(Model model)
    {
        SampleSet sample = RandomSamples.Create(model, 1, seed: 1);
        _ = Inference.Run(model, sample).Count();
        if (!model.IsQuantized)
        {
            Model quantized = Quantizer.Quantize(model, new QuantizeOptions { Samples = sample });
            _ = Inference.Run(quantized, sample).Count();
        }
    }
}
