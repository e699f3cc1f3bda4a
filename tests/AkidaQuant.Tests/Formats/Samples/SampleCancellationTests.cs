using System.IO.Compression;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Files;
using AkidaQuant.Formats.Samples;

namespace AkidaQuant.Tests.Formats.Samples;

public sealed class SampleCancellationTests : TemporaryFolder
{
    [Theory]
    [InlineData("tests/vectors/images")]
    [InlineData("tests/vectors/images/color.png")]
    [InlineData("tests/vectors/keras/tutorial_1_params/samples.npz")]
    public void Reading_samples_stops_when_told_to(string path)
    {
        SampleReadOptions options = new() { Shape = path.EndsWith("npz", StringComparison.Ordinal) ? null : new Shape(4, 4, 3) };
        Assert.NotNull(SampleReader.Read(Repository.PathOf(path), options));
        Assert.Throws<OperationCanceledException>(
            () => SampleReader.Read(Repository.PathOf(path), options with { Cancellation = new CancellationToken(canceled: true) }));
    }

    [Theory]
    [InlineData("values-idx1-ubyte", false)]
    [InlineData("values-idx1-ubyte.gz", true)]
    public void Reading_an_IDX_file_stops_when_told_to(string name, bool isPacked)
    {
        byte[] plain = [0, 0, 8, 1, 0, 0, 0, 2, 5, 6];
        using MemoryStream packed = new();
        using (GZipStream target = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            target.Write(plain);
        }

        Write(name, isPacked ? packed.ToArray() : plain);
        Assert.Equal(2, SampleReader.Read(PathOf(name)).Count);
        Assert.Throws<OperationCanceledException>(() => SampleReader.Read(PathOf(name), Stopped()));
    }

    [Fact]
    public void A_table_and_a_configuration_stop_when_told_to()
    {
        string table = Write("table.csv", "1,2,3\n4,5,6\n");
        Assert.Throws<OperationCanceledException>(() => SampleReader.Read(table, Stopped()));
        foreach (string config in (string[])[Write("c.json", "{\"a\": {}}"), Write("c.yaml", "a: {}\n")])
        {
            Assert.Throws<OperationCanceledException>(() => QuantConfigFile.Read(config, Stopped().Cancellation));
        }
    }

    [Fact]
    public void A_file_stops_at_the_next_read()
    {
        using CancellationTokenSource stop = new();
        using FileStream file = InputFile.Open(Write("file.bin", new byte[100_000]), stop.Token);
        byte[] bytes = new byte[10];
        file.ReadExactly(bytes);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => file.ReadExactly(bytes));
        Assert.Throws<OperationCanceledException>(() => file.Read(bytes, 0, 1));
    }

    private static SampleReadOptions Stopped() => new() { Cancellation = new CancellationToken(canceled: true) };
}
