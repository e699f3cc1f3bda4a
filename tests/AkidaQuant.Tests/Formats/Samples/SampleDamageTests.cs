using System.Diagnostics;
using System.Text;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Tests.Formats.Samples;

/// <summary>Files that are damaged give samples or a clear error, never anything else, and take little memory.</summary>
public sealed class SampleDamageTests : TemporaryFolder
{
    private const int Variants = 200;
    private const int Seed = 20261125;
    private const long MemoryLimit = 24L << 20;

    public static TheoryData<string> Pictures =>
    [
        "color.png",
        "interlaced.png",
        "palette.png",
        "deep.png",
        "bits.png",
        "alpha.png",
        "gray.png",
        "color.jpg",
        "progressive.jpg",
        "gray.jpg",
        "color.bmp",
        "gray.bmp",
    ];

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Images(string name) => Damage(name, File.ReadAllBytes(Repository.PathOf($"tests/vectors/images/{name}")));

    [Theory]
    [InlineData("a-images-idx3-ubyte")]
    [InlineData("a-images-idx3-ubyte.gz")]
    public void Idx_files(string name)
    {
        byte[] content = [.. IdxTests.Header(0x08, [20, 5, 4]), .. Enumerable.Range(0, 400).Select(i => (byte)(i * 7))];
        Damage(name, name.EndsWith(".gz", StringComparison.Ordinal) ? IdxTests.Pack(content) : content);
    }

    [Fact]
    public void Tables()
    {
        StringBuilder text = new("a,b,\"c\",label\n");
        for (int i = 0; i < 40; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i},{i * 0.25},\"{-i}\",{i % 3}\n");
        }

        Damage("a.csv", Encoding.UTF8.GetBytes(text.ToString()));
    }

    [Theory]
    [InlineData("a.npy", false)]
    [InlineData("a.npz", false)]
    [InlineData("a.npz", true)]
    public void Arrays(string name, bool compress)
    {
        NpyArray samples = new(new Shape(20, 5, 4), Enumerable.Range(0, 400).Select(i => (short)i).ToArray());
        if (name == "a.npy")
        {
            NpyWriter.Write(samples, PathOf(name));
        }
        else
        {
            NpzWriter.Write([new("samples", samples), new("labels", new NpyArray(new Shape(20), new byte[20]))], PathOf(name), compress);
        }

        Damage(name, File.ReadAllBytes(PathOf(name)));
    }

    private void Damage(string name, byte[] whole)
    {
        Random random = new(Seed);
        int read = 0;
        for (int i = 0; i < Variants; i++)
        {
            byte[] damaged = [.. whole];
            int position = random.Next(damaged.Length);
            string what;
            if (i % 4 == 3)
            {
                damaged = damaged[..position];
                what = $"{name} ends after {position} bytes";
            }
            else
            {
                // Half of the damage is where sizes are.
                position = i % 4 == 0 ? position : random.Next(Math.Min(whole.Length, 64));
                damaged[position] ^= (byte)random.Next(1, 256);
                what = $"byte {position} of {name} is {damaged[position]}";
            }

            foreach (long limit in new[] { 0L, 1L << 20 })
            {
                read += Reads(Write(name, damaged), limit, what) ? 1 : 0;
            }
        }

        Assert.True(Reads(Write(name, whole), 0, "nothing is damaged"));
        Assert.InRange(read, 0, (2 * Variants) - 1);
    }

    private static bool Reads(string path, long memoryLimit, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        bool isRead = false;
        try
        {
            SampleSet samples = SampleReader.Read(path, new SampleReadOptions { MemoryLimit = memoryLimit });
            for (int i = 0; i < samples.Count; i++)
            {
                _ = samples.Values(i);
            }

            isRead = true;
        }
        catch (QuantException e)
        {
            Assert.Contains(Path.GetFileName(path), e.Message, StringComparison.Ordinal);
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        Assert.True(watch.Elapsed < Limits.Hang, $"{what}: it took {watch.Elapsed}");
        Assert.True(
            GC.GetAllocatedBytesForCurrentThread() - before < MemoryLimit,
            $"{what}: it took {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
        return isRead;
    }
}
