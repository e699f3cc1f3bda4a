using AkidaQuant.Formats;
using AkidaQuant.Formats.Npz;
using AkidaQuant.Formats.Samples;
using AkidaQuant.Models;
using Microsoft.Win32.SafeHandles;

namespace AkidaQuant.Tests.Formats.Samples;

public sealed class StreamedSampleTests : TemporaryFolder
{
    private static readonly SampleReadOptions Streamed = new() { MemoryLimit = 0 };

    public static bool IsUnix => !OperatingSystem.IsWindows();

    [Theory]
    [InlineData("a.npy", false)]
    [InlineData("a.npz", false)]
    [InlineData("a.npz", true)]
    public void Samples_that_stay_in_their_file_are_those_in_memory(string file, bool compress)
    {
        foreach (
            Array data in new Array[]
            {
                new byte[] { 0, 1, 127, 128, 254, 255 },
                new sbyte[] { -128, -1, 0, 1, 2, 127 },
                new ushort[] { 0, 1, 2, 3, 4, 65535 },
                new short[] { -32768, 0, 1, 2, 3, 4 },
                new uint[] { 0, 1, 2, 3, 4, uint.MaxValue },
                new[] { int.MinValue, 0, 1, 2, 3, 4 },
                new ulong[] { 0, 1, 2, 3, 4, 5 },
                new[] { long.MinValue, 0, 1, 2, 3, 4 },
                new[] { (Half)1, (Half)2, (Half)(-3), (Half)4, (Half)5, (Half)6 },
                new[] { 1f, -2, 3, 4, 5, 6 },
                new[] { 1.0, -2, 3, 4, 5, 6 },
                new[] { true, false, true, false, true, true },
            })
        {
            string path = WriteArray(file, new NpyArray(new Shape(3, 2), data), compress);
            SampleSet inMemory = SampleReader.Read(path);
            SampleSet streamed = SampleReader.Read(path, Streamed);
            Assert.Equal(inMemory.DType, streamed.DType);
            Assert.Equal(inMemory.SampleShape, streamed.SampleShape);
            Assert.Equal(Integers(inMemory), Integers(streamed));
            Assert.Equal(inMemory.Values(1), streamed.Values(1));
            Assert.Equal(Integers(inMemory.Slice(1, 1)), Integers(SampleReader.Read(path, Streamed with { Skip = 1, First = 1 })));
        }
    }

    [Fact(SkipUnless = nameof(IsUnix), Skip = "Windows lets nobody cut a file off that is read.")]
    public void A_file_that_is_cut_off_while_it_is_read_is_said_to_be()
    {
        string path = WriteArray("a.npy", new NpyArray(new Shape(3, 2), new[] { 1f, 2, 3, 4, 5, 6 }), compress: false);
        SampleSet samples = SampleReader.Read(path, Streamed);
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(file.Length - 4);
        }

        Assert.Equal([1f, 2], samples.Values(0));
        QuantException error = Assert.Throws<QuantException>(() => samples.Values(2));
        Assert.Equal("FileUnreadable", error.Id);
        Assert.Contains($"'{path}' cannot be read: it became shorter while it was read.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_disk_has_no_room_for_is_not_unpacked()
    {
        using MemoryStream content = new(new byte[100]);
        QuantException error = Assert.Throws<QuantException>(() => TemporaryFile.Unpack(content, 100, "a.npz", free: 99));
        Assert.Equal("TemporaryFileFailed", error.Id);
        Assert.Contains("they take 100 bytes, and 99 are free", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, content.Position);
        (SafeFileHandle handle, long length) = TemporaryFile.Unpack(content, 100, "a.npz", free: 100);
        handle.Dispose();
        Assert.Equal(100, length);
    }

    [Fact]
    public void A_network_gives_the_same_for_streamed_samples()
    {
        string path = Repository.PathOf("tests/vectors/keras/digits_lenet/inputs.npz");
        Model model = ModelReader.Read(Repository.PathOf("tests/vectors/keras/digits_lenet/float.h5"));
        SampleSet inMemory = SampleReader.Read(path, first: 100);
        SampleSet streamed = SampleReader.Read(path, Streamed with { First = 100 });
        Assert.Equal(inMemory.Labels, streamed.Labels);
        Assert.Equal(Outputs(model, inMemory), Outputs(model, streamed));
    }

    [Fact]
    public void Big_endian_and_column_major_files_are_read_too()
    {
        string header = "{'descr': '>i2', 'fortran_order': False, 'shape': (2, 2), }";
        string path = Write(
            "big.npy",
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 0, 1, 0, 2, 1, 0, 255, 255]);
        Assert.Equal([1, 2, 256, -1], Integers(SampleReader.Read(path, Streamed)));
        header = header.Replace("False", "True", StringComparison.Ordinal).Replace(">i2", "<i2", StringComparison.Ordinal);
        path = Write(
            "columns.npy",
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 1, 0, 2, 0, 3, 0, 4, 0]);
        Assert.Equal([1, 3, 2, 4], Integers(SampleReader.Read(path, Streamed)));
    }

    [Fact]
    public void A_file_that_becomes_shorter_is_an_error()
    {
        string path = WriteArray("a.npy", new NpyArray(new Shape(1000, 1), new float[1000]), compress: false);
        SampleSet samples = SampleReader.Read(path, Streamed);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(500);
        }

        Assert.NotEmpty(samples.Values(0));
        Assert.Equal("FileUnreadable", IdOf(() => samples.Values(999)));
    }

    [Fact]
    public void Values_that_are_not_finite_are_found_in_files()
    {
        string path = WriteArray("a.npy", new NpyArray(new Shape(2, 2), new[] { 1f, 2, 3, float.NaN }), compress: false);
        QuantException error = Assert.Throws<QuantException>(() => SampleReader.Read(path, Streamed).Slice(1).Values(0));
        Assert.Equal("SampleValueInvalid", error.Id);
        Assert.Contains("Sample 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("NaN at its value 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_can_be_seen_in_another_shape()
    {
        string path = WriteArray(
            "a.npy",
            new NpyArray(new Shape(2, 6), new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }),
            compress: false);
        SampleSet samples = SampleReader.Read(path, new SampleReadOptions { Shape = new Shape(2, 3, 1), Skip = 1 });
        Assert.Equal(new Shape(2, 3, 1), samples.SampleShape);
        Assert.Equal([7, 8, 9, 10, 11, 12], Integers(samples));
        Assert.Equal("SampleShapeInvalid", IdOf(() => SampleReader.Read(path, new SampleReadOptions { Shape = new Shape(2, 2) })));
    }

    [Theory]
    [InlineData("labels.npy")]
    [InlineData("labels.npz")]
    [InlineData("labels.txt")]
    public void Labels_can_be_in_a_file_of_their_own(string labels)
    {
        string path = WriteArray("a.npy", new NpyArray(new Shape(3, 1), new byte[3]), compress: false);
        if (labels == "labels.txt")
        {
            Write(labels, "5\n7\n6\n");
        }
        else
        {
            WriteArray(labels, new NpyArray(new Shape(3), new long[] { 5, 7, 6 }), compress: true);
        }

        Assert.Equal([5, 7, 6], SampleReader.Read(path, labelName: labels).Labels!);
        Assert.Equal(
            [7],
            SampleReader
                .Read(
                    path,
                    new SampleReadOptions
                    {
                        LabelName = "ignored",
                        LabelPath = PathOf(labels),
                        Skip = 1,
                        First = 1,
                    })
                .Labels!);
        string archive = WriteArray("b.npz", new NpyArray(new Shape(3, 1), new byte[3]), compress: false);
        Assert.Equal(
            [5, 7, 6],
            SampleReader.Read(archive, new SampleReadOptions { LabelName = labels, LabelPath = PathOf(labels) }).Labels!);
    }

    [Fact]
    public void A_file_of_too_few_labels_is_named()
    {
        string path = WriteArray("a.npy", new NpyArray(new Shape(3, 1), new byte[3]), compress: false);
        string archive = WriteArray("b.npz", new NpyArray(new Shape(3, 1), new byte[3]), compress: false);
        string labels = Write("labels.txt", "5\n7\n");
        foreach (string file in new[] { path, archive })
        {
            QuantException error = Assert.Throws<QuantException>(() =>
                SampleReader.Read(file, new SampleReadOptions { LabelName = labels, LabelPath = labels }));
            Assert.Equal("LabelCountMismatch", error.Id);
            Assert.Equal(labels, error.Target);
            Assert.Equal($"There are 3 samples in {file} but 2 labels in {labels}. Give one for each sample.", error.Message);
        }
    }

    private static float[] Outputs(Model model, SampleSet samples) =>
        [.. Inference.Run(model, samples, 16, cancellation: TestContext.Current.CancellationToken).SelectMany(batch => batch.Values)];

    private string WriteArray(string file, NpyArray array, bool compress)
    {
        if (file.EndsWith(".npz", StringComparison.Ordinal))
        {
            NpzWriter.Write([new("values", array)], PathOf(file), compress);
        }
        else
        {
            NpyWriter.Write(array, PathOf(file));
        }

        return PathOf(file);
    }
}
