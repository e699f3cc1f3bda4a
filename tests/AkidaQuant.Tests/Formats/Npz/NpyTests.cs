using System.Buffers.Binary;
using System.Text;
using AkidaQuant.Formats.Npz;
using CsCheck;

namespace AkidaQuant.Tests.Formats.Npz;

public sealed class NpyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<Array, string> Arrays() => new()
    {
        { new byte[] { 0, 255 }, "uint8" },
        { new sbyte[] { -128, 127 }, "int8" },
        { new[] { true, false }, "bool" },
        { new ushort[] { 1, 65535 }, "uint16" },
        { new short[] { -32768, 5 }, "int16" },
        { new[] { 1u, uint.MaxValue }, "uint32" },
        { new[] { int.MinValue, 7 }, "int32" },
        { new[] { 1ul, ulong.MaxValue }, "uint64" },
        { new[] { long.MinValue, 9L }, "int64" },
        { new[] { (Half)1.5, (Half)(-2) }, "float16" },
        { new[] { 0.1f, float.MaxValue }, "float32" },
        { new[] { 0.1, double.Epsilon }, "float64" },
    };

    [Theory]
    [MemberData(nameof(Arrays))]
    public void What_is_written_reads_back(Array values, string type)
    {
        string path = Path.Combine(_folder, "a.npy");
        NpyWriter.Write(new NpyArray(new Shape(2, 1), values), path);
        NpyArray read = NpyReader.Read(path);
        Assert.Equal(type, read.DType);
        Assert.Equal(new Shape(2, 1), read.Shape);
        Assert.Equal(values, read.Data);
        Assert.Equal(0, Array.IndexOf(File.ReadAllBytes(path), (byte)'\n', 10) % 64 - 63);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_version_of_the_header_reads(int version)
    {
        NpyArray read = ReadRaw("{'shape': (2L,), 'fortran_order': False, \"descr\": '<i2'}", [1, 0, 2, 0], version);
        Assert.Equal(new short[] { 1, 2 }, read.Data);
    }

    [Fact]
    public void Big_endian_and_the_first_index_fastest()
    {
        NpyArray read = ReadRaw("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3), }", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 1, 0]);
        Assert.Equal(new ushort[] { 1, 3, 5, 2, 4, 256 }, read.Data);
    }

    [Fact]
    public void Index_orders_agree_in_every_shape() => Gen.Int[1, 4].Array[1, 4].Sample(dimensions =>
    {
        int size = dimensions.Aggregate(1, (product, dimension) => product * dimension);
        byte[] values = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
        NpyArray read = ReadRaw($"{{'descr': '|u1', 'fortran_order': True, 'shape': {new Shape(dimensions)}, }}", values);
        for (int i = 0; i < size; i++)
        {
            int rest = i;
            int[] index = new int[dimensions.Length];
            for (int axis = dimensions.Length - 1; axis >= 0; axis--)
            {
                index[axis] = rest % dimensions[axis];
                rest /= dimensions[axis];
            }

            int source = 0;
            for (int axis = dimensions.Length - 1; axis >= 0; axis--)
            {
                source = (source * dimensions[axis]) + index[axis];
            }

            Assert.Equal(values[source], ((byte[])read.Data)[i]);
        }
    });

    [Fact]
    public void Scalars_and_empty_arrays_read()
    {
        Assert.Equal(Shape.Scalar, ReadRaw("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", new byte[4]).Shape);
        Assert.Empty((float[])ReadRaw("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 0), }", []).Data);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536, 65536), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr")]
    [InlineData("")]
    public void Headers_that_lie_are_an_error(string header) =>
        Assert.Equal("ArrayFileDamaged", Assert.Throws<QuantException>(() => ReadRaw(header, new byte[16])).Id);

    [Fact]
    public void Damaged_files_are_an_error_or_an_array()
    {
        using MemoryStream stream = new();
        NpyWriter.Write(new NpyArray(new Shape(5), new[] { 1f, 2, 3, 4, 5 }), stream);
        byte[] whole = stream.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<QuantException>(() => ReadBytes(whole[..length]));
        }

        Random random = new(4);
        for (int i = 0; i < 2000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(128)] ^= (byte)random.Next(1, 256);
            try
            {
                _ = ReadBytes(damaged);
            }
            catch (QuantException e)
            {
                Assert.Equal("ArrayFileDamaged", e.Id);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Archives_keep_names_and_order(bool compress)
    {
        string path = Path.Combine(_folder, "a.npz");
        Dictionary<string, NpyArray> arrays = new()
        {
            ["layer/quantizer|values"] = new(new Shape(2), new[] { 1, 2 }),
            ["b"] = new(Shape.Scalar, new[] { 3.5 }),
        };
        NpzWriter.Write(arrays, path, compress);
        IReadOnlyDictionary<string, NpyArray> read = NpzReader.ReadAll(path);
        Assert.Equal(arrays.Keys, read.Keys);
        Assert.Equal(new[] { 1, 2 }, read["layer/quantizer|values"].Data);
        Assert.Equal(new[] { 3.5 }, read["b"].Data);
    }

    [Fact]
    public void Every_archive_of_the_reference_reads()
    {
        string[] files = Directory.GetFiles(Repository.PathOf("tests/vectors/keras"), "*.npz", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            Assert.All(NpzReader.ReadAll(file).Values, array => Assert.Equal(array.Shape.Size, array.Data.Length));
        }
    }

    [Fact]
    public void A_missing_array_lists_those_that_there_are()
    {
        string path = Path.Combine(_folder, "a.npz");
        NpzWriter.Write([new("images", new NpyArray(new Shape(1), new byte[1]))], path);
        using NpzReader reader = NpzReader.Open(path);
        QuantException error = Assert.Throws<QuantException>(() => reader.Read("samples"));
        Assert.Equal("ArrayNotFound", error.Id);
        Assert.Contains("'images'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_claims_more_than_it_holds_is_an_error()
    {
        string path = Path.Combine(_folder, "bomb.npz");
        NpzWriter.Write([new("a", new NpyArray(new Shape(1000), new byte[1000]))], path);
        byte[] bytes = File.ReadAllBytes(path);
        int central = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(central + 24), 2_000_000_000);
        File.WriteAllBytes(path, bytes);
        Assert.Equal("ArrayFileDamaged", Assert.Throws<QuantException>(() => NpzReader.ReadAll(path)).Id);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_an_error()
    {
        string path = Path.Combine(_folder, "a.npz");
        File.WriteAllText(path, "not a zip");
        Assert.Equal("ArrayFileDamaged", Assert.Throws<QuantException>(() => NpzReader.Open(path)).Id);
    }

    [Fact]
    public void Damaged_archives_are_an_error_or_arrays()
    {
        string path = Path.Combine(_folder, "a.npz");
        NpzWriter.Write([new("a", new NpyArray(new Shape(200), new short[200])), new("b", new NpyArray(new Shape(2), new float[2]))], path);
        byte[] whole = File.ReadAllBytes(path);
        Random random = new(5);
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = i < whole.Length ? whole[..i] : [.. whole];
            if (damaged.Length == whole.Length)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                _ = NpzReader.ReadAll(path);
            }
            catch (QuantException e)
            {
                Assert.Equal("ArrayFileDamaged", e.Id);
            }
        }
    }

    [Fact]
    public void Conversions_refuse_what_does_not_fit()
    {
        Assert.Equal([1, -2], new NpyArray(new Shape(2), new[] { 1.0, -2.0 }).ToInt32().Values);
        Assert.Equal([1f, 0f], new NpyArray(new Shape(2), new[] { true, false }).ToSingles().Values);
        Assert.Equal([-128f, 127f], new NpyArray(new Shape(2), new sbyte[] { -128, 127 }).ToSingles().Values);
        Assert.Equal([-32768, 4], new NpyArray(new Shape(2), new short[] { -32768, 4 }).ToInt32().Values);
        Assert.Equal(
            "ArrayNotInteger",
            Assert.Throws<QuantException>(() => new NpyArray(new Shape(1), new[] { 2147483648f }).ToInt32()).Id);
        Assert.Equal(
            "ArrayNotInteger",
            Assert.Throws<QuantException>(() => new NpyArray(new Shape(1), new[] { uint.MaxValue }).ToInt32()).Id);
        Assert.Equal("ArrayNotInteger", Assert.Throws<QuantException>(() => new NpyArray(new Shape(1), new[] { 0.5f }).ToInt32()).Id);
        Assert.Equal("ArrayNotInteger", Assert.Throws<QuantException>(() => new NpyArray(new Shape(1), new[] { double.NaN }).ToInt32()).Id);
        Assert.Equal("ArrayNotInteger", Assert.Throws<QuantException>(() => new NpyArray(new Shape(1), new[] { 1L << 31 }).ToInt32()).Id);
    }

    private static byte[] Raw(string header, byte[] data, int version)
    {
        byte[] text = Encoding.ASCII.GetBytes(header);
        byte[] length = version == 1 ? new byte[2] : new byte[4];
        BitConverter.GetBytes(text.Length)[..length.Length].CopyTo(length, 0);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. text, .. data];
    }

    private NpyArray ReadRaw(string header, byte[] data, int version = 1) => ReadBytes(Raw(header, data, version));

    private NpyArray ReadBytes(byte[] bytes)
    {
        using MemoryStream stream = new(bytes);
        return NpyReader.Read(stream, bytes.Length, "a", _folder);
    }
}
