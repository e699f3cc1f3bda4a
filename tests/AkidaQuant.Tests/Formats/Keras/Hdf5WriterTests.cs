using System.Globalization;
using AkidaQuant.Formats;
using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>Names and sizes that the vectors do not have.</summary>
public sealed class Hdf5WriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akidaquant-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1000, 70, 500, 500)]
    [InlineData(1001, 70, 501, 500)]
    [InlineData(921, 70)]
    [InlineData(4000, 16)]
    [InlineData(4032, 5)]
    [InlineData(5000, 5, 5000)]
    [InlineData(3, 64512, 1, 1, 1)]
    public void Lists_of_names_are_split_where_they_would_be_too_large(int count, int length, params int[] parts)
    {
        string[] names = [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture).PadLeft(length, 'x'))];
        Hdf5Attribute[] attributes = [.. Hdf5Names.List("layer_names", names)];
        if (parts.Length == 0)
        {
            Assert.Equal(names, Assert.IsType<Hdf5Texts>(Assert.Single(attributes)).Values);
            return;
        }

        Hdf5FixedTexts[] lists = [.. attributes.Cast<Hdf5FixedTexts>()];
        Assert.Equal(parts, lists.Select(list => list.Values.Count));
        Assert.Equal(parts.Index().Select(part => $"layer_names{part.Index}"), lists.Select(list => list.Name));
        Assert.All(lists, list => Assert.Equal(length, list.FieldSize));
        Assert.Equal(names.Select(Hdf5Names.Bytes), lists.SelectMany(list => list.Values));
    }

    [Fact]
    public void A_name_longer_than_an_attribute_is_refused() =>
        Assert.Equal("LayerNameUnusable", Assert.Throws<QuantException>(() => Hdf5Names.List("layer_names", [new string('x', 64513)])).Id);

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Models_of_a_thousand_layers_with_long_names_read_back(string extension) =>
        AssertReadsBack(Chain(Enumerable.Range(0, 1000).Select(i => $"{new string('n', 70)}{i}")), extension);

    [Theory]
    [InlineData(".h5")]
    [InlineData(".keras")]
    public void Names_may_have_slashes_and_any_characters(string extension) =>
        AssertReadsBack(Chain(["a/b", "a", "a/c/d", "größe", "層", "\U0001F600", "a b\\\"'"]), extension);

    [Fact]
    public void A_name_that_an_array_has_is_refused()
    {
        QuantException error = Assert.Throws<QuantException>(() => Write(Chain(["a", "a/a/kernel:0"]), ".h5"));
        Assert.Equal("LayerNameUnusable", error.Id);
        Assert.Contains("Rename", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_name_of_too_many_parts_is_refused() =>
        Assert.Equal(
            "LayerNameUnusable",
            Assert.Throws<QuantException>(() => Write(Chain([string.Join('/', Enumerable.Repeat('a', 1000))]), ".h5")).Id);

    [Fact]
    public void Groups_are_sorted_by_the_bytes_of_their_names()
    {
        Hdf5Group root = new();
        foreach (string name in new[] { "\uFB01", "b", "\U0001F600", "B", "a" })
        {
            root.Group(name);
        }

        Assert.Equal(["B", "a", "b", "\uFB01", "\U0001F600"], root.Children.Keys);
    }

    [Theory]
    [InlineData("net.h5")]
    [InlineData("net.keras")]
    public void A_file_that_cannot_be_written_leaves_the_old_one(string name)
    {
        Model model = Chain(["a"]);
        Assert.Equal(
            "FileNotWritten",
            Assert.Throws<QuantException>(() => ModelWriter.Write(model, Path.Combine(_folder, "none", name))).Id);
        string path = Path.Combine(_folder, name);
        ModelWriter.Write(model, path);
        ModelWriter.Write(Chain(["b"]), path);
        Assert.Equal(["in", "b"], ModelReader.Read(path).Nodes.Select(node => node.Name));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Other_extensions_are_refused() =>
        Assert.Equal(
            "ModelFormatUnknown",
            Assert.Throws<QuantException>(() => ModelWriter.Write(Chain(["a"]), Path.Combine(_folder, "net.tflite"))).Id);

    private static Model Chain(IEnumerable<string> names)
    {
        List<Node> nodes = [new Node(new InputLayer { Name = "in", Shape = new Shape(2) }, [])];
        foreach (string name in names)
        {
            float[] kernel = [nodes.Count, 0, -1, float.Epsilon];
            nodes.Add(
                new Node(
                    new Dense
                    {
                        Name = name,
                        Units = 2,
                        UseBias = false,
                        Kernel = new NdArray<float>(new Shape(2, 2), kernel),
                    },
                    [nodes[^1].Name]));
        }

        return Model.Create("chain", isSequential: false, nodes, [nodes[^1].Name]);
    }

    private string Write(Model model, string extension)
    {
        string path = Path.Combine(_folder, $"written{extension}");
        ModelWriter.Write(model, path);
        return path;
    }

    private void AssertReadsBack(Model model, string extension)
    {
        Model read = ModelReader.Read(Write(model, extension));
        Assert.Equal(model.Nodes.Select(node => node.Name), read.Nodes.Select(node => node.Name));
        Assert.Equal(
            model.GraphLayers.SelectMany(layer => layer.Variables).Select(variable => variable.Name),
            read.GraphLayers.SelectMany(layer => layer.Variables).Select(variable => variable.Name));
        Assert.Equal(
            model.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values),
            read.GraphLayers.SelectMany(layer => layer.Variables).SelectMany(variable => variable.Value.Values));
    }
}
