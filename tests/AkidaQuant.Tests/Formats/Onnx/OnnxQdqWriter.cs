using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>
/// Quantizes a network as other tools write it: pairs of QuantizeLinear and DequantizeLinear behind nodes, weights as integers or as
/// floats behind such a pair; and beside it the float network with the weights that these are.
/// </summary>
internal sealed class OnnxQdqWriter
{
    private static readonly string[] Ranged =
    [
        "Conv", "Relu", "Clip", "Add", "Mul", "Concat", "MaxPool", "AveragePool", "GlobalAveragePool", "Gemm", "Sigmoid", "Erf", "Flatten",
    ];

    private static readonly OnnxElementType[] Types =
        [OnnxElementType.UInt8, OnnxElementType.Int8, OnnxElementType.UInt16, OnnxElementType.Int16];

    private readonly Random _random;
    private readonly OnnxGraphBuilder _quantized = new();
    private readonly OnnxGraphBuilder _plain = new();
    private readonly Dictionary<string, string> _real = new(StringComparer.Ordinal);
    private int _count;

    private OnnxQdqWriter(int seed) => _random = new Random(seed);

    /// <summary>The quantized network, the float one, and the ranges that quantizers have, by the tensors in front of them.</summary>
    public static (OnnxGraphBuilder Quantized, OnnxGraphBuilder Plain, Dictionary<string, (float Least, float Greatest)> Ranges) Write(
        OnnxGraphBuilder network, int seed)
    {
        OnnxQdqWriter writer = new(seed);
        Dictionary<string, (float Least, float Greatest)> ranges = new(StringComparer.Ordinal);
        Dictionary<string, TensorProto> stored = network.Graph.Initializer.ToDictionary(tensor => tensor.Name);
        HashSet<string> weights =
        [
            .. network.Graph.Node.Where(node => node.OpType is "Conv" or "Gemm").Select(node => node.Input[1]).Where(stored.ContainsKey),
        ];
        foreach (OnnxGraphBuilder made in new[] { writer._quantized, writer._plain })
        {
            made.Opset = network.Opset;
            made.Graph.Input.AddRange(network.Graph.Input);
            made.Graph.Output.AddRange(network.Graph.Output.Select(output => output.Clone()));
            made.Graph.Initializer.AddRange(network.Graph.Initializer.Where(tensor => !weights.Contains(tensor.Name)));
        }

        foreach (string name in weights)
        {
            writer.Weights(stored[name]);
        }

        foreach (string input in network.Graph.Input.Select(input => input.Name).Where(_ => writer._random.Next(4) > 0))
        {
            ranges[input] = writer.Pair(input);
        }

        foreach (NodeProto node in network.Graph.Node)
        {
            NodeProto own = node.Clone();
            for (int i = 0; i < own.Input.Count; i++)
            {
                own.Input[i] = writer._real.GetValueOrDefault(own.Input[i], own.Input[i]);
            }

            writer._plain.Graph.Node.Add(node.Clone());
            writer._quantized.Graph.Node.Add(own);
            if (Ranged.Contains(node.OpType) && node.Output.Count == 1 && IsFloat(network, node) && writer._random.Next(4) > 0)
            {
                ranges[node.Output[0]] = writer.Pair(node.Output[0]);
            }
        }

        string output = network.Graph.Output[0].Name;
        if (writer._real.TryGetValue(output, out string? last))
        {
            writer._quantized.Graph.Output[0].Name = last;
        }

        return (writer._quantized, writer._plain, ranges);
    }

    /// <summary>Concat and Mul compute shapes too, from what Shape, Gather and Unsqueeze give.</summary>
    private static bool IsFloat(OnnxGraphBuilder network, NodeProto node) => node.OpType is not ("Concat" or "Mul" or "Add")
        || !node.Input.Any(input => network.Graph.Node.FirstOrDefault(other => other.Output.Contains(input)) is
            { OpType: "Shape" or "Gather" or "Unsqueeze" or "Slice" or "Cast" or "Constant" });

    /// <summary>Integers of 8 bits, one scale for all or one a filter.</summary>
    private void Weights(TensorProto tensor)
    {
        OnnxConstant value = new OnnxTensorReader(OnnxFile.Parse("network.onnx", Any().ToBytes())).Read(tensor, tensor.Name);
        int filters = value.Shape[0];
        bool isPerFilter = _random.Next(2) == 0;
        int scales = isPerFilter ? filters : 1;
        float[] scale = OnnxComparison.Random(_random, scales, 0.004f, 0.02f);
        bool isSigned = _random.Next(2) == 0;
        long[] zero = [.. Enumerable.Range(0, scales).Select(_ => isSigned ? 0 : (long)_random.Next(100, 156))];
        (long least, long greatest) = isSigned ? (-128L, 127L) : (0, 255);
        int run = value.Count / filters;
        long[] integers = new long[value.Count];
        float[] real = new float[value.Count];
        for (int i = 0; i < integers.Length; i++)
        {
            int channel = isPerFilter ? i / run : 0;
            float step = MathF.Round(value.Floats[i] / scale[channel], MidpointRounding.ToEven);
            integers[i] = Math.Clamp((long)step + zero[channel], least, greatest);
            real[i] = (integers[i] - zero[channel]) * scale[channel];
        }

        _plain.Stored(OnnxTensors.Make(tensor.Name, value.Shape, real, OnnxElementType.Float));
        Shape shape = isPerFilter ? new Shape(filters) : new Shape();
        OnnxElementType type = isSigned ? OnnxElementType.Int8 : OnnxElementType.UInt8;
        string scaleName = _quantized.Stored(OnnxTensors.Make($"scale{_count}", shape, scale, OnnxElementType.Float));
        string zeroName = _quantized.Stored(OnnxTensors.Make($"zero{_count++}", shape, zero, type));
        string stored = _random.Next(3) == 0
            ? Node("QuantizeLinear", [_quantized.Stored(tensor), scaleName, zeroName])
            : _quantized.Stored(OnnxTensors.Make($"integers{_count}", value.Shape, integers, type));
        _real[tensor.Name] = Node("DequantizeLinear", [stored, scaleName, zeroName]);
    }

    /// <summary>A pair of any type and scale whose range begins below 0, so that it cuts nothing off.</summary>
    private (float Least, float Greatest) Pair(string tensor)
    {
        OnnxElementType type = Types[_random.Next(Types.Length)];
        (long least, long greatest) = type.IntegerRange()!.Value;
        float scale = 0.01f + (0.05f * _random.NextSingle());
        long zero = _random.NextInt64(least + 1, greatest);
        string scaleName = _quantized.Stored(OnnxTensors.Make($"scale{_count}", new Shape(), new[] { scale }, OnnxElementType.Float));
        string zeroName = _quantized.Stored(OnnxTensors.Make($"zero{_count++}", new Shape(), new[] { zero }, type));
        // The standard operators have 16 bits since operator set 21.
        string domain = type is OnnxElementType.UInt16 or OnnxElementType.Int16 ? "com.microsoft:" : string.Empty;
        string quantized = Node($"{domain}QuantizeLinear", [tensor, scaleName, zeroName]);
        _real[tensor] = Node($"{domain}DequantizeLinear", [quantized, scaleName, zeroName]);
        return (scale * (least - zero), scale * (greatest - zero));
    }

    private string Node(string type, string[] inputs)
    {
        string output = $"{type.Split(':')[^1]}{_count++}";
        _quantized.Graph.Node.Add(OnnxGraphBuilder.MakeNode(type, inputs, [output], ("axis", 0)));
        return output;
    }

    private static OnnxGraphBuilder Any()
    {
        OnnxGraphBuilder graph = new();
        return graph.Output(graph.Node("Relu", [graph.Input(new Shape(1))]));
    }
}
