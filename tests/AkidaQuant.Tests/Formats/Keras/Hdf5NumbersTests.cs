using AkidaQuant.Formats.Keras;
using PureHDF;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Numbers of every type, order and compression that h5py writes are the same float32.</summary>
public sealed class Hdf5NumbersTests
{
    private static readonly string Path = Repository.PathOf("tests/vectors/formats/numbers.h5");

    public static TheoryData<string, string> Datasets()
    {
        using GuardedHdf5File file = Open();
        return
        [
            .. from @group in new[] { "random", "flat" }
               from name in file.Names(file.Find<IH5Group>(file.Root, @group)!).Order(StringComparer.Ordinal)
               select (@group, name),
        ];
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public void A_dataset_holds_what_its_plain_twin_holds(string group, string name)
    {
        using GuardedHdf5File file = Open();
        string twin = name.StartsWith("bfloat16", StringComparison.Ordinal) ? "bfloat16_plain" : "plain";
        NdArray<float> expected = Read(file, $"{group}/{twin}");
        NdArray<float> actual = Read(file, $"{group}/{name}");
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.Values, actual.Values);
    }

    [Fact]
    public void Types_are_named()
    {
        using GuardedHdf5File file = Open();
        foreach (string name in new[] { "big_float64", "bfloat16", "bfloat16_typed" })
        {
            Read(file, $"random/{name}");
        }

        Read(file, "flat/big_int16");
        Assert.Equal(["bfloat16", "big-endian float64", "big-endian int16"], file.Converted.Keys);
        Assert.Equal(2, file.Converted["bfloat16"]);
    }

    [Fact]
    public void A_compression_that_is_not_read_is_named()
    {
        string path = Repository.PathOf("tests/vectors/formats/szip.h5");
        QuantException error = Assert.Throws<QuantException>(() => GuardedHdf5File.Open(path, File.ReadAllBytes(path)));
        Assert.Equal("Hdf5NotSupported", error.Id);
        Assert.Contains("compressed with SZIP", error.Message, StringComparison.Ordinal);
        Assert.Contains("h5repack", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "SZIP")]
    [InlineData(32028, "SPERR")]
    [InlineData(40000, "the filter 40000 of HDF5")]
    public void Filters_that_are_not_read_are_named(int filter, string name)
    {
        byte[] list = [2, 1, (byte)filter, (byte)(filter >> 8), 0, 0, 0, 0, 0, 0];
        Assert.Contains(
            $"compressed with {name}",
            Assert.Throws<Hdf5UnsupportedException>(() => Hdf5Filters.Read(list)).Message,
            StringComparison.Ordinal);
    }

    private static NdArray<float> Read(GuardedHdf5File file, string path) => file.Singles(file.Find<IH5Dataset>(file.Root, path)!);

    private static GuardedHdf5File Open() => GuardedHdf5File.Open(Path, File.ReadAllBytes(Path));
}
