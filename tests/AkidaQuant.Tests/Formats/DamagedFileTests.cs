using System.Diagnostics;
using System.Text;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;

namespace AkidaQuant.Tests.Formats;

/// <summary>Files with random damage: an error with an id or a value, soon and in little memory.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int Variants = 200;
    private const long MemoryLimit = 64L << 20;

    private const int SignTexts = 2000;

    /// <summary>What means something in YAML, and a little that does not.</summary>
    private static readonly string[] Signs =
    [
        "a", "1", " ", "\n", "\n ", "\r", "\t", ": ", "- ", "? ", ":", ",", "[", "]", "{", "}", "'", "\"", "&a ", "*a", "!", "!!", "!<",
        ">", "|", "|+9", "%", "%YAML 9.9\n", "%YAML 99999999999.1\n", "%TAG ! x\n", "@", "`", "#", "---", "...", "\\", "\"\\u", "~", "<<: ",
        "\0",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("tutorial_1_params/config.json", ".json")]
    [InlineData("digits_ds_cnn/config.json", ".json")]
    [InlineData("tutorial_1_params/config.json", ".yaml")]
    [InlineData("digits_ds_cnn/config.json", ".yaml")]
    public void Configurations(string file, string extension)
    {
        QuantConfig config = QuantConfigFile.Read(Repository.PathOf($"tests/vectors/keras/{file}"));
        byte[] whole = Encoding.UTF8.GetBytes(extension == ".json" ? QuantConfigFile.ToJson(config) : QuantConfigFile.ToYaml(config));
        Damage(whole, $"damaged{extension}", path => QuantConfigFile.Read(path));
    }

    [Theory]
    [InlineData("digits_ds_cnn/inputs.npz")]
    [InlineData("tutorial_1_params/variables.npz")]
    public void Archives_give_their_own_values_or_none(string file)
    {
        string path = Repository.PathOf($"tests/vectors/keras/{file}");
        IReadOnlyDictionary<string, NpyArray> expected = NpzReader.ReadAll(path);
        byte[] whole = File.ReadAllBytes(path);
        Damage(whole, "damaged.npz", damaged =>
        {
            using NpzReader reader = NpzReader.Open(damaged);
            foreach (string name in reader.Names)
            {
                // A name itself may be damaged; what goes by a name that was there is what was there.
                NpyArray array = reader.Read(name);
                if (expected.TryGetValue(name, out NpyArray? original))
                {
                    Assert.True(Content(original).AsSpan().SequenceEqual(Content(array)), $"'{name}' has other values.");
                }
            }
        });
    }

    [Fact]
    public void Arrays()
    {
        using MemoryStream stream = new();
        NpyWriter.Write(new NpyArray(new Shape(10, 7, 3), Enumerable.Range(0, 210).Select(i => (float)i).ToArray()), stream);
        Damage(stream.ToArray(), "damaged.npy", path => SampleReader.Read(path));
    }

    [Theory]
    [InlineData(".json", "[", 1_000_000)]
    [InlineData(".json", "{\"a\":", 1_000_000)]
    [InlineData(".yaml", "[", 1_000_000)]
    [InlineData(".yaml", "{a: ", 1_000_000)]
    [InlineData(".yaml", "- ", 1_000_000)]
    [InlineData(".yaml", "? ", 1_000_000)]
    [InlineData(".yaml", "!", 1_000_000)]
    [InlineData(".yaml", "&a ", 100_000)]
    [InlineData(".yaml", "- *a\n", 100_000)]
    [InlineData(".yaml", "\"\\x41", 100_000)]
    [InlineData(".yaml", "a: 'b\n", 100_000)]
    public void Endless_nesting_is_an_error_at_once(string extension, string part, int count) =>
        Assert.NotNull(
            Within($"deep{extension}", Encoding.UTF8.GetBytes(new StringBuilder().Insert(0, part, count).ToString()), path =>
                QuantConfigFile.Read(path)));

    [Theory]
    [InlineData(": [\nr", 2)]
    [InlineData("a: 1\nlayers:\n- [\nb", 4)]
    [InlineData("- a: {b\n", 2)]
    [InlineData("...\tI1e999b**:: a~==%TAG ! x\n", 1)]
    [InlineData("a: 1\n---", 2)]
    [InlineData("a: 1\nb: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n", 2)]
    public void An_error_in_YAML_says_the_line(string text, int line)
    {
        QuantException error = Within("wrong.yaml", Encoding.UTF8.GetBytes(text), path => QuantConfigFile.Read(path))!;
        Assert.Equal("ConfigFileInvalid", error.Id);
        Assert.Contains($"in line {line}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_the_signs_of_YAML_are_values_or_errors()
    {
        Random random = new(20261201);
        int located = 0;
        for (int i = 0; i < SignTexts; i++)
        {
            StringBuilder text = new();
            for (int part = random.Next(1, 14); part > 0; part--)
            {
                text.Append(Signs[random.Next(Signs.Length)]);
            }

            QuantException? error = Within("signs.yaml", Encoding.UTF8.GetBytes(text.ToString()), path => QuantConfigFile.Read(path));
            located += error?.Message.Contains("in line ", StringComparison.Ordinal) == true ? 1 : 0;
        }

        Assert.InRange(located, SignTexts / 2, SignTexts);
    }

    [Fact]
    public void Two_arrays_of_one_name_are_refused_by_name()
    {
        string path = Path.Combine(_folder, "repeated.npz");
        NpyArray array = new(new Shape(2), new byte[2]);
        NpzWriter.Write([new("folder/a", array), new("folder/a", array)], path);
        QuantException error = Assert.Throws<QuantException>(() => NpzReader.ReadAll(path));
        Assert.Equal("ArrayFileDamaged", error.Id);
        Assert.Contains("'folder/a.npy'", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_that_multiply_are_an_error_at_once()
    {
        StringBuilder text = new("a: &a0 {x: {y: 1}}\n");
        for (int i = 1; i < 30; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"b{i}: &a{i} {{l: *a{i - 1}, r: *a{i - 1}}}\n");
        }

        Assert.NotNull(Within("laughs.yaml", Encoding.UTF8.GetBytes(text.ToString()), path => QuantConfigFile.Read(path)));
    }

    [Fact]
    public void An_array_larger_than_memory_is_an_error_before_it_is_read()
    {
        byte[] header = [.. "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483591,), }"u8];
        using MemoryStream stream = new([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header]);
        Assert.Equal(
            "ArrayTooLarge",
            Assert.Throws<QuantException>(() => NpyReader.Read(stream, long.MaxValue, "a", _folder, memory: 1L << 30)).Id);
    }

    [Fact]
    public void Bytes_behind_an_array_are_damage_in_an_archive()
    {
        string path = Path.Combine(_folder, "more.npz");
        using (System.IO.Compression.ZipArchive archive = new(File.Create(path), System.IO.Compression.ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("a.npy").Open();
            NpyWriter.Write(new NpyArray(new Shape(2), new byte[2]), entry);
            entry.WriteByte(0);
        }

        Assert.Equal("ArrayFileDamaged", Assert.Throws<QuantException>(() => NpzReader.ReadAll(path)).Id);
    }

    private static byte[] Content(NpyArray array)
    {
        using MemoryStream stream = new();
        NpyWriter.Write(array, stream);
        return stream.ToArray();
    }

    private void Damage(byte[] whole, string name, Action<string> read)
    {
        Assert.Null(Within(name, whole, read));
        Random random = new(20261125);
        int refused = 0;
        for (int i = 0; i < Variants; i++)
        {
            refused += Within(name, FileDamage.Of(whole, random), read) is null ? 0 : 1;
        }

        Assert.InRange(refused, Variants / 10, Variants);
    }

    private QuantException? Within(string name, byte[] content, Action<string> read)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        QuantException? error = null;
        try
        {
            read(path);
        }
        catch (QuantException e)
        {
            error = e;
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", e.Message, StringComparison.Ordinal);
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limits.Hang);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryLimit + (16L * content.Length));
        return error;
    }
}
