using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;

namespace AkidaQuant.Tests.Formats.Keras;

public sealed class KerasDamageTests
{
    private const int Flips = 200;
    private const long MemoryLimit = 16L << 20;

    [Theory]
    [InlineData("huge_dimension.h5")]
    [InlineData("btree_cycle.h5")]
    [InlineData("continuation_cycle.h5")]
    public void Known_damage_is_an_error_at_once(string file)
    {
        Stopwatch watch = Stopwatch.StartNew();
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(Repository.PathOf($"tests/vectors/damaged/{file}")));
        Assert.Equal("ModelFileDamaged", error.Id);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limits.Hang);
    }

    [Theory]
    [InlineData("keras/dense_float/float.h5")]
    [InlineData("keras/tutorial_1_params/quantized.h5")]
    [InlineData("keras/residual_add/float.keras")]
    [InlineData("keras3/digits_ds_cnn.h5")]
    [InlineData("keras3/digits_ds_cnn.keras")]
    [InlineData("keras3/sequential.keras")]
    public void A_flipped_byte_gives_a_model_or_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf($"tests/vectors/{file}"));
        Random random = new(20261123);
        for (int i = 0; i < Flips; i++)
        {
            byte[] damaged = [.. whole];
            int position = random.Next(damaged.Length);
            damaged[position] ^= (byte)random.Next(1, 256);
            CheckReads(damaged, $"byte {position} of {file} is {damaged[position]}");
        }
    }

    [Fact]
    public void A_flipped_byte_of_any_structure_gives_a_model_or_an_error()
    {
        // The first structures are where sizes and addresses are; weights would only dilute them.
        byte[] whole = File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.h5"));
        for (int position = 8; position < 2000; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= (byte)(1 << (position % 8));
            CheckReads(damaged, $"byte {position} is {damaged[position]}");
        }
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.NoCompression)]
    public void A_flipped_byte_of_an_archive_never_changes_the_model(CompressionLevel compression)
    {
        byte[] whole = ArchiveFile.Recompress(
            File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.keras")),
            compression);
        float[] expected = Weights(KerasReader.Read("whole.keras", whole));
        Random random = new(20261125);
        for (int i = 0; i < Flips; i++)
        {
            byte[] damaged = [.. whole];
            int position = random.Next(damaged.Length);
            damaged[position] ^= (byte)random.Next(1, 256);
            if (CheckReads(damaged, $"byte {position} is {damaged[position]}"))
            {
                Assert.Equal(expected, Weights(KerasReader.Read("damaged.keras", damaged)));
            }
        }
    }

    [Fact]
    public void A_bomb_is_refused_before_it_takes_memory()
    {
        byte[] bomb = ArchiveFile.Make(CompressionLevel.SmallestSize, ("config.json", new byte[64 << 20]), ("model.weights.h5", []));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("ModelFileDamaged", Assert.Throws<QuantException>(() => KerasReader.Read("bomb.keras", bomb)).Id);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("metadata.json")]
    [InlineData("model.weights.h5")]
    [InlineData("assets/words.txt")]
    public void Two_entries_of_one_name_are_refused_by_name(string name)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.keras"));
        byte[] repeated = ArchiveFile.With(whole, (name, []), (name, []));
        QuantException error = Assert.Throws<QuantException>(() => KerasReader.Read("net.keras", repeated));
        Assert.Equal("ModelFileDamaged", error.Id);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'net.keras'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_listed_twice_changes_nothing()
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.keras"));
        Assert.Equal(
            Weights(KerasReader.Read("whole.keras", whole)),
            Weights(KerasReader.Read("net.keras", ArchiveFile.With(whole, ("assets/", []), ("assets/", [])))));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("metadata.json")]
    public void A_key_that_is_given_twice_is_refused(string member)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.keras"));
        using KerasArchive archive = KerasArchive.Open("whole", whole);
        string text = archive.ReadText(member);
        string repeated = $"{{\"some key\": 1, \"some key\": 1, {text.TrimStart()[1..]}";
        byte[] changed = ArchiveFile.Change(whole, member, Encoding.UTF8.GetBytes(repeated));
        QuantException error = Assert.Throws<QuantException>(() => KerasReader.Read("net.keras", changed));
        Assert.Equal("ModelFileDamaged", error.Id);
        Assert.Contains("'some key' is given twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Archives_that_hold_no_model_say_what_they_lack()
    {
        QuantException error = Assert.Throws<QuantException>(() =>
            KerasReader.Read("a.keras", ArchiveFile.Make(CompressionLevel.Fastest, ("config.jsn", []))));
        Assert.Equal("NotAKerasModel", error.Id);
        Assert.Contains("'config.json'", error.Message, StringComparison.Ordinal);
        byte[] whole = File.ReadAllBytes(Repository.PathOf("tests/vectors/keras/dense_float/float.keras"));
        using KerasArchive archive = KerasArchive.Open("whole", whole);
        string config = archive.ReadText(KerasArchive.ConfigEntry);
        error = Assert.Throws<QuantException>(() =>
            KerasReader.Read("a.keras", ArchiveFile.Make(CompressionLevel.Fastest, ("config.json", Encoding.UTF8.GetBytes(config)))));
        Assert.Contains("'model.weights.h5'", error.Message, StringComparison.Ordinal);
        Assert.Equal("WeightCountMismatch", Assert.Throws<QuantException>(() => KerasReader.Read("a.keras", ArchiveFile.Make(config))).Id);
    }

    [Theory]
    [InlineData("keras/dense_float/float.h5")]
    [InlineData("keras/tutorial_1_params/quantized.h5")]
    [InlineData("keras/dense_float/float.keras")]
    public void A_file_that_is_cut_off_is_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf($"tests/vectors/{file}"));
        for (int length = 0; length < whole.Length; length += length < 2048 ? 1 : 13)
        {
            Assert.False(
                CheckReads(whole[..length], $"the file ends after {length} bytes"),
                $"{length} of {whole.Length} bytes were read as a model");
        }

        Assert.False(CheckReads(whole[..^1], "the last byte is missing"));
        Assert.True(CheckReads(whole, "nothing is missing"));
    }

    private static float[] Weights(Model model) =>
        [.. model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values)];

    /// <summary>Reads a damaged file within its limits of time and memory; says whether a model came of it.</summary>
    private static bool CheckReads(byte[] content, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        bool isModel = false;
        try
        {
            _ = KerasReader.Read("damaged.h5", content);
            isModel = true;
        }
        catch (QuantException)
        {
            // An error that a user can act on is what damage should give.
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        Assert.True(watch.Elapsed < Limits.Hang, $"{what}: it took {watch.Elapsed}");
        Assert.True(
            GC.GetAllocatedBytesForCurrentThread() - before < MemoryLimit,
            $"{what}: it took {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
        return isModel;
    }
}
