using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Layers;

/// <summary>
/// A TensorFlow function that a network calls directly, in float (tools.md 6.2). Quantization makes it into the
/// layer that does the same, where there is one (transforms.md 4.2).
/// </summary>
[LayerClass("TFOpLambda", Module = "tf_keras.src.layers.core.tf_op_layer")]
public record TFOpLambda : Layer
{
    /// <summary>The name under which the reader of a file hands over the arguments of the call.</summary>
    internal const string CallKey = "call";

    /// <summary>The function within the namespace <c>tf</c>, such as <c>math.add</c>.</summary>
    public required string Function { get; init; }

    /// <summary>The arguments of the call, tensors in the order of the inputs.</summary>
    public required IReadOnlyList<OperatorArgument> Call { get; init; }

    /// <inheritdoc/>
    public override int InputCount => Call.Count(argument => argument.IsTensor);

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("function", Function)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle => $"the function tf.{Function}, called this way, has no quantized form";

    /// <summary>Makes the layer from stored arguments and the call of it; a <see cref="SlicingOpLambda"/> for a slice.</summary>
    /// <exception cref="QuantException">The function is not supported, or not with such arguments.</exception>
    public static TFOpLambda Read(LayerArguments arguments)
    {
        arguments.Observer?.Offer("function", OperatorFunctions.Names);
        string function = arguments.Text("function", string.Empty) is { Length: > 0 } text
            ? text
            : throw arguments.Wrong("function", null, "the name of a function of TensorFlow");
        IReadOnlyList<OperatorArgument> call = ReadCall(arguments);
        return Checked(function == SlicingOpLambda.Slice
            ? new SlicingOpLambda { Name = arguments.Name, Function = function, Call = call }
            : new TFOpLambda { Name = arguments.Name, Function = function, Call = call });
    }

    /// <summary>The tensor or constant that the first parameter, or the one of that name, got; null for none.</summary>
    internal OperatorArgument? Find(string? name) => Call.FirstOrDefault(argument => argument.Name == name);

    /// <summary>The number, as float32, that an arithmetic function combines with its tensor; null when it is none or several.</summary>
    internal float? Scalar() => InputCount != 1 ? null : (Call[0].IsTensor ? Find("y") : Call[0])?.Value switch
    {
        long value => value,
        double value => (float)value,
        _ => null,
    };

    /// <summary>The number that the parameter of that name got, or its default; null when it got something else.</summary>
    internal double? Number(string name, double defaultValue) => Find(name) switch
    {
        null or { IsTensor: false, Value: null } => defaultValue,
        { IsTensor: false, Value: long value } => value,
        { IsTensor: false, Value: double value } => value,
        _ => null,
    };

    /// <summary>The stored arguments of the call.</summary>
    internal static IReadOnlyList<OperatorArgument> ReadCall(LayerArguments arguments) =>
        arguments[CallKey] as IReadOnlyList<OperatorArgument> ?? throw arguments.Wrong(CallKey, null, "the arguments of a call");

    /// <summary>The layer, where its function is supported with its arguments.</summary>
    internal static TFOpLambda Checked(TFOpLambda layer) =>
        OperatorFunctions.Supports(layer) ? layer : throw OperatorFunctions.NotSupported(layer);

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        if (OperatorSelection.IsOne(Function))
        {
            OperatorSelection selection = OperatorSelection.Of(this, input) ?? throw OperatorFunctions.NotSupported(this);
            return new PreparedLayer(new FloatSpec(selection.Output), () =>
            {
                Rearrangement rearrangement = Rearrangement.Select(input, selection.Indices);
                return (tensors, output, batch) => rearrangement.Run((FloatData)tensors[0], (FloatData)output, batch);
            });
        }

        if (Function == OperatorFunctions.Clip)
        {
            return PrepareClip(input);
        }

        return OperatorMath.Prepare(this, input)
            ?? (OperatorFunctions.ArithmeticOf(Function) is { } arithmetic ? PrepareArithmetic(arithmetic, inputs)
                : OperatorFunctions.Replacement(this, input) is { } layer ? layer.Prepare(inputs)
                : throw OperatorFunctions.NotSupported(this));
    }

    private PreparedLayer PrepareClip(Shape input)
    {
        float least = (float)(Number("clip_value_min", double.NaN) ?? double.NaN);
        float greatest = (float)(Number("clip_value_max", double.NaN) ?? double.NaN);
        return least <= greatest
            ? new PreparedLayer(
                new FloatSpec(input),
                () => (tensors, output, batch) => TensorPrimitives.Clamp<float>(
                    ((FloatData)tensors[0]).Values(batch), least, greatest, ((FloatData)output).Values(batch)))
            : throw OperatorFunctions.NotSupported(this);
    }

    private PreparedLayer PrepareArithmetic(Arithmetic function, IReadOnlyList<TensorSpec> inputs)
    {
        OperatorArgument left = Find(null)!;
        OperatorArgument right = Find("y")!;
        if (left.IsTensor && right.IsTensor)
        {
            Shape other = FloatInput(inputs, 1).Shape;
            Shape own = FloatInput(inputs).Shape;
            return own.Rank == other.Rank
                ? Multiply.Combine(this, function, own, other)
                : throw DoesNotFit(
                    $"its inputs must have the same number of axes, but they have {own} and {other}. Reshape the smaller one.");
        }

        Shape tensor = FloatInput(inputs).Shape;
        NdArray<float> constant = Constant(left.IsTensor ? right : left, tensor);
        Shape output = Multiply.Broadcast(this, tensor, constant.Shape);
        if (output.Rank != tensor.Rank)
        {
            throw DoesNotFit($"its constant has the shape {constant.Shape}, but a sample of its input has {tensor}.");
        }

        return new PreparedLayer(new FloatSpec(output), () =>
        {
            BroadcastArithmetic arithmetic = left.IsTensor ? new(function, tensor, constant.Shape) : new(function, constant.Shape, tensor);
            return (tensors, result, batch) =>
            {
                ReadOnlySpan<float> values = ((FloatData)tensors[0]).Values(batch);
                Span<float> target = ((FloatData)result).Values(batch);
                if (left.IsTensor)
                {
                    arithmetic.Run(values, constant.Values, target, batch);
                }
                else
                {
                    arithmetic.Run(constant.Values, values, target, batch);
                }
            };
        });
    }

    /// <summary>A constant as it meets one sample: without the axis of the batch, which must be 1.</summary>
    private NdArray<float> Constant(OperatorArgument argument, Shape sample)
    {
        List<int> dimensions = [];
        List<float> values = [];
        if (!ReadConstant(argument.Value, 0, dimensions, values))
        {
            throw OperatorFunctions.NotSupported(this);
        }

        if (dimensions.Count == sample.Rank + 1 && dimensions[0] == 1)
        {
            dimensions.RemoveAt(0);
        }

        return new NdArray<float>(new Shape([.. dimensions]), [.. values]);
    }

    private static bool ReadConstant(object? value, int depth, List<int> dimensions, List<float> values)
    {
        if (value is not IReadOnlyList<object?> list)
        {
            values.Add(value switch { long number => number, double number => (float)number, _ => float.NaN });
            return value is long or double && dimensions.Count == depth;
        }

        if (dimensions.Count == depth && values.Count == 0)
        {
            dimensions.Add(list.Count);
        }

        return list.Count > 0 && dimensions.Count > depth && dimensions[depth] == list.Count
            && list.All(item => ReadConstant(item, depth + 1, dimensions, values));
    }
}
