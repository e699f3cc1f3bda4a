using System.Numerics.Tensors;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Float;
using AkidaQuant.Kernels.Integer;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>The sum, or the mean, of two tensors in float.</summary>
[LayerClass("Add")]
[LayerClass(CustomClass, Module = "quantizeml.layers.multi_inbounds")]
public sealed record Add : Layer
{
    private const string CustomClass = "Custom>Add";

    /// <summary>Whether the sum is halved.</summary>
    public bool Average { get; init; }

    /// <inheritdoc/>
    public override string StoredClass => Average || WasCustom ? CustomClass : "Add";

    /// <summary>Whether a file gave the reference's own class; the arguments of its quantized form do not say which it came from.</summary>
    private bool WasCustom => StoredArguments.ContainsKey("average") && !StoredArguments.ContainsKey("quant_config");

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override bool RequiresAlignedInputs => true;

    /// <inheritdoc/>
    public override bool CanHoldOutputQuantizer => true;

    /// <inheritdoc/>
    public override string? QuantizationObstacle => null;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => StoredClass == CustomClass ? [new("average", Average)] : [];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Add Read(LayerArguments arguments) => new() { Name = arguments.Name, Average = arguments.Bool("average", false) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        FloatSpec left = FloatInput(inputs);
        RequireSameShape(this, left.Shape, FloatInput(inputs, 1).Shape);
        int channels = left.Shape.Rank == 0 ? 1 : left.Shape.Channels;
        return PreparedLayer.OfFloats(left.Shape, () => FloatPart.OfRows(left.Shape.Size / channels, channels, (tensors, row, result) =>
        {
            int start = row * channels;
            int count = result.Length;
            FloatVectors.Add(Values(tensors[0]).Slice(start, count), Values(tensors[1]).Slice(start, count), result);
            if (Average)
            {
                TensorPrimitives.Multiply(result, 0.5f, result);
            }
        }));

        static ReadOnlySpan<float> Values(TensorData data) => ((FloatData)data).Values(data.Capacity);
    }

    /// <inheritdoc/>
    public override QuantizedLayer Quantize(QuantSettings? settings, QuantizationContext context)
    {
        QuantizerSettings complete = new QuantizerSettings(Name, settings).CompleteBuffer(context.BufferBits, limited: false);
        return new QuantizedAdd { Name = Name, Average = Average, Settings = complete.Settings, OutputQuantizer = complete.Output(1) };
    }

    internal static void RequireSameShape(Layer layer, Shape left, Shape right)
    {
        if (left != right)
        {
            throw new QuantException(
                "LayerInputMismatch",
                QuantErrorKind.InvalidData,
                $"Layer '{layer.Name}' ({layer.ClassName}): its inputs must have the same shape, but they have {left} and {right}.",
                layer.Name);
        }
    }
}

/// <summary>The sum of two tensors of integers, aligned channel by channel on the finer one (layers.md 7.1).</summary>
[LayerClass("Custom>QuantizedAdd", Module = "quantizeml.layers.multi_inbounds")]
public sealed record QuantizedAdd : QuantizedLayer
{
    /// <summary>Whether the sum is halved, which costs one fractional bit and no arithmetic.</summary>
    public bool Average { get; init; }

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("average", Average), new("quant_config", Settings ?? [])];

    /// <inheritdoc/>
    public override Layer ToFloat() => new Add { Name = Name, Average = Average };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static QuantizedAdd Read(LayerArguments arguments)
    {
        QuantizerSettings settings = new(arguments.Name, arguments.Settings());
        return new QuantizedAdd
        {
            Name = arguments.Name,
            Average = arguments.Bool("average", false),
            Settings = settings.Settings,
            OutputQuantizer = settings.Output(1),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        RecordedVariables recorded = new();
        int valueBits = new QuantizerSettings(Name, Settings).BufferBitwidth - 1;
        QuantizedSpec left = Promote(FixedPointInput(inputs), valueBits);
        QuantizedSpec right = Promote(FixedPointInput(inputs, 1), valueBits);
        Add.RequireSameShape(this, left.Shape, right.Shape);
        ScalarOrVector<int> finest = left.FracBits.Zip(right.FracBits, Math.Max);
        ScalarOrVector<int> leftShift = finest.Zip(left.FracBits, (fine, bits) => fine - bits);
        ScalarOrVector<int> rightShift = finest.Zip(right.FracBits, (fine, bits) => fine - bits);
        recorded.Add("a_shift", leftShift.ToArray());
        recorded.Add("b_shift", rightShift.ToArray());
        int channels = left.Shape.Channels;
        int[] leftShifts = leftShift.Expand(channels);
        int[] rightShifts = rightShift.Expand(channels);
        if (Math.Max(leftShifts.Max(), rightShifts.Max()) is var largest && largest >= valueBits)
        {
            throw DoesNotFit($"aligning its inputs takes a shift of {largest}, which its buffer of {valueBits} value bits cannot hold.");
        }

        ValueRange a = Shifted(left.Range, leftShifts.Max(), valueBits);
        ValueRange b = Shifted(right.Range, rightShifts.Max(), valueBits);
        ValueRange range = new ValueRange(a.Min + b.Min, a.Max + b.Max).Clamp(ValueRange.OfBits(valueBits));
        QuantizedSpec sum = new(left.Shape, valueBits, Average ? finest.Map(bits => bits + 1) : finest, null, range);
        return QuantizedTail.Create(this, sum, recorded).Prepare(() =>
        {
            SaturatingAddition addition = new(channels, leftShifts, rightShifts, valueBits);
            return LinearPart.Divided((long)sum.Shape.Size * Stage.WorkOfElement, (tensors, output, batch, share, finish) =>
                addition.Run((IntegerData)tensors[0], (IntegerData)tensors[1], output, batch, share, finish));
        });
    }

    private static ValueRange Shifted(ValueRange range, int shift, int valueBits) => new(
        Math.Min(range.Min, Rounding.Saturate(Rounding.ShiftRound(range.Min, shift), valueBits)),
        Math.Max(range.Max, Rounding.Saturate(Rounding.ShiftRound(range.Max, shift), valueBits)));
}
