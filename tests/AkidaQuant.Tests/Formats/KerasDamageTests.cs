using System.Diagnostics;
using AkidaQuant.Formats;

namespace AkidaQuant.Tests.Formats;

public sealed class KerasDamageTests
{
    private const int Flips = 200;
    private const long MemoryLimit = 64L << 20;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);

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
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeLimit);
    }

    [Theory]
    [InlineData("dense_float/float.h5")]
    [InlineData("tutorial_1_params/quantized.h5")]
    public void A_flipped_byte_gives_a_model_or_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf($"tests/vectors/keras/{file}"));
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
        for (int position = 8; position < 2500; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= (byte)(1 << (position % 8));
            CheckReads(damaged, $"byte {position} is {damaged[position]}");
        }
    }

    [Theory]
    [InlineData("dense_float/float.h5")]
    public void A_file_that_is_cut_off_is_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Repository.PathOf($"tests/vectors/keras/{file}"));
        for (int length = 0; length < whole.Length; length += length < 4096 ? 7 : 61)
        {
            byte[] damaged = whole[..length];
            CheckReads(damaged, $"the file ends after {length} bytes");
        }
    }

    private static void CheckReads(byte[] content, string what)
    {
        string path = Path.Combine(Path.GetTempPath(), $"akidaquant-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.h5");
        File.WriteAllBytes(path, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            _ = ModelReader.Read(path);
        }
        catch (QuantException)
        {
            // An error that a user can act on is what damage should give.
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }
        finally
        {
            File.Delete(path);
        }

        Assert.True(watch.Elapsed < TimeLimit, $"{what}: it took {watch.Elapsed}");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MemoryLimit, $"{what}: it took {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
    }
}
