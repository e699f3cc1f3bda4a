using System.Buffers.Binary;
using System.IO.Compression;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Tests.Formats.Samples;

public sealed class IdxTests : TemporaryFolder
{
    private const byte Bytes = 0x08;

    [Theory]
    [InlineData("train-images-idx3-ubyte", "train-labels-idx1-ubyte")]
    [InlineData("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")]
    [InlineData("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte")]
    [InlineData("train-images.idx3-ubyte", "train-labels.idx1-ubyte")]
    public void Images_come_with_the_labels_of_the_file_beside_them(string images, string labels)
    {
        string path = WriteIdx(images, Bytes, [3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
        WriteIdx(labels, Bytes, [3], [7, 0, 9]);
        SampleSet samples = SampleReader.Read(path);
        Assert.Equal(3, samples.Count);
        Assert.Equal(new Shape(2, 2, 1), samples.SampleShape);
        Assert.Equal(IntegerType.UInt8, samples.Type);
        Assert.Equal([7, 0, 9], samples.Labels!);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255], Integers(samples));
        Assert.Equal([4, 5, 6, 7], Integers(SampleReader.Read(path, skip: 1, first: 1)));
    }

    [Fact]
    public void Labels_of_another_part_are_not_taken()
    {
        string path = WriteIdx("t10k-images-idx3-ubyte", Bytes, [1, 1, 1], [5]);
        WriteIdx("train-labels-idx1-ubyte", Bytes, [1], [7]);
        Assert.Null(SampleReader.Read(path).Labels);
        Assert.Equal([7], SampleReader.Read(path, labelName: "train-labels-idx1-ubyte").Labels!);
        Assert.Equal("FileNotFound", IdOf(() => SampleReader.Read(path, labelName: "other-idx1-ubyte")));
        Assert.Equal("ArrayNotFound", IdOf(() => SampleReader.Read(path, name: "x")));
    }

    [Theory]
    [InlineData(0x09, "int8", new byte[] { 0xFF, 0x80 }, new long[] { -1, -128 })]
    [InlineData(0x0B, "int16", new byte[] { 0xFF, 0xFE, 0x01, 0x02 }, new long[] { -2, 258 })]
    [InlineData(0x0C, "int32", new byte[] { 0, 1, 0, 0, 0x80, 0, 0, 0 }, new long[] { 65536, int.MinValue })]
    [InlineData(0x0D, "float32", new byte[] { 0x40, 0x40, 0, 0, 0xC0, 0x40, 0, 0 }, new long[] { 3, -3 })]
    [InlineData(0x0E, "float64", new byte[] { 0x40, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, new long[] { 3, 0 })]
    public void Every_type_is_read_from_memory_and_from_the_file(byte type, string name, byte[] content, long[] expected)
    {
        foreach (string file in new[] { "a.idx", "a.idx.gz" })
        {
            string path = WriteIdx(file, type, [2, 1], content);
            foreach (long limit in new[] { 0L, 1 << 20 })
            {
                SampleSet samples = SampleReader.Read(path, new SampleReadOptions { MemoryLimit = limit });
                Assert.Equal(name, samples.DType);
                Assert.Equal(expected, Integers(samples));
            }
        }
    }

    [Fact]
    public void A_file_whose_name_says_nothing_is_known_by_its_start()
    {
        Assert.Equal([1, 2], Integers(SampleReader.Read(WriteIdx("digits", Bytes, [2, 1], [1, 2]))));
        Assert.Equal([1, 2], Integers(SampleReader.Read(WriteIdx("digits.gz", Bytes, [2, 1], [1, 2]))));
        Assert.Equal("SampleFormatUnknown", IdOf(() => SampleReader.Read(Write("text", "no samples"))));
        Assert.Equal("SampleFormatUnknown", IdOf(() => SampleReader.Read(Write("text.gz", "no samples"))));
        Assert.Equal("FileNotFound", IdOf(() => SampleReader.Read(PathOf("nothing"))));
    }

    [Fact]
    public void Sizes_that_are_lies_take_no_memory()
    {
        byte[] header = Header(Bytes, [int.MaxValue, 1 << 16, 1]);
        Assert.Equal("IdxFileDamaged", IdOf(() => SampleReader.Read(Write("a-idx3-ubyte", header))));
        Assert.Equal("IdxFileDamaged", IdOf(() => SampleReader.Read(Write("a-idx3-ubyte.gz", Pack(header)))));
        Assert.Equal(
            "IdxFileDamaged",
            IdOf(() => SampleReader.Read(Write("b-idx3-ubyte", Header(Bytes, [int.MaxValue, int.MaxValue, int.MaxValue])))));
        Assert.Equal("IdxFileDamaged", IdOf(() => SampleReader.Read(WriteIdx("c-idx1-ubyte", Bytes, [2], [1, 2, 3]))));
        Assert.Equal("IdxFileDamaged", IdOf(() => SampleReader.Read(WriteIdx("c-idx1-ubyte.gz", Bytes, [2], [1, 2, 3]))));
        Assert.Equal("SampleSetEmpty", IdOf(() => SampleReader.Read(WriteIdx("d-idx2-ubyte", Bytes, [0, 1], []))));
    }

    [Fact]
    public void Labels_must_be_class_numbers()
    {
        string path = WriteIdx("a-images-idx2-ubyte", Bytes, [2, 1], [1, 2]);
        WriteIdx("a-labels-idx1-ubyte", 0x0D, [2], [0x3F, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal("LabelsInvalid", IdOf(() => SampleReader.Read(path)));
        string labels = WriteIdx("a-labels-idx1-ubyte", Bytes, [3], [1, 2, 3]);
        QuantException error = Assert.Throws<QuantException>(() => SampleReader.Read(path));
        Assert.Equal("LabelCountMismatch", error.Id);
        Assert.Equal(labels, error.Target);
    }

    internal static byte[] Header(byte type, int[] dimensions)
    {
        byte[] header = new byte[4 + (4 * dimensions.Length)];
        header[2] = type;
        header[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        return header;
    }

    internal static byte[] Pack(byte[] content)
    {
        MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Optimal))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    private string WriteIdx(string name, byte type, int[] dimensions, byte[] values)
    {
        byte[] content = [.. Header(type, dimensions), .. values];
        return Write(name, name.EndsWith(".gz", StringComparison.Ordinal) ? Pack(content) : content);
    }
}
