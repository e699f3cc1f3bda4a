using System.Buffers.Binary;
using System.IO.Compression;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Tests.Formats.Samples;

/// <summary>The pictures under tests/vectors/images have 16 x 12 pixels of known colors or grays.</summary>
public sealed class ImageTests : TemporaryFolder
{
    private const int Width = 16;
    private const int Height = 12;

    [Theory]
    [InlineData("color.png", 0)]
    [InlineData("interlaced.png", 0)]
    [InlineData("palette.png", 0)]
    [InlineData("color.bmp", 0)]
    [InlineData("color.jpg", 6)]
    [InlineData("progressive.jpg", 6)]
    public void Colors_are_read(string file, int tolerance)
    {
        SampleSet samples = SampleReader.Read(Picture(file));
        Assert.Equal(new Shape(Height, Width, 3), samples.SampleShape);
        Assert.Equal([file], samples.Names!);
        Assert.Equal(IntegerType.UInt8, samples.Type);
        byte[] expected = Colors();
        long[] actual = Integers(samples);
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance));
    }

    [Theory]
    [InlineData("gray.png", 0)]
    [InlineData("deep.png", 0)]
    [InlineData("gray.jpg", 2)]
    public void Grays_have_one_channel(string file, int tolerance)
    {
        SampleSet samples = SampleReader.Read(Picture(file));
        Assert.Equal(new Shape(Height, Width, 1), samples.SampleShape);
        byte[] expected = Grays();
        long[] actual = Integers(samples);
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance));
    }

    [Fact]
    public void Two_levels_are_black_and_white() =>
        Assert.Equal([0, 255], Integers(SampleReader.Read(Picture("bits.png"))).Distinct().Order());

    [Fact]
    public void Transparency_is_dropped() =>
        Assert.Equal(new Shape(Height, Width, 3), SampleReader.Read(Picture("alpha.png")).SampleShape);

    [Fact]
    public void Channels_follow_the_shape()
    {
        long[] gray = Integers(SampleReader.Read(Picture("color.png"), new SampleReadOptions { Shape = new Shape(Height, Width, 1) }));
        byte[] colors = Colors();
        for (int i = 0; i < gray.Length; i++)
        {
            Assert.InRange(gray[i], ((0.299 * colors[3 * i]) + (0.587 * colors[(3 * i) + 1]) + (0.114 * colors[(3 * i) + 2])) - 0.51, 255);
            Assert.InRange(gray[i], 0, ((0.299 * colors[3 * i]) + (0.587 * colors[(3 * i) + 1]) + (0.114 * colors[(3 * i) + 2])) + 0.51);
        }

        long[] color = Integers(SampleReader.Read(Picture("gray.png"), new SampleReadOptions { Shape = new Shape(Height, Width, 3) }));
        Assert.Equal(Grays().SelectMany(value => new long[] { value, value, value }), color);
        Assert.Equal(
            "SampleShapeInvalid",
            IdOf(() => SampleReader.Read(Picture("gray.png"), new SampleReadOptions { Shape = new Shape(Height, Width, 2) })));
        Assert.Equal(
            "SampleShapeInvalid",
            IdOf(() => SampleReader.Read(Picture("gray.png"), new SampleReadOptions { Shape = new Shape(192) })));
    }

    [Theory]
    [InlineData(1, 4, new byte[] { 0, 100 }, 1, 2, new byte[] { 0, 25, 75, 100 })]
    [InlineData(1, 2, new byte[] { 0, 10, 20, 31 }, 1, 4, new byte[] { 5, 26 })]
    [InlineData(1, 1, new byte[] { 1, 2, 3, 4 }, 2, 2, new byte[] { 2 })]
    [InlineData(2, 3, new byte[] { 7 }, 1, 1, new byte[] { 7, 7, 7, 7, 7, 7 })]
    [InlineData(1, 3, new byte[] { 0, 9, 0, 9, 0, 9, 0, 9, 200 }, 1, 9, new byte[] { 9, 0, 9 })]
    public void Resizing_is_bilinear_between_the_centers_of_pixels(
        int height,
        int width,
        byte[] pixels,
        int fromHeight,
        int fromWidth,
        byte[] expected)
    {
        byte[] result = new byte[height * width];
        ImageFit.Copy(new Image(fromWidth, fromHeight, 1, pixels), height, width, result);
        Assert.Equal(expected, result);
    }

    [Fact]
    public void Sub_folders_are_classes_in_the_order_of_their_names()
    {
        Copy("gray.png", "two/b.png");
        Copy("gray.jpg", "two/deep/a.jpg");
        Copy("color.png", "one/c.PNG");
        Copy("gray.png", "three/d.png");
        Write("one/notes.txt", "no image");
        Directory.CreateDirectory(PathOf("empty"));
        SampleSet samples = SampleReader.Read(Folder);
        Assert.Equal(["one/c.PNG", "three/d.png", "two/b.png", "two/deep/a.jpg"], samples.Names!);
        Assert.Equal(["one", "three", "two"], samples.Classes!);
        Assert.Equal([0, 1, 2, 2], samples.Labels!);
        Assert.Equal(new Shape(Height, Width, 3), samples.SampleShape);
        SampleSet part = SampleReader.Read(Folder, new SampleReadOptions { Skip = 1, First = 2, Shape = new Shape(6, 8, 1) });
        Assert.Equal(["three/d.png", "two/b.png"], part.Names!);
        Assert.Equal([1, 2], part.Labels!);
        Assert.Equal(new Shape(6, 8, 1), part.SampleShape);
        Assert.Equal(Integers(part)[..48], Integers(part)[48..]);
        Assert.Equal("SampleSetEmpty", IdOf(() => SampleReader.Read(Folder, skip: 4)));
    }

    [Theory]
    [InlineData("labels.csv", "file,label\nb.png,cat\na.png,dog\nother.png,cow\n", new[] { 1, 0 }, new[] { "cat", "dog" })]
    [InlineData("labels.txt", "3\n4\n", new[] { 3, 4 }, null)]
    public void Labels_of_images_can_be_in_a_file(string file, string text, int[] expected, string[]? classes)
    {
        Copy("gray.png", "a.png");
        Copy("gray.png", "b.png");
        Write(file, text);
        Assert.Null(SampleReader.Read(Folder).Labels);
        SampleSet samples = SampleReader.Read(Folder, labelName: file);
        Assert.Equal(expected, samples.Labels!);
        Assert.Equal(classes, samples.Classes);
        Assert.Equal("LabelMissing", IdOf(() => SampleReader.Read(Folder, labelName: Path.GetFileName(Write("short.csv", "a.png,1\n")))));
        QuantException error = Assert.Throws<QuantException>(() =>
            SampleReader.Read(Folder, labelName: Path.GetFileName(Write("long.txt", "1\n2\n3\n"))));
        Assert.Equal("LabelCountMismatch", error.Id);
        Assert.Contains($"3 labels in '{PathOf("long.txt")}'", error.Message, StringComparison.Ordinal);
        Assert.Equal("LabelFileInvalid", IdOf(() => SampleReader.Read(Folder, labelName: Path.GetFileName(Write("wide.csv", "1,2,3\n")))));
        Assert.Equal("LabelFileInvalid", IdOf(() => SampleReader.Read(Folder, labelName: "a.png")));
    }

    [Fact]
    public void Folders_that_make_no_sense_are_refused()
    {
        Assert.Equal("ImagesMissing", IdOf(() => SampleReader.Read(Folder)));
        Copy("gray.png", "a.png");
        Write("b.bmp", File.ReadAllBytes(Picture("gray.bmp")));
        Assert.Equal(2, SampleReader.Read(Folder).Count);
        Copy("gray.png", "class/a.png");
        Assert.Equal("ImageFolderMixed", IdOf(() => SampleReader.Read(Folder)));
        Assert.Equal("ArrayNotFound", IdOf(() => SampleReader.Read(PathOf("class"), name: "x")));
        Write("class/b.png", Png(4, 4, new byte[20]));
        QuantException error = Assert.Throws<QuantException>(() => SampleReader.Read(PathOf("class")));
        Assert.Equal("ImageSizesDiffer", error.Id);
        Assert.Contains("b.png", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, SampleReader.Read(PathOf("class"), new SampleReadOptions { Shape = new Shape(8, 8, 1) }).Count);
    }

    [Fact]
    public void Images_that_are_larger_than_they_say_or_can_be_are_refused()
    {
        Assert.Equal("ImageTooLarge", IdOf(() => SampleReader.Read(Write("a.png", Png(1 << 30, 1 << 30, new byte[10])))));
        Assert.Equal("ImageDamaged", IdOf(() => SampleReader.Read(Write("b.png", Png(8000, 8000, new byte[10])))));
        byte[] bomb = Png(2, 2, new byte[10 << 20]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("ImageDamaged", IdOf(() => SampleReader.Read(Write("c.png", bomb)).Values(0)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
        byte[] jpeg = File.ReadAllBytes(Picture("gray.jpg"));
        int frame = jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 8000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 8000);
        Assert.Equal("ImageDamaged", IdOf(() => SampleReader.Read(Write("d.jpg", jpeg))));
        Assert.Equal("ImageDamaged", IdOf(() => SampleReader.Read(Write("e.png", File.ReadAllText(Picture("gray.bmp"))[..20]))));
    }

    /// <summary>A gray PNG image whose packed rows are given as they are.</summary>
    internal static byte[] Png(int width, int height, byte[] rows)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        MemoryStream packed = new();
        using (ZLibStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(rows);
        }

        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    // Readers that are lenient with checksums are given none.
    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] content)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
        return [.. length, .. name, .. content, 0, 0, 0, 0];
    }

    private static byte[] Colors() =>
        [
            .. Enumerable
                .Range(0, Width * Height)
                .SelectMany(i =>
                    new[] { (byte)(16 * (i % Width)), (byte)(20 * (i / Width)), (byte)(255 - (8 * ((i % Width) + (i / Width)))) }),
        ];

    private static byte[] Grays() => [.. Enumerable.Range(0, Width * Height).Select(i => (byte)((14 * (i % Width)) + (3 * (i / Width))))];

    private static string Picture(string name) => Repository.PathOf($"tests/vectors/images/{name}");

    private void Copy(string picture, string name) => Write(name, File.ReadAllBytes(Picture(picture)));
}
