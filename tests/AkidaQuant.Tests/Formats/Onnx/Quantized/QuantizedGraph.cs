using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Quantized;

namespace AkidaQuant.Tests.Formats.Onnx.Quantized;

/// <summary>
/// Builds quantized networks as the reference writes them, of random integers that are small enough for float32 to be
/// exact: what ONNX Runtime computes is then what the file means.
/// </summary>
internal sealed class QuantizedGraph
{
    private readonly Dictionary<string, int> _channels = new(StringComparer.Ordinal);

    public QuantizedGraph(int seed) => Random = new Random(seed);

    public OnnxGraphBuilder Graph { get; } = new();

    public Random Random { get; }

    /// <summary>Samples quantized to bytes; the shape is that of the graph, channels first unless it is turned.</summary>
    public string Input(Shape sample, bool signed, int[]? perm = null)
    {
        string image = Graph.Input(sample);
        int[] order = perm ?? [.. Enumerable.Range(0, sample.Rank + 1)];
        int channels = sample[order[1] - 1];
        int count = Random.Next(2) == 0 ? 1 : channels;
        string scale = Graph.Floats(new Shape(count), [.. Enumerable.Range(0, count).Select(_ => (0.5f + Random.NextSingle()) / 100)]);
        string zero = signed
            ? Graph.Integers(new Shape(count), new long[count], OnnxElementType.Int8)
            : Graph.Integers(new Shape(count), [.. Integers(count, 0, 255)], OnnxElementType.UInt8);
        return Node("InputQuantizer", QuantizedParts.None, channels, [("X", image), ("scale", scale), ("zp", zero)], ("perm", order));
    }

    public string InputConvolution(
        string x,
        int channels,
        int filters,
        QuantizedParts parts,
        int kernel,
        int stride,
        int[] pads,
        (int Size, int Stride, int[] Pads)? pool = null) =>
        Node(
            "QuantizedInputConv2D",
            parts,
            filters,
            [
                ("X", x),
                ("x_pad_value", Graph.Integers(new Shape(channels), [.. Integers(channels, 0, 255)], OnnxElementType.Int32)),
                ("W", Weights(filters, channels, kernel, kernel)),
                .. Tail(parts, filters, Pads(pads), isImage: true),
            ],
            [("strides", new[] { stride, stride }), .. Pool(pool)]);

    public string Convolution(
        string x,
        int filters,
        QuantizedParts parts,
        int kernel,
        int stride,
        int[] pads,
        (int Size, int Stride, int[] Pads)? pool = null) =>
        Node(
            "QuantizedConv2D",
            parts,
            filters,
            [("X", x), ("W", Weights(filters, _channels[x], kernel, kernel)), .. Tail(parts, filters, Pads(pads), isImage: true)],
            [("strides", new[] { stride, stride }), .. Pool(pool)]);

    public string Depthwise(
        string x,
        QuantizedParts parts,
        int kernel,
        int stride,
        int[] pads,
        (int Size, int Stride, int[] Pads)? pool = null) =>
        Node(
            "QuantizedDepthwise2D",
            parts,
            _channels[x],
            [("X", x), ("W", Weights(_channels[x], 1, kernel, kernel)), .. Tail(parts, _channels[x], Pads(pads), isImage: true)],
            [("strides", new[] { stride, stride }), ("groups", _channels[x]), .. Pool(pool)]);

    public string Transposed(string x, int filters, QuantizedParts parts, int kernel, int stride, int[] crop) => Node(
        "QuantizedConv2DTranspose",
        parts,
        filters,
        [("X", x), ("W", Weights(_channels[x], filters, kernel, kernel)), .. Tail(parts, filters, null, isImage: true)],
        ("strides", new[] { stride, stride }),
        ("pads", crop));

    public string DepthwiseTransposed(string x, QuantizedParts parts, int kernel, int stride, int[] crop) => Node(
        "QuantizedDepthwise2DTranspose",
        parts,
        _channels[x],
        [("X", x), ("W", Weights(_channels[x], 1, kernel, kernel)), .. Tail(parts, _channels[x], null, isImage: true)],
        ("strides", new[] { stride, stride }),
        ("pads", crop),
        ("groups", _channels[x]));

    public string Dense(string x, int inputs, int units, QuantizedParts parts) => Node(
        "QuantizedDense1D", parts, units, [("X", x), ("W", Weights(units, inputs)), .. Tail(parts, units, null, isImage: false)]);

    public string Add(string x, string y, QuantizedParts parts, int? channels = null)
    {
        int count = channels ?? _channels[x];
        string left = Powers(count, OnnxElementType.Int32, 0, 3);
        string right = Powers(count, OnnxElementType.Int32, 0, 3);
        return Node(
            "QuantizedAdd",
            parts,
            _channels[x],
            [
                ("X", x),
                ("Y", y),
                ("Xs", left),
                ("Ys", right),
                .. parts.HasFlag(QuantizedParts.Scaled) ? new[] { ("Shift", Powers(count, OnnxElementType.Float, 0, 4)) } : [],
            ]);
    }

    public string Concatenation(string x, string y) =>
        Node("QuantizedConcat", QuantizedParts.None, _channels[x] + _channels[y], [("X", x), ("Y", y)]);

    /// <summary>Ends the network with the integers as real values.</summary>
    public void End(string x)
    {
        string scale = Graph.Floats(
            new Shape(_channels[x]),
            [.. Enumerable.Range(0, _channels[x]).Select(_ => Random.NextSingle() + 0.01f)]);
        Graph.Output(Node("Dequantizer", QuantizedParts.None, _channels[x], [("X", x), ("scale", scale)]));
    }

    /// <summary>A node that calls the function of its type.</summary>
    public string Node(
        string root,
        QuantizedParts parts,
        int channels,
        (string Name, string Tensor)[] inputs,
        params (string Name, object? Value)[] attributes)
    {
        QuantizedFunctions.Define(
            Graph,
            root,
            parts,
            [.. inputs.Select(input => input.Name)],
            [.. attributes.Select(attribute => attribute.Name)]);
        (string, object?) scale = (
            "scale",
            OnnxTensors.Make(string.Empty, new Shape(channels), Enumerable.Repeat(1.0, channels).ToArray(), OnnxElementType.Double));
        string output = Graph.Node(
            $"{QuantizedFunctions.Domain}:{QuantizedFunctions.NameOf(root, parts)}",
            inputs.Select(input => input.Tensor),
            root == "Dequantizer" ? attributes : [.. attributes, scale]);
        _channels[output] = channels;
        return output;
    }

    public string Weights(params int[] shape) =>
        Graph.Integers(new Shape(shape), [.. Integers(new Shape(shape).Size, -7, 7)], OnnxElementType.Int8);

    public IEnumerable<long> Integers(int count, int least, int greatest) =>
        [.. Enumerable.Range(0, count).Select(_ => (long)Random.Next(least, greatest + 1))];

    /// <summary>The inputs that the parts of a type need, in the order of onnx.md 7.1.</summary>
    public (string Name, string Tensor)[] Tail(QuantizedParts parts, int channels, string? pads, bool isImage)
    {
        int[] shape = isImage ? [1, channels, 1, 1] : [1, channels];
        List<(string, string)> inputs = [];
        if (parts.HasFlag(QuantizedParts.Biased))
        {
            inputs.Add(
                (
                    "bias",
                    Graph.Integers(
                        new Shape(channels),
                        [.. Integers(channels, -128, 127).Select(value => value << Random.Next(5))],
                        OnnxElementType.Int32)));
        }

        if (pads is not null)
        {
            inputs.Add(("pads", pads));
        }

        if (parts.HasFlag(QuantizedParts.LUT))
        {
            inputs.Add(("ActScale", Graph.Integers(new Shape(shape), [.. Integers(channels, 128, 255)], OnnxElementType.UInt8)));
            inputs.Add(("ActShift", Powers(channels, OnnxElementType.Float, 6, 12, shape)));
            inputs.Add(("LUT_values", Graph.Integers(new Shape(2048), [.. Integers(2048, -500, 500)], OnnxElementType.Int32)));
        }

        if (parts.HasFlag(QuantizedParts.ReLUClipped))
        {
            inputs.Add(
                (
                    "max_value",
                    Graph.Integers(
                        new Shape(shape),
                        [.. Integers(channels, 0, 255).Select(value => value << Random.Next(5))],
                        OnnxElementType.Int32)));
        }

        if (parts.HasFlag(QuantizedParts.Scaled))
        {
            inputs.Add(("Scale", Graph.Integers(new Shape(shape), [.. Integers(channels, 128, 255)], OnnxElementType.UInt8)));
            inputs.Add(("Shift", Powers(channels, OnnxElementType.Float, -1, 15, shape)));
        }

        return [.. inputs];
    }

    private string Powers(int channels, OnnxElementType type, int least, int greatest, int[]? shape = null)
    {
        float[] values = [.. Integers(channels, least, greatest).Select(exponent => MathF.ScaleB(1, (int)exponent))];
        Shape own = new(shape ?? [1, channels, 1, 1]);
        return type == OnnxElementType.Float
            ? Graph.Floats(own, values)
            : Graph.Integers(own, Array.ConvertAll(values, value => (long)value), type);
    }

    private string Pads(int[] pads) => Graph.Vector(0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]);

    private static (string Name, object? Value)[] Pool((int Size, int Stride, int[] Pads)? pool) => pool is not { } window ? [] :
    [
        ("pool_size", new[] { window.Size, window.Size }),
        ("pool_strides", new[] { window.Stride, window.Stride }),
        ("pool_pads", window.Pads),
    ];
}
