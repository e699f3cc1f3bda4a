using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Reference;

/// <summary>
/// What the reference's converter to Akida 2.0 refuses of a quantized Keras model: convert.md 2.1 to 2.4, 3.4, 3.5 and 4, written down
/// apart from the product's own converter, which takes more.
/// </summary>
internal sealed class ReferenceConverter
{
    private static readonly string[] Skippable =
        ["InputLayer", "Rescaling", "QuantizedRescaling", "Activation", "Softmax", "Dropout", "QuantizedDropout"];

    private static readonly string[] InputPatterns =
    [
        "QuantizedConv2D QuantizedReLU",
        "QuantizedConv2D QuantizedMaxPool2D QuantizedReLU",
        "QuantizedConv2D QuantizedActivation",
        "QuantizedConv2D QuantizedMaxPool2D QuantizedActivation",
    ];

    private static readonly string[] Patterns =
    [
        .. Tails("QuantizedConv2D", "", "R", "MR", "RG", "G", "A", "MA", "AG"),
        .. Tails("QuantizedDepthwiseConv2D", "", "R", "MR", "A", "MA"),
        .. Tails("QuantizedConv2DTranspose", "", "R", "A"),
        .. Tails("QuantizedDepthwiseConv2DTranspose", "", "R", "A"),
        .. Tails("QuantizedDense", "", "R"),
        .. Tails("QuantizedFlatten QuantizedDense", "", "R"),
        .. Tails("QuantizedReshape QuantizedDense", "", "R"),
        .. Tails("QuantizedReshape QuantizedFlatten QuantizedDense", "", "R"),
        "QuantizedAdd",
        "QuantizedConcatenate",
        .. Tails("QuantizedBufferTempConv", "", "R"),
        .. Tails("QuantizedDepthwiseBufferTempConv", "", "R"),
        "Dequantizer",
    ];

    private readonly Model _model;
    private readonly List<string> _refused = [];
    private readonly List<Node> _kept;

    private ReferenceConverter(Model model)
    {
        _model = model;
        Node? end = model.Nodes.FirstOrDefault(node => node.Layer is Dequantizer);
        _kept = end is null ? [.. model.Nodes] : [.. model.Nodes.TakeWhile(node => node != end), end];
    }

    /// <summary>What is refused, a line each; nothing for a model that converts.</summary>
    public static IReadOnlyList<string> Refusals(Model model) => new ReferenceConverter(model).Run();

    private List<string> Run()
    {
        Require(_model.GraphLayers.Count(layer => layer is InputLayer) == 1, "more than one input");
        Require(_model.Outputs.Count == 1, "more than one output");
        Require(_model.InputShape.Rank is 1 or 3, $"input {_model.InputShape}");
        bool isFirst = true;
        foreach (List<Node> block in Blocks())
        {
            List<Node> layers = [.. block.Where(node => !IsSkippable(node))];
            if (layers.Count == 0)
            {
                continue;
            }

            string pattern = string.Join(' ', layers.Select(node => Class(node)));
            if (isFirst && pattern == "InputQuantizer")
            {
                isFirst = layers[0].Layer is InputQuantizer { Signed: false, Bitwidth: 8 };
                continue;
            }

            bool isImage = isFirst && _model.InputShape.Channels is 1 or 3 && _model.Input.Type is null or IntegerType.UInt8;
            bool isInput = isImage && InputPatterns.Contains(pattern);
            Require(isInput || Patterns.Contains(pattern), $"no pattern for {pattern} at '{layers[0].Name}'");
            Require(
                isInput || !isFirst || _model.Input.Type?.IsSigned() != false || pattern == "Dequantizer"
                    || _kept.Any(node => node.Layer is InputQuantizer),
                $"unsigned input of '{layers[0].Name}'");
            isFirst = false;
            Check(layers, isInput);
        }

        return _refused;
    }

    private List<List<Node>> Blocks()
    {
        List<List<Node>> blocks = [];
        HashSet<string> owned = [];
        HashSet<string> roots = [];
        foreach (Node node in Enumerable.Reverse(_kept))
        {
            Node[] consumers = [.. _model.Consumers(node.Name).Where(_kept.Contains)];
            bool isEnd = blocks.Count == 0 || consumers.Length > 1 || (consumers.Length == 1 && roots.Contains(consumers[0].Name));
            if (!isEnd)
            {
                Require(owned.Contains(node.Name), $"'{node.Name}' belongs to no block");
                continue;
            }

            List<Node> block = node.Layer is Dequantizer ? [node] : WalkUp(node);
            owned.UnionWith(block.Select(layer => layer.Name));
            roots.Add(block[0].Name);
            blocks.Insert(0, block);
        }

        return blocks;
    }

    private List<Node> WalkUp(Node end)
    {
        List<Node> block = [end];
        while (block[0].Inputs is [string input] && _model.NodeOf(input) is var before
            && before.Layer is not (InputQuantizer or QuantizedLayer { OutputQuantizer.Bitwidth: < 9 })
            && before.Inputs.Count <= 1)
        {
            block.Insert(0, before);
        }

        return block;
    }

    private void Check(List<Node> layers, bool isInput)
    {
        Node main = layers.First(node => node.Layer is not (QuantizedFlatten or QuantizedReshape));
        ConvolutionWindow? window = main.Layer switch
        {
            QuantizedConv2D layer => layer.Window,
            QuantizedDepthwiseConv2D layer => layer.Window,
            QuantizedConv2DTranspose layer => layer.Window.Forward,
            QuantizedDepthwiseConv2DTranspose layer => layer.Window.Forward,
            _ => null,
        };
        if (window is not null)
        {
            Require(window.KernelSize.Height == window.KernelSize.Width, $"'{main.Name}' has no square kernel");
            Require(window.Strides.Height == window.Strides.Width, $"'{main.Name}' has no equal strides");
            Require(window.Dilation == (1, 1), $"'{main.Name}' is dilated");
            Require(main.Layer.WeightBits is 4 or 8, $"'{main.Name}' has weights of {main.Layer.WeightBits} bits");
            bool isTransposed = main.Layer is QuantizedConv2DTranspose or QuantizedDepthwiseConv2DTranspose;
            Require(
                !isTransposed || (window.KernelSize.Height is 3 or 4 && window.Strides.Height == 2 && window.Padding == Padding.Same),
                $"'{main.Name}' is no transposed convolution of Akida");
            Require(window.Padding is Padding.Same or Padding.Valid, $"'{main.Name}' has pads of its own");
            CheckPool(layers, main, window);
            CheckBorder(main, isInput);
        }

        if (main.Layer is QuantizedDense)
        {
            Shape shape = _model.Plan[main.Inputs[0]].Prepared.Output.Shape;
            Require(shape.Size == shape.Channels, $"'{main.Name}' takes {shape}");
        }

        Require(
            main.Layer is not (QuantizedConcatenate or QuantizedAdd) || main.Inputs.Count == 2, $"'{main.Name}' joins {main.Inputs.Count}");
    }

    private void CheckPool(List<Node> layers, Node main, ConvolutionWindow window)
    {
        if (layers.Find(node => node.Layer is QuantizedMaxPool2D)?.Layer is not QuantizedMaxPool2D { Window: var pool })
        {
            return;
        }

        bool isSame = window.Padding == Padding.Same || window.KernelSize == (1, 1)
            || main.Layer is QuantizedConv2D { PaddingValue: not null };
        Require(
            pool.KernelSize.Height == pool.KernelSize.Width && pool.Strides.Height == pool.Strides.Width,
            $"the pool behind '{main.Name}' is not square");
        Require(pool.Padding == (isSame ? Padding.Same : Padding.Valid), $"the pool behind '{main.Name}' has another padding");
    }

    private void CheckBorder(Node main, bool isInput)
    {
        if (_model.Plan[main.Name].Prepared.Recorded.Tensor("padding_value_quantizer/qweights") is { } border)
        {
            Require(border.Values.Values.All(value => isInput ? value is >= 0 and <= 255 : value == 0), $"'{main.Name}' pads with a value");
        }

        Require(
            !isInput || _model.Plan[main.Name].Prepared.Recorded.Integers("input_shift")?.Values.All(shift => shift == 0) != false,
            $"'{main.Name}' aligns the channels of its input");
    }

    private bool IsSkippable(Node node) =>
        Skippable.Contains(Class(node))
        || (node.Layer is QuantizedReshape
            && _model.Plan[node.Inputs[0]].Prepared.Output.Shape.Where(size => size != 1)
                .SequenceEqual(_model.Plan[node.Name].Prepared.Output.Shape.Where(size => size != 1)));

    private static string Class(Node node) => node.Layer.ClassName.Split('>')[^1];

    private void Require(bool holds, string refusal)
    {
        if (!holds)
        {
            _refused.Add(refusal);
        }
    }

    private static IEnumerable<string> Tails(string head, params string[] tails) => tails.Select(tail =>
        string.Join(' ', [head, .. tail.Select(letter => letter switch
        {
            'R' => "QuantizedReLU",
            'M' => "QuantizedMaxPool2D",
            'A' => "QuantizedActivation",
            _ => "QuantizedGlobalAveragePooling2D",
        })]));
}
