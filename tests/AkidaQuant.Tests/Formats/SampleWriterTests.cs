using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;
using CsCheck;

namespace AkidaQuant.Tests.Formats;

/// <summary>Samples that are written come back with all that they have.</summary>
public sealed class SampleWriterTests : TemporaryFolder
{
    private static readonly string[] Types =
    [
        "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64", "bool",
    ];

    private static readonly string[] Texts =
    [
        "", "cat", "dir/\u00f6.png", "\U0001F600 smile", "a\0b", "\ud800", "\ud800x\udc00", "\u65e5\u672c", "x ", "'\"",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Any_samples_come_back_from_memory_and_by_the_batch() => Gen.Int.Sample(
        seed =>
        {
            SampleSet samples = Any(new Random(seed));
            string path = PathOf("samples.npz");
            SampleWriter.Write(samples, path, cancellation: Cancellation);
            foreach (long limit in new[] { long.MaxValue, 0L })
            {
                AssertSame(samples, SampleReader.Read(path, new SampleReadOptions { MemoryLimit = limit }));
            }

            byte[] content = File.ReadAllBytes(path);
            SampleWriter.Write(SampleReader.Read(path), path, cancellation: Cancellation);
            Assert.Equal(content, File.ReadAllBytes(path));
        },
        iter: 150,
        threads: 1);

    [Fact]
    public void Samples_are_written_by_the_batch_in_little_memory()
    {
        SampleSet many = SampleSet.FromArray(new byte[1 << 20], new Shape(1024, 1024))[new int[64]];
        List<int> reports = [];
        long before = GC.GetAllocatedBytesForCurrentThread();
        SampleWriter.Write(many, PathOf("many.npz"), reports.Add, Cancellation);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 24L << 20);
        Assert.Equal(Enumerable.Range(1, 16).Select(i => 4 * i), reports);
        Assert.Equal(4, SampleWriter.BatchSize(many));
        Assert.Equal(64, SampleReader.Read(PathOf("many.npz")).Count);
    }

    [Fact]
    public void It_stops_between_batches_and_leaves_what_was_there()
    {
        string path = Write("old.npz", "old");
        SampleSet many = SampleSet.FromArray(new byte[1 << 20], new Shape(1024, 1024))[new int[64]];
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => SampleWriter.Write(many, path, _ => stop.Cancel(), stop.Token));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Folder));
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        SampleSet samples = SampleSet.FromArray(new byte[2], new Shape(1), null, ["a", "b\0"]);
        Assert.Equal("SampleNameInvalid", IdOf(() => SampleWriter.Write(samples, PathOf("x.npz"))));
        Assert.Equal("SampleFormatUnknown", IdOf(() => SampleWriter.Write(samples.Slice(0, 1), PathOf("x.npy"))));
        Assert.Equal("FileNotWritten", IdOf(() => SampleWriter.Write(samples.Slice(0, 1), PathOf("none/x.npz"))));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    /// <summary>Arrays of these names that hold something else were not looked at before, and are not now.</summary>
    [Fact]
    public void Other_arrays_of_the_names_are_left_alone()
    {
        string path = PathOf("other.npz");
        NpzWriter.Write(
            [
                new("samples", new NpyArray(new Shape(2, 1), new byte[] { 1, 2 })),
                new("names", new NpyArray(new Shape(2), new[] { 3, 4 })),
                new("classes", new NpyArray(new Shape(2, 1), new[] { 3f, 4f })),
            ],
            path);
        SampleSet read = SampleReader.Read(path);
        Assert.Null(read.Names);
        Assert.Null(read.Classes);
    }

    private static SampleSet Any(Random random)
    {
        Shape shape = random.Next(3) switch
        {
            0 => new Shape(random.Next(1, 5)),
            1 => new Shape(random.Next(1, 4), random.Next(1, 4)),
            _ => new Shape(random.Next(1, 4), random.Next(1, 4), random.Next(1, 4)),
        };
        int count = random.Next(1, 9);
        string type = Types[random.Next(Types.Length)];
        int width = SampleValues.SizeOf(type)!.Value;
        byte[] bytes = new byte[count * shape.Size * width];
        random.NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = type == "bool" ? (byte)(bytes[i] & 1) : bytes[i];
        }

        string[]? names = random.Next(2) == 0 ? null : Chosen(random, count);
        int[]? labels = random.Next(2) == 0 ? null : [.. Enumerable.Range(0, count).Select(_ => random.Next(-2, 9))];
        SampleSet samples = SampleSet.FromStored(
            SampleValues.FromBytes(type, bytes), count, shape, 1, (labels, names, random.Next(2) == 0 ? null : Chosen(random, 3)), "here");
        samples = random.Next(3) == 0 && shape.Rank > 1 ? samples.WithFirstAxisLast() : samples;
        samples = random.Next(3) == 0 ? samples.InOrder([.. Enumerable.Range(0, shape.Size).Reverse()]) : samples;
        return random.Next(3) == 0 ? samples[0, -1, 0] : samples;
    }

    private static string[] Chosen(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Texts[random.Next(Texts.Length)])];

    private static void AssertSame(SampleSet expected, SampleSet actual)
    {
        Assert.Equal((expected.Count, expected.SampleShape, expected.DType), (actual.Count, actual.SampleShape, actual.DType));
        Assert.Equal(expected.Labels, actual.Labels);
        Assert.Equal(expected.Names, actual.Names);
        Assert.Equal(expected.Classes, actual.Classes);
        Assert.Equal(Bytes(expected), Bytes(actual));
    }

    private static byte[] Bytes(SampleSet samples)
    {
        byte[] bytes = new byte[samples.Count * samples.SampleShape.Size * SampleValues.SizeOf(samples.DType)!.Value];
        samples.CopyBytes(0, samples.Count, bytes);
        return bytes;
    }
}
