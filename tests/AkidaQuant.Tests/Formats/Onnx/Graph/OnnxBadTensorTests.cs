using System.Diagnostics;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;

namespace AkidaQuant.Tests.Formats.Onnx.Graph;

/// <summary>Stored tensors whose dimensions, type and data disagree, in the file and beside it.</summary>
public sealed class OnnxBadTensorTests : TemporaryFolder
{
    private static readonly float[] Values = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(new long[] { 2, 4 })]
    [InlineData(new long[] { 5 })]
    [InlineData(new long[] { 7 })]
    [InlineData(new long[0])]
    [InlineData(new long[] { 0 })]
    [InlineData(new long[] { -6 })]
    [InlineData(new long[] { -2, -3 })]
    [InlineData(new long[] { int.MaxValue })]
    [InlineData(new[] { long.MaxValue })]
    [InlineData(new long[] { 1L << 31, 1L << 31, 4 })]
    [InlineData(new long[] { 1L << 32, 1L << 32 })]
    [InlineData(new long[] { int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue })]
    public void Dimensions_that_do_not_fit_the_data(long[] dimensions)
    {
        foreach (TensorStorage storage in Enum.GetValues<TensorStorage>())
        {
            TensorProto tensor = OnnxTensors.Make("w", new Shape(6), Values, OnnxElementType.Float, storage);
            tensor.Dims.Clear();
            tensor.Dims.AddRange(dimensions);
            Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
        }
    }

    [Fact]
    public void A_dimension_of_zero_does_not_hide_others_that_no_memory_holds()
    {
        TensorProto tensor = OnnxTensors.Make("w", new Shape(0), Array.Empty<float>(), OnnxElementType.Float);
        tensor.Dims.AddRange([1L << 40, 1L << 40]);
        Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void Types_that_are_not_read(int type)
    {
        TensorProto tensor = OnnxTensors.Make("w", new Shape(6), Values, OnnxElementType.Float);
        tensor.DataType = type;
        Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
    }

    [Fact]
    public void Raw_data_that_end_within_a_value()
    {
        TensorProto tensor = OnnxTensors.Make("w", new Shape(6), Values, OnnxElementType.Float);
        tensor.RawData = ByteString.CopyFrom(tensor.RawData.Span[..^1]);
        Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
    }

    [Fact]
    public void Values_in_the_list_of_another_type()
    {
        TensorProto tensor = new() { Name = "w", DataType = (int)OnnxElementType.Float };
        tensor.Dims.Add(6);
        tensor.DoubleData.AddRange(Values.Select(value => (double)value));
        Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
    }

    [Fact]
    public void No_data_at_all()
    {
        TensorProto tensor = new() { Name = "w", DataType = (int)OnnxElementType.Float };
        tensor.Dims.Add(int.MaxValue);
        Assert.Equal("OnnxTensorInvalid", IdOf(tensor));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(0L, 24L)]
    [InlineData(8L, 24L)]
    [InlineData(4L, null)]
    public void Data_beside_the_file_are_read(long? offset, long? length)
    {
        byte[] bytes = OnnxTensors.Bytes(Values, OnnxElementType.Float);
        Write("weights.data", [.. new byte[offset ?? 0], .. bytes, .. new byte[100]]);
        OnnxGraph graph = Graph(OnnxTensors.External("w", new Shape(2, 3), OnnxElementType.Float, "weights.data", offset, length));
        Assert.Equal(Values, graph.Constant("w")!.Floats);
    }

    [Fact]
    public void Data_in_a_folder_below_are_read()
    {
        Write("parts/weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        Assert.Equal(
            Values,
            Graph(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "parts/weights.data")).Constant("w")!.Floats);
    }

    [Fact]
    public void A_missing_file_beside_is_named()
    {
        QuantException error = Assert.Throws<QuantException>(() =>
            Graph(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "weights.data")).Constant("w"));
        Assert.Equal("FileNotFound", error.Id);
        Assert.Contains("weights.data", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, 20L)]
    [InlineData(0L, 28L)]
    [InlineData(1L, null)]
    [InlineData(24L, 24L)]
    [InlineData(long.MaxValue, null)]
    [InlineData(long.MaxValue, 24L)]
    public void Data_beside_the_file_that_are_too_short(long? offset, long? length)
    {
        Write("weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        Assert.Equal(
            "OnnxExternalData",
            IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "weights.data", offset, length)));
    }

    [Fact]
    public void Data_beside_the_file_that_no_memory_holds()
    {
        Write("weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("OnnxExternalData", IdOf(OnnxTensors.External("w", new Shape(int.MaxValue), OnnxElementType.Double, "weights.data")));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("offset", "-1")]
    [InlineData("offset", "0x10")]
    [InlineData("offset", "99999999999999999999")]
    [InlineData("length", "")]
    [InlineData("length", "24.0")]
    public void Numbers_that_are_none(string key, string value)
    {
        Write("weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        TensorProto tensor = OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "weights.data");
        tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        Assert.Equal("OnnxExternalData", IdOf(tensor));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../outside.data")]
    [InlineData("model/../../outside.data")]
    [InlineData("..\\outside.data")]
    [InlineData("./../model/../outside.data")]
    [InlineData("/etc/passwd")]
    [InlineData("nul\0byte")]
    public void Files_outside_of_the_folder_are_never_opened(string location)
    {
        Write("outside.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        Directory.CreateDirectory(PathOf("model"));
        Assert.Equal(
            "OnnxExternalData",
            IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, location), "model/network.onnx"));
        Assert.Equal(
            "OnnxExternalData",
            IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, PathOf("outside.data")), "model/network.onnx"));
    }

    [Fact]
    public void Links_that_lead_out_of_the_folder_are_not_followed()
    {
        Write("outside/weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        Directory.CreateDirectory(PathOf("model"));
        File.CreateSymbolicLink(PathOf("model/file.data"), PathOf("outside/weights.data"));
        File.CreateSymbolicLink(PathOf("model/relative.data"), "../outside/weights.data");
        Directory.CreateSymbolicLink(PathOf("model/folder"), PathOf("outside"));
        File.CreateSymbolicLink(PathOf("model/second.data"), PathOf("model/file.data"));
        File.CreateSymbolicLink(PathOf("model/through.data"), "folder/weights.data");
        foreach (string location in new[] { "file.data", "relative.data", "folder/weights.data", "second.data", "through.data" })
        {
            Assert.Equal(
                "OnnxExternalData",
                IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, location), "model/network.onnx"));
        }
    }

    [Fact]
    public void A_model_that_is_itself_reached_by_a_link_reads_its_own_folder()
    {
        Write("model/weights.data", OnnxTensors.Bytes(Values, OnnxElementType.Float));
        Directory.CreateSymbolicLink(PathOf("link"), PathOf("model"));
        Assert.Equal(
            Values,
            Graph(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "weights.data"), "link/network.onnx").Constant("w")!.Floats
        );
    }

    [Fact]
    public void A_link_in_a_circle_is_an_error()
    {
        File.CreateSymbolicLink(PathOf("a.data"), PathOf("b.data"));
        File.CreateSymbolicLink(PathOf("b.data"), PathOf("a.data"));
        Assert.Equal("OnnxExternalData", IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "a.data")));
    }

    /// <summary>Opening a pipe waits until something writes to it.</summary>
    [Fact]
    public async Task A_pipe_is_no_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no pipes in folders.");
        using (Process process = Process.Start("mkfifo", PathOf("weights.data")))
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        foreach (int count in new[] { 6, 0 })
        {
            TensorProto tensor = OnnxTensors.External("w", new Shape(count), OnnxElementType.Float, "weights.data");
            Task reading = Task.Run(() => Graph(tensor).Constant("w"), TestContext.Current.CancellationToken);
            Assert.Same(reading, await Task.WhenAny(reading, Task.Delay(Limits.Hang, TestContext.Current.CancellationToken)));
        }
    }

    [Fact]
    public void A_path_of_very_many_folders_is_refused() =>
        Assert.Equal(
            "OnnxExternalData",
            IdOf(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, string.Concat(Enumerable.Repeat("a/", 200_000)) + "w")));

    /// <summary>The folder of a model may be the root, whose path ends in a separator as it is.</summary>
    [Fact]
    public void Files_are_told_to_lie_in_a_folder()
    {
        string root = Path.GetPathRoot(Folder)!;
        Assert.True(OnnxExternalData.Contains(root, Path.Combine(root, "weights.data")));
        Assert.True(OnnxExternalData.Contains(Folder, PathOf("weights.data")));
        Assert.False(OnnxExternalData.Contains(Folder, Folder));
        Assert.False(OnnxExternalData.Contains(root, root));
        Assert.False(OnnxExternalData.Contains(Folder, $"{Folder}2{Path.DirectorySeparatorChar}weights.data"));
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        Directory.CreateDirectory(PathOf("weights.data"));
        Assert.Throws<QuantException>(() =>
            Graph(OnnxTensors.External("w", new Shape(6), OnnxElementType.Float, "weights.data")).Constant("w"));
    }

    private string IdOf(TensorProto tensor, string path = "network.onnx")
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuantException error = Assert.Throws<QuantException>(() => Graph(tensor, path).Constant("w"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16L << 20);
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
        return error.Id;
    }

    private OnnxGraph Graph(TensorProto tensor, string path = "network.onnx")
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Mul", [graph.Input(new Shape(6)), graph.Stored(tensor)]));
        return new OnnxGraph(OnnxFile.Parse(PathOf(path), graph.ToBytes()));
    }
}
