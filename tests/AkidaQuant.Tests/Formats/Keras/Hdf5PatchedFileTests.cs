using AkidaQuant.Formats.Keras;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>A file read with changes is what a changed copy of it is.</summary>
public sealed class Hdf5PatchedFileTests
{
    [Fact]
    public void Reads_what_a_changed_copy_holds() =>
        Gen.Select(
            Gen.Byte.Array[20, 60],
            Gen.Select(Gen.Int[0, 15], Gen.Byte.Array[1, 5]).Array[0, 4],
            Gen.Byte.Array[0, 9],
            Gen.Int[0, 70],
            Gen.Int[0, 30]).Sample((file, patches, appended, from, count) =>
            {
                byte[] copy = [.. file, .. appended];
                foreach ((int position, byte[] bytes) in patches.OrderBy(patch => patch.Item1))
                {
                    bytes.CopyTo(copy, position);
                }

                using Hdf5PatchedFile stream = new(file, patches, appended, CancellationToken.None);
                Assert.Equal(copy.Length, stream.Length);
                stream.Position = Math.Min(from, copy.Length);
                byte[] expected = [.. copy.Skip(from).Take(count)];
                byte[] actual = new byte[expected.Length];
                stream.ReadExactly(actual);
                Assert.Equal(expected, actual);
                Assert.Equal(Math.Min(from, copy.Length) + expected.Length, stream.Position);
            });

    [Fact]
    public void Is_not_read_behind_its_end_and_stops_when_told_to()
    {
        using CancellationTokenSource stop = new();
        using Hdf5PatchedFile stream = new(new byte[4], [], new byte[2], stop.Token);
        Assert.Equal(4, stream.Seek(-2, SeekOrigin.End));
        Assert.Equal(2, stream.Read(new byte[8]));
        Assert.Equal(0, stream.Read(new byte[8]));
        Assert.Throws<IOException>(() => stream.Seek(-7, SeekOrigin.Current));
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => stream.Read(new byte[1]));
    }
}
