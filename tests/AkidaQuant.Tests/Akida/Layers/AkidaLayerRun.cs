using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Storage;

namespace AkidaQuant.Tests.Akida.Layers;

/// <summary>
/// One Akida layer by itself, which keeps its state from run to run. Only this file knows how Akida layers prepare and run
/// themselves.
/// </summary>
internal sealed class AkidaLayerRun
{
    private readonly PreparedLayer _prepared;
    private readonly TensorData[] _inputs;
    private readonly TensorData[] _state;
    private readonly Operation? _operation;

    public AkidaLayerRun(AkidaLayer layer, params TensorSpec[] inputs)
    {
        _prepared = layer.Prepare(inputs);
        _operation = _prepared.IsView ? null : _prepared.CreateOperation();
        _inputs = [.. inputs.Select(input => TensorData.Allocate(input, 1))];
        _state = [.. _prepared.State.Select(state => TensorData.Allocate(state, 1))];
    }

    public QuantizedSpec Output => (QuantizedSpec)_prepared.Output;

    public bool IsFloat => _prepared.Output is FloatSpec;

    /// <summary>The multiplications for one sample.</summary>
    public long Macs => _prepared.Macs;

    /// <summary>The shapes of what the layer keeps from run to run.</summary>
    public IReadOnlyList<Shape> State => [.. _prepared.State.Select(state => state.Shape)];

    /// <summary>Signed integers of 8 bits.</summary>
    public static QuantizedSpec Bytes(params int[] shape) => AkidaTensors.Integers(new Shape(shape), 8, signed: true);

    /// <summary>Unsigned integers of 8 bits.</summary>
    public static QuantizedSpec Pixels(params int[] shape) => AkidaTensors.Integers(new Shape(shape), 8, signed: false);

    /// <summary>What the layer makes of one sample of signed bytes.</summary>
    public static long[] Of(AkidaLayer layer, int[] shape, params long[] sample) => new AkidaLayerRun(layer, Bytes(shape)).Run(sample);

    /// <summary>The layer refuses the inputs by an error that names it, and says <paramref name="part"/>.</summary>
    public static void Refuses(string id, string part, AkidaLayer layer, params TensorSpec[] inputs)
    {
        QuantException error = Assert.Throws<QuantException>(() => layer.Prepare(inputs));
        Assert.Equal((id, (object)layer.Name), (error.Id, error.Target!));
        Assert.StartsWith($"Akida layer '{layer.Name}' ({layer.TypeName}): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The layer refuses floats, to do without its weights, and weights of another shape.</summary>
    public static void RefusesWithoutWeights(AkidaLayer layer, string name, params int[] shape)
    {
        Refuses("AkidaInputFloat", "Only a Quantizer takes floats", layer, new FloatSpec(new Shape(shape)));
        Refuses("AkidaVariableMissing", $"its variable '{name}' is not set", With(layer, name, null), Bytes(shape));
        Refuses(
            "AkidaVariableShape", $"its variable '{name}' must have the shape", With(layer, name, Emulation.Weights([1], 1)), Bytes(shape));
    }

    /// <summary>The layer with another value of one variable, or without it.</summary>
    public static AkidaLayer With(AkidaLayer layer, string name, object? value)
    {
        IEnumerable<(string, object)> others = layer.Variables.Where(pair => pair.Key != name).Select(pair => (pair.Key, pair.Value));
        return layer with { Variables = Emulation.Variables([.. value is null ? others : others.Append((name, value))]) };
    }

    /// <summary>The names of the parameters.</summary>
    public static string Parameters(AkidaLayer layer) => string.Join(' ', layer.Parameters.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>The integers that the layer makes of integers.</summary>
    public long[] Run(params long[][] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            Fill((IntegerData)_inputs[i], inputs[i]);
        }

        return Integers(Run());
    }

    /// <summary>The floats that the layer makes of integers.</summary>
    public float[] Dequantize(params long[] input)
    {
        Fill((IntegerData)_inputs[0], input);
        return ((FloatData)Run()).Values(1).ToArray();
    }

    /// <summary>The integers that the layer makes of floats.</summary>
    public long[] Quantize(params float[] input)
    {
        input.CopyTo(((FloatData)_inputs[0]).Values(1));
        return Integers(Run());
    }

    private TensorData Run()
    {
        if (_operation is null)
        {
            return _inputs[0];
        }

        TensorData output = TensorData.Allocate(_prepared.Output, 1);
        _operation([.. _inputs, .. _state], output, 1);
        return output;
    }

    private static void Fill(IntegerData target, long[] values)
    {
        IntegerData wide = new(target.SampleSize, 1, IntegerStorage.Int64);
        values.CopyTo(wide.Values<long>(1));
        IntegerCopy.Copy(wide, target, 1);
    }

    private static long[] Integers(TensorData data)
    {
        long[] values = new long[data.SampleSize];
        ((IntegerData)data).CopyTo(values, 1);
        return values;
    }
}
