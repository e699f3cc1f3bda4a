using System.IO.Compression;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Keras;
using PureHDF;
using PureHDF.Filters;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Files of few bytes that ask for much memory, or for much time.</summary>
public sealed class KerasBombTests
{
    // Beyond the file and what the library takes to begin with.
    private const long MostBytes = 8L << 20;

    [Theory]
    [InlineData("chunks_at_one_place.h5", "two chunks of the same weights lie at the same place")]
    [InlineData("chunk_unpacks.h5", "a chunk of weights unpacks to more than the 48 bytes that its shape takes")]
    public void A_chunk_takes_no_more_than_its_shape(string file, string problem)
    {
        string path = Repository.PathOf($"tests/vectors/damaged/{file}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuantException error = Assert.Throws<QuantException>(() => ModelReader.Read(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.Equal("ModelFileDamaged", error.Id);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(104, 100)]
    [InlineData(0, 100)]
    public void Deflate_gives_a_chunk_and_what_was_added_to_it(int length, int size)
    {
        byte[] chunk = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        Assert.Equal(chunk, BoundedDeflateFilter.Unpack(Deflate(chunk), size).ToArray());
    }

    [Fact]
    public void Deflate_stops_at_the_size_of_the_chunk()
    {
        byte[] packed = Deflate(new byte[64 << 20]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<Hdf5DamageException>(() => BoundedDeflateFilter.Unpack(packed, 1000));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Scale_offset_does_not_make_room_for_more_values_than_the_chunk_has()
    {
        FilterInfo info = new(H5FilterFlags.Decompress, [2, 0, 1 << 28, 0, 4, 0, 0, 0], ChunkSize: 400, Buffer: new byte[64]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<Hdf5DamageException>(() => new BoundedScaleOffsetFilter().Filter(info));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Chunks_are_unpacked_once_and_counted()
    {
        ArrayBudget budget = new("bomb.h5", 1000, chosen: 10_000);
        budget.Take(1000, "kernel");
        Hdf5Chunks chunks = new(budget, "kernel", declared: 1000);
        int unpacked = 0;
        for (int row = 0; row < 3; row++)
        {
            for (ulong i = 0; i < 4; i++)
            {
                Assert.Equal(2000, chunks.GetChunk(i, Unpack).Length);
            }
        }

        Assert.Equal(4, unpacked);
        QuantException error = Assert.Throws<QuantException>(() =>
        {
            chunks.GetChunk(4, Unpack);
            chunks.GetChunk(5, Unpack);
        });
        Assert.Equal("ModelTooLarge", error.Id);
        Assert.Contains("'bomb.h5'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'kernel'", error.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxSize 1GB", error.Message, StringComparison.Ordinal);

        Memory<byte> Unpack()
        {
            unpacked++;
            return new byte[2000];
        }
    }

    [Fact]
    public void Groups_are_listed_in_memory_that_grows_as_their_number()
    {
        const int Few = 2000, More = 8;
        Allocated(Few);
        long few = Allocated(Few);
        long many = Allocated(Few * More);
        Assert.True(many < 2 * More * few, $"{Few * More} groups took {many} bytes, and {Few} took {few}");

        static long Allocated(int count)
        {
            byte[] content = GroupFile.Make(count);
            long before = GC.GetAllocatedBytesForCurrentThread();
            using GuardedHdf5File file = GuardedHdf5File.Open("groups.h5", content);
            Assert.Equal(Enumerable.Range(0, count).Select(GroupFile.NameOf), file.Names(file.Root));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Groups_of_a_table_are_found_by_name()
    {
        using GuardedHdf5File file = GuardedHdf5File.Open("groups.h5", GroupFile.Make(20));
        Assert.NotNull(file.Find<IH5Group>(file.Root, GroupFile.NameOf(19)));
        Assert.Null(file.Find<IH5Group>(file.Root, GroupFile.NameOf(20)));
        Assert.Empty(file.Names(file.Find<IH5Group>(file.Root, GroupFile.NameOf(7))!));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_table_that_says_the_same_again_and_again_is_not_listed(bool sharedName, bool leafTwice)
    {
        using GuardedHdf5File file = GuardedHdf5File.Open("groups.h5", GroupFile.Make(100, sharedName, leafTwice));
        Assert.Equal("ModelFileDamaged", Assert.Throws<QuantException>(() => file.Names(file.Root)).Id);
    }

    [Fact]
    public void A_text_that_an_attribute_refers_to_again_and_again_is_refused_before_it_is_read()
    {
        Hdf5Group root = new();
        root.Attributes.Add(new Hdf5Texts("layer_names", [.. Enumerable.Repeat(new string('a', 100_000), 3000)]));
        using MemoryStream content = new();
        Hdf5Writer.Write(root, content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuantException error = Assert.Throws<QuantException>(() => GuardedHdf5File.Open("texts.h5", content.ToArray()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.Contains("the texts of an attribute are much longer than the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Structures_that_lie_over_each_other_are_refused()
    {
        // Tables that each claim to go on for long, one every few bytes.
        byte[] content = new byte[4 << 20];
        GroupFile.Make(1).CopyTo(content, 0);
        for (int at = 4096; at + 8 <= content.Length; at += 8)
        {
            new byte[] { (byte)'S', (byte)'N', (byte)'O', (byte)'D', 1, 0, 0xFF, 0xFF }.CopyTo(content, at);
        }

        QuantException error = Assert.Throws<QuantException>(() => GuardedHdf5File.Open("over.h5", content));
        Assert.Contains("its structures lie over each other", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Deflate(byte[] content)
    {
        using MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }
}
