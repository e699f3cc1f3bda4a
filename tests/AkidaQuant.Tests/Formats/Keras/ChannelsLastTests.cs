using AkidaQuant.Formats.Keras;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Tests.Quantization;
using AkidaQuant.Text;
using PureHDF;

namespace AkidaQuant.Tests.Formats.Keras;

/// <summary>
/// Networks with their channels first compute what their twins with channels last compute: those take the turned images, and have a Permute
/// wherever a layer of the file works on the order that it has there.
/// </summary>
public sealed class ChannelsLastTests
{
    private const string First = "\"data_format\": \"channels_first\"";
    private const string Conv =
        "\"filters\": 3, \"kernel_size\": [2, 2], \"strides\": [1, 1], \"padding\": \"valid\", \"activation\": \"relu\"";
    private const string Pool = "\"pool_size\": [2, 2], \"strides\": [2, 2], \"padding\": \"valid\"";
    private const string ToFirst = "\"dims\": [3, 1, 2]";
    private const string ToLast = "\"dims\": [2, 3, 1]";
    private const int Channels = 2;
    private const int Height = 5;
    private const int Width = 7;

    private static readonly HashSet<string> Weighted =
        ["Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Conv2DTranspose", "Dense", "BatchNormalization", "PReLU"];

    /// <summary>Behind a convolution: layers with channels first, and the same with channels last.</summary>
    public static TheoryData<string, string[], string[]> Networks() => new()
    {
        { "an image stays one", [$"MaxPooling2D {Pool}, {First}"], [$"MaxPooling2D {Pool}", $"Permute {ToFirst}"] },
        { "averages have one order", [$"GlobalAveragePooling2D {First}"], ["GlobalAveragePooling2D "] },
        {
            "averages that keep axes",
            [$"GlobalAveragePooling2D \"keepdims\": true, {First}", "Flatten "],
            ["GlobalAveragePooling2D ", "Flatten "]
        },
        { "a row of the file's order", ["Flatten ", "Dense \"units\": 4"], [$"Permute {ToFirst}", "Flatten ", "Dense \"units\": 4"] },
        { "a row of channels last", [$"Flatten {First}", "Dense \"units\": 4"], ["Flatten ", "Dense \"units\": 4"] },
        {
            "values and normalizations behind a row",
            ["Flatten ", "Dropout \"rate\": 0.5", "BatchNormalization \"axis\": [1]", "ELU ", "Dense \"units\": 4"],
            [$"Permute {ToFirst}", "Flatten ", "BatchNormalization \"axis\": [1]", "ELU ", "Dense \"units\": 4"]
        },
        { "a row that leaves the network", ["Flatten "], [$"Permute {ToFirst}", "Flatten "] },
        {
            "normalizations of each axis",
            ["BatchNormalization \"axis\": [1]", "BatchNormalization \"axis\": 3", "BatchNormalization \"axis\": -2"],
            [
                "BatchNormalization \"axis\": -1", "BatchNormalization \"axis\": [2]", "BatchNormalization \"axis\": [1]",
                $"Permute {ToFirst}",
            ]
        },
        { "slopes a channel", ["PReLU \"shared_axes\": [2, 3]"], [$"Permute {ToFirst}", "PReLU \"shared_axes\": [2, 3]"] },
        { "slopes a value", ["PReLU "], [$"Permute {ToFirst}", "PReLU "] },
        { "shares of channels", ["Softmax \"axis\": 1"], ["Softmax \"axis\": -1", $"Permute {ToFirst}"] },
        {
            "shares of columns",
            ["Activation \"activation\": \"softmax\""],
            [$"Permute {ToFirst}", "Activation \"activation\": \"softmax\""]
        },
        { "a dense layer over columns", ["Dense \"units\": 4"], [$"Permute {ToFirst}", "Dense \"units\": 4"] },
        { "another shape", ["Reshape \"target_shape\": [6, 12]"], [$"Permute {ToFirst}", "Reshape \"target_shape\": [6, 12]"] },
        {
            "another shape that is an image again",
            ["Reshape \"target_shape\": [3, 6, 4]", $"Conv2D {Conv}, {First}"],
            [$"Permute {ToFirst}", "Reshape \"target_shape\": [3, 6, 4]", $"Permute {ToLast}", $"Conv2D {Conv}", $"Permute {ToFirst}"]
        },
        { "axes put last by the file", [$"Permute {ToLast}", $"Conv2D {Conv}"], [$"Conv2D {Conv}"] },
        { "axes in another order", ["Permute \"dims\": [2, 1, 3]"], [$"Permute {ToFirst}", "Permute \"dims\": [2, 1, 3]"] },
        {
            "both orders in one network",
            [$"Conv2D {Conv}", $"ZeroPadding2D \"padding\": [1, 2], {First}"],
            [$"Permute {ToFirst}", $"Conv2D {Conv}", $"Permute {ToLast}", "ZeroPadding2D \"padding\": [1, 2]", $"Permute {ToFirst}"]
        },
        {
            "all layers of images",
            [
                $"DepthwiseConv2D \"kernel_size\": 2, \"depth_multiplier\": 1, {First}",
                $"SeparableConv2D \"filters\": 4, \"kernel_size\": 2, {First}",
                $"Conv2DTranspose \"filters\": 2, \"kernel_size\": 2, \"strides\": 2, {First}",
                $"AveragePooling2D {Pool}, {First}", "LeakyReLU ",
                "Rescaling \"scale\": 2.0, \"offset\": 1.0",
            ],
            [
                "DepthwiseConv2D \"kernel_size\": 2, \"depth_multiplier\": 1", "SeparableConv2D \"filters\": 4, \"kernel_size\": 2",
                "Conv2DTranspose \"filters\": 2, \"kernel_size\": 2, \"strides\": 2", $"AveragePooling2D {Pool}", "LeakyReLU ",
                "Rescaling \"scale\": 2.0, \"offset\": 1.0", $"Permute {ToFirst}",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_turned_network_computes_the_same(string what, string[] first, string[] last)
    {
        string[] twins = [$"Conv2D {Conv}", .. last];
        Model turned = Make([Channels, Height, Width], [$"Conv2D {Conv}, {First}", .. first], twins);
        Model twin = Make([Height, Width, Channels], twins, twins);
        Assert.True(turned.Input.IsChannelsFirst);
        Assert.DoesNotContain(turned.GraphLayers, layer => ChannelOrder.IsFirst(layer));

        SampleSet images = Small.Samples(new Shape(Channels, Height, Width), 3, 0, 1);
        float[] expected = Small.Outputs(twin, images.WithFirstAxisLast());
        Shape shape = ShapeOf(turned);
        bool isImage = shape.Rank == 3 && shape != ShapeOf(twin);
        Model asTwin = isImage
            ? Model.Create("as", false, [.. turned.Nodes, new Node(new Permute { Name = "as", Dims = [3, 1, 2] }, turned.Outputs)], ["as"])
            : turned;
        Assert.True(expected.Length > 0, what);
        foreach (SampleSet samples in new[] { images, images.WithFirstAxisLast() })
        {
            float[] actual = Small.Outputs(asTwin, samples);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6f * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Theory]
    [InlineData(1, new[] { 0.2f, 0.3f, 0.8f, 0.7f })]
    [InlineData(2, new[] { 0.4f, 0.6f, 0.5f, 0.5f })]
    [InlineData(-2, new[] { 0.2f, 0.3f, 0.8f, 0.7f })]
    public void A_softmax_is_over_the_axis_of_the_file(int axis, float[] expected)
    {
        Model model = StoredNetwork.Read(StoredNetwork.Sequential([2, 2], ("Softmax", $"\"axis\": {axis}"), ("Flatten", string.Empty)));
        Assert.False(model.Input.IsChannelsFirst);
        float[] logarithms = [MathF.Log(2), MathF.Log(3), MathF.Log(8), MathF.Log(7)];
        float[] shares = axis == 2 ? [MathF.Log(2), MathF.Log(3), 0, 0] : logarithms;
        Assert.All(expected.Zip(StoredNetwork.Run(model, shares)), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void A_softmax_over_a_row_has_one_axis() =>
        Assert.Equal([0.5f, 0.5f], StoredNetwork.Run(StoredNetwork.Read(StoredNetwork.Sequential([2], ("Softmax", "\"axis\": 1"))), 3, 3));

    [Fact]
    public void A_softmax_over_an_axis_between_is_refused()
    {
        QuantException error = Assert.Throws<QuantException>(
            () => StoredNetwork.Read(StoredNetwork.Sequential([2, 2, 2], ("Softmax", "\"axis\": 2"))));
        Assert.Equal(("LayerArgumentInvalid", "l0"), (error.Id, error.Target));
    }

    [Fact]
    public void Branches_are_joined_along_the_axis_of_the_file()
    {
        string Graph(string data, int axis, bool isLast) => StoredNetwork.Functional(
            "f",
            StoredNetwork.Input(isLast ? [4, 4, 2] : [2, 4, 4]),
            StoredNetwork.Layer("Conv2D", "a", $"\"filters\": 2, \"kernel_size\": 1{data}", "in"),
            StoredNetwork.Layer("Add", "s", string.Empty, "a", "in"),
            StoredNetwork.Layer("Concatenate", "c", $"\"axis\": {axis}", "a", "s"),
            isLast ? StoredNetwork.Layer("Permute", "p", ToFirst, "c") : StoredNetwork.Layer("ReLU", "p", string.Empty, "c"),
            StoredNetwork.Layer("Flatten", "f", string.Empty, "p"));
        H5Group Weights() => StoredNetwork.Weights(
            ("a", [StoredNetwork.Array([1, 1, 2, 2], 1, .5f, .25f, 2), StoredNetwork.Array([2], 3, 4)]));
        SampleSet images = Small.Samples(new Shape(2, 4, 4), 2, 0, 1);
        foreach ((int first, int last) in new[] { (1, 3), (2, 1), (3, 2), (-1, 2), (-3, -1) })
        {
            Model turned = StoredNetwork.Read(Graph($", {First}", first, isLast: false), Weights());
            Model twin = StoredNetwork.Read(Graph(string.Empty, last, isLast: true), Weights());
            Assert.Equal(Small.Outputs(twin, images.WithFirstAxisLast()), Small.Outputs(turned, images));
        }
    }

    [Fact]
    public void A_dense_layer_behind_an_image_gets_its_weights_in_the_order_of_the_image()
    {
        Model turned = Make(
            [Channels, Height, Width],
            [$"Conv2D {Conv}, {First}", "Flatten ", "Dense \"units\": 4"],
            [$"Conv2D {Conv}", "Flatten ", "Dense \"units\": 4"]);
        Assert.Equal(["in", "l0", "l1", "l2"], turned.Nodes.Select(node => node.Name));
        Assert.True(turned.IsSequential);
    }

    [Fact]
    public void Images_of_any_size_are_turned()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("akidaquant-").FullName, "net.h5");
        try
        {
            string json = StoredNetwork.Sequential([2, 0, 0], ("Conv2D", $"{Conv}, {First}"), ("GlobalAveragePooling2D", First))
                .Replace("2, 0, 0", "2, null, null", StringComparison.Ordinal);
            H5File file = new() { ["model_weights"] = StoredNetwork.Weights(("l0", [.. Weights([$"Conv2D {Conv}"]).Single()])) };
            file.Attributes["model_config"] = json;
            file.Write(path);
            Assert.Equal("(None, None, 2)", AkidaQuant.Formats.ModelReader.Read(path).InputShape.ToString());
            Assert.Equal(new Shape(6, 8, 2), AkidaQuant.Formats.ModelReader.Read(path, new Shape(2, 6, 8)).InputShape);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    /// <summary>A sequential model of layers "Class arguments", with the weights of its twin, which depend on their place only.</summary>
    private static Model Make(int[] shape, string[] layers, string[] twins)
    {
        Queue<H5Dataset[]> weights = new(Weights(twins));
        (string Class, string Config)[] read = [.. layers.Select(Split)];
        return StoredNetwork.Read(
            StoredNetwork.Sequential(shape, read),
            StoredNetwork.Weights(
            [
                .. read.Index().Where(layer => Weighted.Contains(layer.Item.Class))
                    .Select(layer => ($"l{layer.Index}", weights.Dequeue())),
            ]));
    }

    /// <summary>The arrays of the layers of a chain with channels last that have some.</summary>
    private static IEnumerable<H5Dataset[]> Weights(string[] layers)
    {
        Shape shape = new(Height, Width, Channels);
        int seed = 0;
        foreach ((string className, string config) in layers.Select(Split))
        {
            object? arguments = PythonJsonReader.Parse($"{{{config}}}");
            Layer layer = LayerClasses.Read(className, new LayerArguments("l", (IReadOnlyDictionary<string, object?>)arguments!))!;
            NdArray<float>[] arrays =
            [
                .. layer.WeightShapes([shape]).Select(array => new NdArray<float>(
                    array.Shape, [.. Enumerable.Range(seed++, array.Shape.Size).Select(k => 0.1f + ((k * 37 % 23) / 20f))])),
            ];
            layer = layer.WithVariables(arrays);
            shape = layer.PrepareNamed([new FloatSpec(shape)]).Output.Shape;
            if (arrays.Length > 0)
            {
                yield return [.. arrays.Select(array => StoredNetwork.Array(array.Shape.ToArray(), array.Values))];
            }
        }
    }

    private static Shape ShapeOf(Model model) => model.Plan[model.Outputs[0]].Prepared.Output.Shape;

    private static (string Class, string Config) Split(string layer) =>
        (layer[..layer.IndexOf(' ', StringComparison.Ordinal)], layer[(layer.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
}
