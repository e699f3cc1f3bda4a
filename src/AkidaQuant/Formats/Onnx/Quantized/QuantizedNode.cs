using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Integers;

namespace AkidaQuant.Formats.Onnx.Quantized;

/// <summary>
/// One of the reference's quantized nodes while it is imported: its inputs by the names that its function gives them, all
/// that is read from it checked (onnx.md 7.1).
/// </summary>
internal sealed class QuantizedNode
{
    /// <summary>The largest pad, stride or kernel: beyond any network, so more is damage.</summary>
    private const int LargestStep = 4096;

    /// <summary>The most values of one sample's tensor.</summary>
    private const long LargestTensor = 1L << 27;

    private readonly Dictionary<string, int> _inputs;
    private readonly QuantizedParts _parts;

    private QuantizedNode(OnnxNode node, OnnxImport import, QuantizedParts parts, Dictionary<string, int> inputs)
    {
        Node = node;
        Import = import;
        _parts = parts;
        _inputs = inputs;
    }

    /// <summary>The node.</summary>
    public OnnxNode Node { get; }

    /// <summary>The import under way.</summary>
    public OnnxImport Import { get; }

    /// <summary>A name for its layer.</summary>
    public string LayerName => Import.NameOf(Node);

    /// <summary>Takes the type of a node apart and finds its inputs.</summary>
    /// <param name="node">The node.</param>
    /// <param name="import">The import under way.</param>
    /// <param name="root">What its type begins with.</param>
    /// <param name="allowed">What the type can go on with.</param>
    /// <param name="names">The names of the inputs for such parts.</param>
    /// <param name="operators">The operators that compute such parts; null where they are not known.</param>
    /// <exception cref="QuantException">
    /// <c>OnnxOperatorUnknown</c>, <c>QuantizedFunctionUnknown</c> or <c>QuantizedNodeInvalid</c>.
    /// </exception>
    public static QuantizedNode Create(
        OnnxNode node,
        OnnxImport import,
        string root,
        QuantizedParts allowed,
        Func<QuantizedParts, IEnumerable<string>> names,
        Func<QuantizedParts, IEnumerable<string>?> operators)
    {
        QuantizedParts parts =
            QuantizedOpType.Parse(node.OpType[root.Length..]) is { } found && (found & ~allowed) == 0
                ? found
                : throw node.Error(
                    "OnnxOperatorUnknown",
                    $"'{node.OpType[root.Length..]}' is nothing that a {root} of the reference goes on with. Quantize the network with QuantizeML 1.2.5, or import the float one");
        string[] expected = [.. names(parts)];
        FunctionProto? function = QuantizedFunction.Of(node, import);
        if (function is not null && operators(parts) is { } steps)
        {
            QuantizedFunction.Check(node, function, steps);
        }

        string[] formal = function is null ? expected : [.. function.Input];
        if (!formal.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)))
        {
            throw node.Error(
                "QuantizedNodeInvalid",
                $"the function of its type takes the inputs {string.Join(", ", formal)}, and {string.Join(", ", expected)} are expected. Quantize the network with QuantizeML 1.2.5, or import the float one");
        }

        return node.Inputs.Count == formal.Length && node.Outputs.Count == 1
            ? new QuantizedNode(
                node,
                import,
                parts,
                formal.Select((name, index) => (name, index)).ToDictionary(pair => pair.name, pair => pair.index, StringComparer.Ordinal))
            : throw Invalid(
                node,
                $"it has {node.Inputs.Count} inputs and {node.Outputs.Count} outputs, but its type takes {string.Join(", ", formal)} and gives one");
    }

    /// <summary>Whether the type says so.</summary>
    public bool Has(QuantizedParts part) => _parts.HasFlag(part);

    /// <summary>An input that depends on samples, its axes as they lie in memory.</summary>
    public OnnxActivation Samples(string name) => Import.Activation(Node, _inputs[name]);

    /// <summary>An input that depends on samples: an image, its channels last, or one row of values.</summary>
    public OnnxActivation Activation(string name)
    {
        int index = _inputs[name];
        OnnxActivation value = Import.Activation(Node, index);
        value = value.Axes.Count == 1 ? value : Import.Image(Node, index);
        long size = 1;
        foreach (int dimension in value.Stored)
        {
            size = Math.Min(size * dimension, LargestTensor + 1);
        }

        return size <= LargestTensor ? value : throw Invalid($"its input {value.Shape} has more than {LargestTensor} values");
    }

    /// <summary>An input that must be an image.</summary>
    public OnnxActivation Image(string name) =>
        Activation(name) is { Axes.Count: 3 } image ? image : throw Invalid("its input has one dimension, and an image is needed");

    /// <summary>The type of a stored input.</summary>
    public OnnxElementType TypeOf(string name) => Stored(name).Type;

    /// <summary>A stored input of a type.</summary>
    public OnnxConstant Constant(string name, OnnxElementType type)
    {
        OnnxConstant value = Stored(name);
        return value.Type == type
            ? value
            : throw Invalid($"its {name} has the element type {value.Type.Word()}, and {type.Word()} is needed");
    }

    /// <summary>The weights, of signed bytes.</summary>
    /// <param name="rank">Their dimensions.</param>
    public (Shape Shape, long[] Values) Weights(int rank)
    {
        OnnxConstant weights = Constant("W", OnnxElementType.Int8);
        return weights.Shape.Rank == rank && weights.Count > 0 && weights.Shape.All(dimension => dimension is > 0)
            ? (weights.Shape, weights.Integers!)
            : throw Invalid($"its weights have the shape {weights.Shape}, and {rank} dimensions of at least 1 are needed");
    }

    /// <summary>A stored input with one integer for all channels, or one for each, along axis 1 or as a vector.</summary>
    public int[] PerChannel(string name, OnnxElementType type, int channels, long least = int.MinValue)
    {
        OnnxConstant values = Constant(name, type);
        int[] integers = Expand(name, values, Array.ConvertAll(values.Integers!, value => (int)value), channels);
        return integers.Min() is var smallest && smallest < least
            ? throw Invalid($"its {name} holds {smallest}, and {least} is the least that can be")
            : integers;
    }

    /// <summary>Factors and divisors, both for all channels or for each; divisors are powers of two.</summary>
    /// <param name="scale">The name of the factors; null where there are none.</param>
    /// <param name="shift">The name of the divisors.</param>
    /// <param name="channels">The number of channels.</param>
    public IntegerRescaling Rescaling(string? scale, string shift, int channels)
    {
        OnnxConstant divisors = Constant(shift, OnnxElementType.Float);
        int[] shifts = Expand(shift, divisors, Array.ConvertAll(divisors.Floats, divisor => -Exponent(shift, divisor)), channels);
        return new IntegerRescaling(scale is null ? null : PerChannel(scale, OnnxElementType.UInt8, channels), shifts);
    }

    /// <summary>The exponents of factors that are powers of two, one for all channels or one for each.</summary>
    public int[] LeftShifts(string name, int channels)
    {
        int[] factors = PerChannel(name, OnnxElementType.Int32, channels, least: 1);
        return Array.ConvertAll(factors, factor => Exponent(name, factor));
    }

    /// <summary>The table of an activation, put into ascending order: files have the negative integers last.</summary>
    public IntegerTable Table(int channels)
    {
        OnnxConstant table = Constant("LUT_values", OnnxElementType.Int32);
        return table.Count == IntegerTable.EntryCount && table.Shape.Rank == 1
            ? new IntegerTable(
                Rescaling("ActScale", "ActShift", channels),
                [
                    .. table
                        .Integers![(IntegerTable.EntryCount / 2)..]
                        .Concat(table.Integers[..(IntegerTable.EntryCount / 2)])
                        .Select(value => (int)value),
                ])
            : throw Invalid($"its LUT_values have the shape {table.Shape}, and {IntegerTable.EntryCount} values are needed");
    }

    /// <summary>The real value of a step of the output: the reciprocal of the node's scale, which multiplies real values.</summary>
    /// <param name="channels">The channels of the output.</param>
    public ScalarOrVector<float> Step(int channels)
    {
        OnnxConstant scale = Node.Tensor("scale") ?? throw Invalid("its attribute 'scale' is missing");
        return
            scale.IsFloat
            && scale.Shape.Rank <= 1
            && (scale.Count == 1 || scale.Count == channels)
            && Array.TrueForAll(scale.Floats, value => value > 0 && float.IsFinite(1 / value))
            ? Steps(Array.ConvertAll(scale.Floats, value => 1 / value))
            : throw Invalid(
                $"its attribute 'scale' of shape {scale.Shape} must hold one positive number, or one for each of {channels} channels");
    }

    /// <summary>Float32 values that each are the real value of a step, one for all channels or one for each.</summary>
    public ScalarOrVector<float> StoredSteps(string name, int channels)
    {
        OnnxConstant steps = Constant(name, OnnxElementType.Float);
        return
            steps.Shape.Rank <= 1
            && (steps.Count == 1 || steps.Count == channels)
            && Array.TrueForAll(steps.Floats, value => value > 0 && float.IsFinite(value))
            ? Steps(steps.Floats)
            : throw Invalid($"its {name} of shape {steps.Shape} must hold one positive number, or one for each of {channels} channels");
    }

    /// <summary>The window of a convolution, its pads an input of eight numbers (onnx.md 7.2).</summary>
    public ConvolutionWindow Window((int Height, int Width) kernel)
    {
        OnnxConstant pads = Constant("pads", OnnxElementType.Int64);
        if (pads.Count != 8 || pads.Integers is not [0, 0, var top, var left, 0, 0, var bottom, var right])
        {
            throw Invalid(
                $"its pads ({string.Join(", ", pads.Integers!)}) must be eight numbers, of which those of the batch and the channels are 0");
        }

        return Window(kernel, "strides", "pads", [top, left, bottom, right]);
    }

    /// <summary>The window of a maximum pool, whose pads are smaller than itself.</summary>
    public ConvolutionWindow Pool()
    {
        ConvolutionWindow pool = Window(Pair("pool_size"), "pool_strides", "pool_pads", Pads("pool_pads"));
        return
            Math.Max(pool.Pads.Top, pool.Pads.Bottom) < pool.KernelSize.Height
            && Math.Max(pool.Pads.Left, pool.Pads.Right) < pool.KernelSize.Width
            ? pool
            : throw Invalid($"its pool_pads {pool.Pads} must be smaller than its pool_size");
    }

    /// <summary>Two positive numbers of an attribute.</summary>
    public (int Height, int Width) Pair(string name) =>
        Node.Ints(name) is [> 0 and <= LargestStep and var height, > 0 and <= LargestStep and var width]
            ? ((int)height, (int)width)
            : throw Invalid($"its attribute '{name}' must be two numbers from 1 to {LargestStep}");

    /// <summary>Rows and columns on each side, of an attribute.</summary>
    public EdgePads Edges(string name) => Edges(name, Pads(name));

    /// <summary>A positive number of an attribute.</summary>
    public int Count(string name) =>
        Node.Int(name, 0) is > 0 and <= int.MaxValue and var count
            ? (int)count
            : throw Invalid($"its attribute '{name}' must be a positive number");

    /// <summary>The node gives what the layer gives, channels last.</summary>
    public void Set(Layer layer, params OnnxActivation[] inputs) =>
        Import.Set(Node, WithAxes(Import.Add(layer, inputs[0].Axes, inputs)));

    /// <summary>An error about the content of the node; <paramref name="problem"/> says what was found.</summary>
    public QuantException Invalid(string problem) => Invalid(Node, problem);

    /// <summary>An error about the content of a node.</summary>
    public static QuantException Invalid(OnnxNode node, string problem) =>
        node.Error(
            "QuantizedNodeInvalid",
            $"{problem}. The file is damaged, or from another version; quantize the network again",
            QuantErrorKind.InvalidData);

    private static OnnxActivation WithAxes(OnnxActivation value) =>
        value with { Axes = value.Stored.Rank == 3 ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(value.Stored.Rank) };

    private static ScalarOrVector<float> Steps(float[] steps) =>
        steps is [var only] ? ScalarOrVector<float>.Scalar(only) : ScalarOrVector<float>.Vector(steps);

    private ConvolutionWindow Window((int Height, int Width) kernel, string strides, string name, long[] pads) =>
        new()
        {
            KernelSize = kernel is { Height: <= LargestStep, Width: <= LargestStep }
                ? kernel
                : throw Invalid($"its kernel of {kernel.Height}x{kernel.Width} has sides of more than {LargestStep}"),
            Strides = Pair(strides),
            Padding = Padding.Explicit,
            Pads = Edges(name, pads),
        };

    private OnnxConstant Stored(string name) => Import.Required(Node, _inputs[name], $"the values of its {name}");

    private long[] Pads(string name) => Node.Ints(name) ?? throw Invalid($"its attribute '{name}' is missing");

    private EdgePads Edges(string name, long[] pads) => pads.Length == 4 && Array.TrueForAll(pads, pad => pad is >= 0 and <= LargestStep)
        ? new EdgePads((int)pads[0], (int)pads[1], (int)pads[2], (int)pads[3])
        : throw Invalid($"its {name} ({string.Join(", ", pads)}) must be four numbers from 0 to {LargestStep}");

    private T[] Expand<T>(string name, OnnxConstant stored, T[] values, int channels)
    {
        bool isAlongChannels = stored.Shape.Rank <= 1 || stored.Shape[1] == stored.Count;
        return !isAlongChannels || (values.Length != 1 && values.Length != channels)
                ? throw Invalid(
                    $"its {name} has the shape {stored.Shape}, and one value or one for each of {channels} channels is needed, along axis 1")
            : values.Length == channels ? values
            : [.. Enumerable.Repeat(values[0], channels)];
    }

    /// <summary>The exponent of a positive power of two.</summary>
    private int Exponent(string name, float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return float.IsNormal(value) && value > 0 && (bits & 0x7FFFFF) == 0
            ? (bits >> 23) - 127
            : throw Invalid(
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"its {name} holds {value}, which is no power of two"));
    }
}
