using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Layers;

/// <summary>
/// One layer by itself, which keeps its state from run to run. Only this file knows how layers prepare and run themselves.
/// </summary>
internal sealed class LayerRun
{
    private readonly PreparedLayer _prepared;
    private readonly TensorData[] _inputs;
    private readonly TensorData[] _state;
    private readonly Operation? _operation;
    private readonly int _batch;

    public LayerRun(Layer layer, int batch, params TensorSpec[] inputs)
    {
        _batch = batch;
        _prepared = layer.PrepareNamed(inputs);
        _operation = _prepared.IsView ? null : _prepared.CreateOperation();
        _inputs = [.. inputs.Select(input => TensorData.Allocate(input, batch))];
        _state = [.. _prepared.State.Select(state => TensorData.Allocate(state, batch))];
    }

    /// <summary>Whether the layer hands its input on as it is.</summary>
    public bool IsView => _prepared.IsView;

    public Shape Shape => _prepared.Output.Shape;

    public QuantizedSpec Output => (QuantizedSpec)_prepared.Output;

    public RecordedVariables Recorded => _prepared.Recorded;

    /// <summary>The shapes of what the layer keeps from run to run.</summary>
    public IReadOnlyList<Shape> State => [.. _prepared.State.Select(state => state.Shape)];

    /// <summary>A FixedPoint of one sample.</summary>
    public static (QuantizedSpec Spec, long[] Values) Fixed(Shape shape, int valueBits, int[] fracBits, params long[] values) =>
        (new QuantizedSpec(shape, valueBits, BitsOf(fracBits)), values);

    /// <summary>What the layer makes of one sample of each input.</summary>
    public static (QuantizedSpec Spec, RecordedVariables Recorded, long[] Values) Of(
        Layer layer, params (QuantizedSpec Spec, long[] Values)[] inputs)
    {
        LayerRun run = new(layer, 1, [.. inputs.Select(input => input.Spec)]);
        return (run.Output, run.Recorded, run.Run([.. inputs.Select(input => input.Values)]));
    }

    /// <summary>The float output of one sample.</summary>
    public static float[] Of(Layer layer, Shape shape, params float[] values) =>
        new LayerRun(layer, 1, new FloatSpec(shape)).Floats(values);

    /// <summary>The float output of one sample of each input.</summary>
    public static float[] Of(Layer layer, params (Shape Shape, float[] Values)[] inputs) =>
        new LayerRun(layer, 1, [.. inputs.Select(input => new FloatSpec(input.Shape))]).Floats([.. inputs.Select(input => input.Values)]);

    /// <summary>The shape of the output over a float input.</summary>
    public static Shape ShapeOver(Layer layer, params int[] shape) => new LayerRun(layer, 1, new FloatSpec(new Shape(shape))).Shape;

    /// <summary>The layer refuses the inputs by an error that names it, and says <paramref name="part"/>.</summary>
    public static void Refuses(string id, string part, Layer layer, params TensorSpec[] inputs)
    {
        QuantException error = Assert.Throws<QuantException>(() => layer.PrepareNamed(inputs));
        Assert.Equal((id, (object)layer.Name), (error.Id, error.Target!));
        Assert.StartsWith($"Layer '{layer.Name}' ({layer.ClassName}): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A layer of floats refuses integers.</summary>
    public static void RefusesIntegers(Layer layer, params int[] shape) =>
        Refuses("LayerInputMismatch", "Put a Dequantizer before it.", layer, [.. Repeat(layer, Integers(shape))]);

    /// <summary>A layer of integers refuses floats.</summary>
    public static void RefusesFloats(Layer layer, params int[] shape) =>
        Refuses("LayerInputMismatch", "but its input is float", layer, [.. Repeat(layer, new FloatSpec(new Shape(shape)))]);

    /// <summary>A layer of fixed-point numbers refuses those with scales.</summary>
    public static void RefusesScales(Layer layer, params int[] shape) => Refuses(
        "LayerInputMismatch",
        "still carries scales",
        layer,
        [.. Repeat(layer, Integers(shape) with { Scales = ScalarOrVector<float>.Scalar(.5f) })]);

    /// <summary>Signed integers of 8 bits without fractional bits.</summary>
    public static QuantizedSpec Integers(params int[] shape) => Integers(shape, 7, 0);

    /// <summary>Signed integers, with fractional bits for all or one a channel.</summary>
    public static QuantizedSpec Integers(int[] shape, int valueBits, params int[] fracBits) =>
        new(new Shape(shape), valueBits, BitsOf(fracBits));

    /// <summary>The integers that the layer makes of integers.</summary>
    public long[] Run(params long[][] inputs)
    {
        var output = (IntegerData)Run(inputs, (data, values) => Fill((IntegerData)data, values));
        long[] integers = new long[_batch * output.SampleSize];
        output.CopyTo(integers, _batch);
        return integers;
    }

    /// <summary>The integers that the layer makes of floats.</summary>
    public long[] Quantize(params float[][] inputs)
    {
        var output = (IntegerData)Run(inputs, (data, values) => values.CopyTo(((FloatData)data).Values(_batch)));
        long[] integers = new long[_batch * output.SampleSize];
        output.CopyTo(integers, _batch);
        return integers;
    }

    /// <summary>The floats that the layer makes of floats.</summary>
    public float[] Floats(params float[][] inputs) =>
        ((FloatData)Run(inputs, (data, values) => values.CopyTo(((FloatData)data).Values(_batch)))).Values(_batch).ToArray();

    /// <summary>The floats that the layer makes of integers.</summary>
    public float[] Dequantize(params long[][] inputs) =>
        ((FloatData)Run(inputs, (data, values) => Fill((IntegerData)data, values))).Values(_batch).ToArray();

    private TensorData Run<T>(T[][] inputs, Action<TensorData, T[]> fill)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            fill(_inputs[i], inputs[i]);
        }

        if (_operation is null)
        {
            return TensorData.Reinterpret(_inputs[0], _prepared.Output);
        }

        TensorData output = TensorData.Allocate(_prepared.Output, _batch);
        _operation([.. _inputs, .. _state], output, _batch);
        return output;
    }

    private void Fill(IntegerData target, long[] values)
    {
        IntegerData wide = new(target.SampleSize, _batch, IntegerStorage.Int64);
        values.CopyTo(wide.Values<long>(_batch));
        IntegerCopy.Copy(wide, target, _batch);
    }

    private static IEnumerable<TensorSpec> Repeat(Layer layer, TensorSpec input) => Enumerable.Repeat(input, layer.InputCount);

    private static ScalarOrVector<int> BitsOf(int[] fracBits) =>
        fracBits.Length == 1 ? ScalarOrVector<int>.Scalar(fracBits[0]) : ScalarOrVector<int>.Vector(fracBits);
}
