using AkidaQuant.Formats.Onnx;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Formats.Onnx.Operators;

/// <summary>
/// Reshapes and transpositions of tensors that depend on samples: the values are right, and moved only where they must be.
/// </summary>
public sealed class OnnxReshapeTests
{
    private static readonly Shape Image = new(4, 3, 5);

    /// <summary>A reshape or transposition a name, as in PyTorch.</summary>
    public static TheoryData<string, string> Networks => new()
    {
        { "flatten", "Flatten Dense" },
        { "relu flatten relu", "ReLU Flatten ReLU Dense" },
        { "view:4,15", "Reshape Flatten Dense" },
        { "view:15,4", "Permute Reshape Flatten Dense" },
        { "view:4,15 transpose:0,2,1", "Reshape Flatten Dense" },
        { "view:4,15 flatten", "Reshape Flatten Dense" },
        { "transpose:0,2,3,1 flatten", "Flatten Dense" },
        { "transpose:0,3,2,1", "Permute Flatten Dense" },
        { "transpose:0,2,1,3 transpose:0,2,1,3", "Flatten Dense" },
        { "flatten view:60", "Flatten Dense" },
        { "flatten view:4,3,5", "Flatten Reshape Flatten Dense" },
        { "flatten view:4,3,5 conv:4", "Flatten Reshape Conv2D Flatten Dense" },
        { "flatten view:4,15 transpose:0,2,1", "Flatten Reshape Flatten Dense" },
        { "flatten view:5,3,4", "Flatten Reshape Permute Reshape Flatten Dense" },
        { "linear:12 view:3,2,2 conv:3", "Flatten Dense Reshape Permute Conv2D Flatten Dense" },
        { "linear:12 view:12,1,1 conv:12", "Flatten Dense Reshape Conv2D Flatten Dense" },
        { "linear:12 view:1,1,12", "Flatten Dense Reshape Flatten Dense" },
        { "linear:12 unsqueeze:2 unsqueeze:3 conv:12", "Flatten Dense Reshape Reshape Conv2D Flatten Dense" },
        { "view:2,2,3,5 transpose:0,2,1,3,4 view:4,3,5 conv:4", "Conv2D Flatten Dense" },
        { "view:4,1,3,5", "Reshape Flatten Dense" },
        { "unsqueeze:1 squeeze:1", "Reshape Reshape Flatten Dense" },
        { "unsqueeze:-1 squeeze", "Reshape Reshape Flatten Dense" },
        { "pool flatten", "GlobalAveragePooling2D Dense" },
        { "pool identity view:4", "GlobalAveragePooling2D Dense" },
        { "pool squeeze:2,3", "GlobalAveragePooling2D Dense" },
        { "pool squeeze", "GlobalAveragePooling2D Dense" },
        { "pool relu flatten", "GlobalAveragePooling2D ReLU Flatten Dense" },
        { "pool conv:4", "GlobalAveragePooling2D Conv2D Flatten Dense" },
        { "pool transpose:0,2,1,3 conv:1", "GlobalAveragePooling2D Reshape Conv2D Flatten Dense" },
        { "expand:1,4,1,5", "Flatten Dense" },
        { "expand:5", "Flatten Dense" },
        { "tile:1,1,1,1", "Flatten Dense" },
    };

    /// <summary>An output that the network itself turns has its channels last already, with what may come behind the turn.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("Identity")]
    [InlineData("Softmax")]
    [InlineData("Softmax Identity")]
    [InlineData("Sigmoid Cast")]
    public void Outputs_that_the_network_turns_stay_as_they_lie(string behind)
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Node("Conv", [graph.Input(Image), graph.Floats(new Shape(2, 4, 1, 1), [1, 2, 3, 4, -1, -2, 1, 3])]);
        value = graph.Node("Transpose", [value], ("perm", new[] { 0, 2, 3, 1 }));
        foreach (string type in behind.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            value = graph.Node(type, [value], type == "Cast" ? ("to", 1) : ("axis", type == "Softmax" ? -1 : null));
        }

        OnnxComparison.AssertSame(graph.Output(value), Image);
        AkidaQuant.Model model = OnnxReader.Read("network.onnx", graph.ToBytes());
        Assert.Equal(new Shape(3, 5, 2), model.Plan.Output.Shape);
        Assert.DoesNotContain(model.GraphLayers, layer => layer is Permute);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Values_are_where_ONNX_has_them(string network, string layers)
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Input(Image);
        foreach (string step in network.Split(' '))
        {
            value = Add(graph, value, step);
        }

        string row = graph.Node("Flatten", [value]);
        graph.Output(row);
        int size = OnnxReader.Read("reshape.onnx", graph.ToBytes()).Plan.Output.Shape.Size;
        graph.Graph.Output.Clear();
        graph.Output(graph.Node("Gemm", [row, Weights(graph, size)]));
        OnnxComparison.AssertSame(graph, Image);
        Model model = OnnxReader.Read("reshape.onnx", graph.ToBytes());
        Assert.Equal(
            layers,
            string.Join(
                ' ',
                model.Nodes.Select(node => node.Layer).Where(layer => layer is not InputLayer).Select(layer => layer.ClassName)));
    }

    [Fact]
    public void A_network_that_ends_with_a_flattened_image_gives_it_in_the_order_of_ONNX()
    {
        OnnxGraphBuilder graph = new();
        graph.Output(graph.Node("Flatten", [graph.Input(Image)]));
        OnnxComparison.AssertSame(graph, Image);
    }

    [Fact]
    public void A_pooled_tensor_that_is_taken_twice_keeps_its_axes()
    {
        OnnxGraphBuilder graph = new();
        string pooled = graph.Node("GlobalAveragePool", [graph.Input(Image)]);
        string row = graph.Node("Flatten", [graph.Node("Identity", [pooled])]);
        string gates = graph.Node("Gemm", [row, Weights(graph, 4, 4)]);
        string image = graph.Node("Reshape", [gates, graph.Vector(0, 4, 1, 1)]);
        graph.Output(graph.Node("Add", [pooled, image]));
        OnnxComparison.AssertSame(graph, Image);
    }

    [Fact]
    public void Who_asks_for_its_shape_does_not_take_a_pooled_tensor()
    {
        OnnxGraphBuilder graph = new();
        string pooled = graph.Node("GlobalAveragePool", [graph.Input(Image)]);
        string batch = graph.Node("Gather", [graph.Node("Shape", [pooled]), graph.Vector(0)]);
        string row = graph.Node("Reshape", [pooled, graph.Node("Concat", [batch, graph.Vector(-1)], ("axis", 0))]);
        graph.Output(graph.Node("Gemm", [row, Weights(graph, 4)]));
        OnnxComparison.AssertSame(graph, Image);
        Assert.DoesNotContain(OnnxReader.Read("reshape.onnx", graph.ToBytes()).Nodes, node => node.Layer is Flatten);
    }

    [Theory]
    [InlineData("transpose:1,0,2,3", "OnnxBatchMoved")]
    [InlineData("transpose:0,1,2", "OnnxAxisInvalid")]
    [InlineData("transpose:0,1,2,2", "OnnxAxisInvalid")]
    [InlineData("unsqueeze:0", "OnnxBatchMoved")]
    [InlineData("unsqueeze:7", "OnnxAxisInvalid")]
    [InlineData("squeeze:0", "OnnxBatchMoved")]
    [InlineData("squeeze:1", "OnnxShapeInvalid")]
    [InlineData("linear:1 squeeze", "OnnxShapeInvalid")]
    [InlineData("flattenAt:0", "OnnxBatchMoved")]
    [InlineData("flattenAt:2", "OnnxBatchMoved")]
    [InlineData("flattenAt:9", "OnnxAxisInvalid")]
    [InlineData("expand:2,4,3,5", "OnnxExpand")]
    [InlineData("expand:1,1,4,3,5", "OnnxExpand")]
    [InlineData("tile:1,1,2,1", "OnnxExpand")]
    [InlineData("view:7,7", "OnnxBatchMoved")]
    public void What_cannot_be_is_an_error_that_names_the_node(string network, string id)
    {
        OnnxGraphBuilder graph = new();
        string value = graph.Input(Image);
        foreach (string step in network.Split(' '))
        {
            value = Add(graph, value, step);
        }

        graph.Output(value);
        QuantException error = Assert.Throws<QuantException>(() => OnnxReader.Read("reshape.onnx", graph.ToBytes()));
        Assert.Equal(id, error.Id);
        Assert.Contains($"'{graph.Graph.Node[^1].Name}'", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Weights for a row of values; what they give shows the order of the row.</summary>
    internal static string Weights(OnnxGraphBuilder graph, int inputs, int units = 3) =>
        graph.Floats(new Shape(inputs, units), OnnxComparison.Random(new Random(inputs), inputs * units));

    private static string Add(OnnxGraphBuilder graph, string value, string step)
    {
        string[] parts = step.Split(':');
        long[] numbers = parts.Length > 1 ? [.. parts[1].Split(',').Select(long.Parse)] : [];
        return parts[0] switch
        {
            "flatten" => graph.Node("Flatten", [value]),
            "flattenAt" => graph.Node("Flatten", [value], ("axis", numbers[0])),
            "view" => graph.Node("Reshape", [value, graph.Vector([-1, .. numbers])]),
            "transpose" => graph.Node("Transpose", [value], ("perm", numbers)),
            "squeeze" => graph.Node("Squeeze", [value, numbers.Length > 0 ? graph.Vector(numbers) : null]),
            "unsqueeze" => graph.Node("Unsqueeze", [value, graph.Vector(numbers)]),
            "expand" => graph.Node("Expand", [value, graph.Vector(numbers)]),
            "tile" => graph.Node("Tile", [value, graph.Vector(numbers)]),
            "pool" => graph.Node("GlobalAveragePool", [value]),
            "relu" => graph.Node("Relu", [value]),
            "identity" => graph.Node("Identity", [value]),
            "linear" => graph.Node("Gemm", [graph.Node("Flatten", [value]), Weights(graph, Image.Size, (int)numbers[0])]),
            "conv" => Convolve(graph, value, (int)numbers[0]),
            _ => throw new ArgumentException(step, nameof(step)),
        };
    }

    private static string Convolve(OnnxGraphBuilder graph, string value, int channels) =>
        graph.Node("Conv", [value, graph.Floats(new Shape(2, channels, 1, 1), OnnxComparison.Random(new Random(7), 2 * channels))]);
}
