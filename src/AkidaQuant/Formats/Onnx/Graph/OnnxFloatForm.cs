using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Models;
using Kind = AkidaQuant.Formats.Onnx.Schema.AttributeProto.Types.AttributeType;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// The float network that one stands for which another tool quantized: what quantizes and dequantizes activations leaves them as they
/// are, operators on integers become those on floats, and integer weights are dequantized. The values that the integers of an activation
/// stand for are kept as its range.
/// </summary>
internal sealed class OnnxFloatForm
{
    private readonly Func<string, OnnxConstant?> _stored;
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxGrid> _grids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (float Least, float Greatest)> _ranges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxConstant> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _live;
    private readonly HashSet<string> _neverNegative;
    private readonly HashSet<string> _taken;
    private readonly Dictionary<string, string> _producers = new(StringComparer.Ordinal);
    private readonly LayerNames _free = new();

    private OnnxFloatForm(IReadOnlyList<OnnxNode> nodes, IEnumerable<string> inputs, Func<string, OnnxConstant?> stored)
    {
        _stored = stored;
        _live = new HashSet<string>(inputs, StringComparer.Ordinal);
        // Samples that are quantized from 0 on have no other values: nothing is cut off.
        _neverNegative = new HashSet<string>(_live, StringComparer.Ordinal);
        _taken = new HashSet<string>(nodes.SelectMany(node => node.Outputs).Concat(_live), StringComparer.Ordinal);
    }

    /// <summary>The nodes of the float network, producers before consumers.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>The least and greatest values of activations, as the quantizers of the file have them.</summary>
    public IReadOnlyDictionary<string, (float Least, float Greatest)> Ranges => _ranges;

    /// <summary>The float network of one that another tool quantized; null for any other.</summary>
    /// <param name="nodes">The nodes, producers before consumers.</param>
    /// <param name="inputs">The tensors of samples.</param>
    /// <param name="stored">The stored tensors.</param>
    /// <exception cref="QuantException">A quantized operator is used in a way that has no float form.</exception>
    public static OnnxFloatForm? Of(IReadOnlyList<OnnxNode> nodes, IEnumerable<string> inputs, Func<string, OnnxConstant?> stored)
    {
        if (!nodes.Any(node => OnnxFloatOperators.Find(node) is not null))
        {
            return null;
        }

        OnnxFloatForm form = new(nodes, inputs, stored);
        foreach (OnnxNode node in nodes)
        {
            form.Add(node);
        }

        return form;
    }

    /// <summary>The tensor of floats that stands for one of the file.</summary>
    public string Real(string tensor) => _names.GetValueOrDefault(tensor, tensor);

    /// <summary>Whether a tensor depends on samples.</summary>
    public bool IsLive(string tensor) => _live.Contains(tensor);

    /// <summary>The grid of a tensor of integers; null where none is known.</summary>
    public OnnxGrid? GridOf(string tensor) => _grids.GetValueOrDefault(tensor);

    /// <summary>A value that does not depend on samples, where it is stored or given as it is.</summary>
    public OnnxConstant? Known(string tensor) => _known.GetValueOrDefault(tensor) ?? _stored(tensor);

    /// <summary>The grid that a scale and a zero point of a node say; null where they are computed.</summary>
    /// <param name="node">The node.</param>
    /// <param name="scale">The input that is the scale.</param>
    /// <param name="zero">The input that is the zero point, left out for 0.</param>
    public OnnxGrid? Grid(OnnxNode node, int scale, int zero)
    {
        OnnxConstant? scales = node.HasInput(scale) ? Known(node.Inputs[scale]) : null;
        OnnxConstant? zeros = node.HasInput(zero) ? Known(node.Inputs[zero]) : null;
        OnnxElementType type = zeros?.Type ?? (OnnxElementType)node.Int("output_dtype", (long)OnnxElementType.UInt8);
        return scales is { Count: > 0 } && (zeros is not null || !node.HasInput(zero)) && type.IntegerRange() is var (least, greatest)
            ? new OnnxGrid(scales.Floats, zeros is { Count: > 0 } ? zeros.Floats : [0], (least, greatest))
            : null;
    }

    /// <summary>Adds a node on floats.</summary>
    /// <param name="template">The node of the file that it stands for.</param>
    /// <param name="opType">The standard operator.</param>
    /// <param name="name">Its name.</param>
    /// <param name="inputs">Tensors of the float network.</param>
    /// <param name="output">The tensor that it gives.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The tensor that it gives.</returns>
    public string Emit(
        OnnxNode template,
        string opType,
        string name,
        IReadOnlyList<string> inputs,
        string output,
        params IEnumerable<AttributeProto> attributes)
    {
        Append(new OnnxNode(template, opType, name, inputs, [output], attributes));
        return output;
    }

    /// <summary>Adds a node on floats that stands for a part of one of the file.</summary>
    public string EmitPart(
        OnnxNode template, string opType, string part, IReadOnlyList<string> inputs, params IEnumerable<AttributeProto> attributes) =>
        Emit(template, opType, $"{template.Name}/{part}", inputs, NewName($"{template.Name}/{part}"), attributes);

    /// <summary>Adds a number.</summary>
    public string EmitNumber(OnnxNode template, string part, float value, string? output = null)
    {
        output = Emit(
            template,
            "Constant",
            $"{template.Name}/{part}",
            [],
            output ?? NewName($"{template.Name}/{part}"),
            new AttributeProto { Name = "value_float", Type = Kind.Float, F = value });
        _known[output] = OnnxConstant.Of(Shape.Scalar, [value]);
        return output;
    }

    /// <summary>A tensor of integers stands for one of floats.</summary>
    /// <param name="node">The node that gives the integers.</param>
    /// <param name="integers">The tensor of the file.</param>
    /// <param name="real">The tensor of floats.</param>
    /// <param name="grid">What the integers mean; null where it is not known, and nothing is cut off.</param>
    public void Quantized(OnnxNode node, string integers, string real, OnnxGrid? grid)
    {
        Rounded(node, integers, real, grid);
        if (grid is not null)
        {
            _grids[integers] = grid;
        }
    }

    /// <summary>A tensor of rounded values stands for one of values that are not.</summary>
    public void Rounded(OnnxNode node, string rounded, string real, OnnxGrid? grid)
    {
        if (grid is not null)
        {
            if (grid.IsRectifier && !_neverNegative.Contains(real))
            {
                real = Rectified(node, real, grid);
            }

            (float least, float greatest) = _ranges.GetValueOrDefault(real, (grid.Least, grid.Greatest));
            _ranges[real] = (Math.Min(least, grid.Least), Math.Max(greatest, grid.Greatest));
        }

        _names[rounded] = real;
        _live.Add(rounded);
    }

    /// <summary>A tensor of the file is another one of the float network, and integers of it mean what they did.</summary>
    public void Same(string tensor, string real, OnnxGrid? grid = null)
    {
        _names[tensor] = real;
        _live.Add(tensor);
        if (grid is not null)
        {
            _grids[tensor] = grid;
        }
    }

    /// <summary>Integers as numbers, for a node that computes with them as such: not rounded, because nothing was.</summary>
    public string AsNumbers(OnnxNode node, string tensor)
    {
        string real = Real(tensor);
        if (GridOf(tensor) is not { } grid || (grid.Scale is [1] && grid.Zero is [0]))
        {
            return real;
        }

        if (!grid.IsPerTensor)
        {
            throw node.Error(
                "OnnxQuantizedForm",
                $"it computes with the integers '{tensor}', which have a scale a channel. Quantize activations with one scale each");
        }

        string scaled = EmitPart(node, "Div", "steps", [real, EmitNumber(node, "scale", grid.Scale[0])]);
        return grid.Zero[0] == 0 ? scaled : EmitPart(node, "Add", "integers", [scaled, EmitNumber(node, "zero", grid.Zero[0])]);
    }

    private void Add(OnnxNode node)
    {
        if (node.Outputs is [{ Length: > 0 }, ..] && OnnxFloatOperators.Find(node) is { } convert && convert(this, node))
        {
            return;
        }

        bool isLive = node.Inputs.Any(IsLive);
        OnnxGrid? grid = isLive && OnnxFloatOperators.Moves(node) ? GridOf(node.Inputs[0]) : null;
        string[] inputs = isLive && grid is null
            ? [.. node.Inputs.Select(input => IsLive(input) ? AsNumbers(node, input) : input)]
            : [.. node.Inputs.Select(Real)];
        if (grid is not null)
        {
            foreach (string output in node.Outputs)
            {
                _grids[output] = grid;
            }
        }

        Append(inputs.SequenceEqual(node.Inputs) ? node : new OnnxNode(node, node.Name, inputs, node.Outputs, node.Attributes));
    }

    private void Append(OnnxNode node)
    {
        _nodes.Add(node);
        foreach (string output in node.Outputs)
        {
            _producers[output] = node.Name;
        }

        if (node is { Domain.Length: 0, OpType: "Constant" } && node.Tensor("value") is { Count: <= 1 << 16 } value)
        {
            _known[node.Output] = value;
        }
        else if (
            node is { Domain.Length: 0, OpType: "Identity" or "Cast" } && node.HasInput(0) && Known(node.Inputs[0]) is { } same)
        {
            _known[node.Output] = same;
        }

        if (node.Inputs.Any(IsLive))
        {
            _live.UnionWith(node.Outputs);
            if (OnnxFloatOperators.IsNeverNegative(node, tensor => _neverNegative.Contains(tensor), Known))
            {
                _neverNegative.UnionWith(node.Outputs);
            }
        }
    }

    /// <summary>
    /// Tools leave rectifiers out where the quantizer behind cuts off as much: integers from 0 on. A bound of 6 is that of ReLU6; others
    /// are what was seen, which the float network may pass.
    /// </summary>
    private string Rectified(OnnxNode node, string real, OnnxGrid grid)
    {
        const float six = 6;
        string name = _producers.GetValueOrDefault(real, node.Name);
        bool isBounded = grid.IsPerTensor && Math.Abs(grid.Greatest - six) <= grid.Scale[0] / 2;
        string[] inputs = isBounded ? [real, EmitNumber(node, "least", 0), EmitNumber(node, "greatest", six)] : [real];
        return Emit(node, isBounded ? "Clip" : "Relu", $"{name}/relu", inputs, NewName($"{real}/relu"));
    }

    private string NewName(string name)
    {
        string free = _free.Next(name, tensor => _taken.Contains(tensor) || _stored(tensor) is not null);
        _taken.Add(free);
        return free;
    }
}
