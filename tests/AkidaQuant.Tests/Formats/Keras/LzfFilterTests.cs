using AkidaQuant.Formats.Keras;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>LZF by hand; files of h5py are read in <see cref="Hdf5NumbersTests"/>.</summary>
public sealed class LzfFilterTests
{
    [Theory]
    [InlineData(new byte[] { 2, 7, 8, 9 }, new byte[] { 7, 8, 9 })]
    [InlineData(new byte[] { 1, 7, 8, 0x20, 1 }, new byte[] { 7, 8, 7, 8, 7 })]
    [InlineData(new byte[] { 0, 5, 0xE0, 1, 0 }, new byte[] { 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 })]
    public void Runs_and_copies_unpack(byte[] packed, byte[] expected) =>
        Assert.Equal(expected, LzfFilter.Unpack(packed, expected.Length));

    [Theory]
    [InlineData(new byte[] { 2, 7, 8 }, 3)]
    [InlineData(new byte[] { 2, 7, 8, 9 }, 2)]
    [InlineData(new byte[] { 2, 7, 8, 9 }, 4)]
    [InlineData(new byte[] { 0, 7, 0x20, 1 }, 4)]
    [InlineData(new byte[] { 0, 7, 0x40 }, 5)]
    [InlineData(new byte[] { 0, 7, 0xE0 }, 12)]
    [InlineData(new byte[] { 0, 7, 0x60, 0 }, 4)]
    public void What_leaves_the_chunk_is_refused(byte[] packed, int size) =>
        Assert.Throws<Hdf5DamageException>(() => LzfFilter.Unpack(packed, size));

    [Fact]
    public void Random_bytes_never_leave_the_chunk() =>
        Gen.Byte.Array[0, 40].Sample(
            packed =>
            {
                try
                {
                    Assert.Equal(24, LzfFilter.Unpack(packed, 24).Length);
                }
                catch (Hdf5DamageException)
                {
                    // Most bytes are no chunk.
                }
            });
}
