using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Tests.Streaming;

/// <summary>One quantized layer by itself, which keeps its state from run to run.</summary>
internal sealed class LayerRun
{
    private readonly PreparedLayer _prepared;
    private readonly Operation _operation;
    private readonly TensorData[] _inputs;
    private readonly TensorData[] _state;
    private readonly int _batch;

    public LayerRun(Layer layer, int batch, params TensorSpec[] inputs)
    {
        _batch = batch;
        _prepared = layer.Prepare(inputs);
        _operation = _prepared.CreateOperation();
        _inputs = [.. inputs.Select(input => TensorData.Allocate(input, batch))];
        _state = [.. _prepared.State.Select(state => TensorData.Allocate(state, batch))];
    }

    public QuantizedSpec Output => (QuantizedSpec)_prepared.Output;

    public RecordedVariables Recorded => _prepared.Recorded;

    public long[] Run(params long[][] inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            Fill((IntegerData)_inputs[i], inputs[i]);
        }

        TensorData output = TensorData.Allocate(Output, _batch);
        _operation([.. _inputs, .. _state], output, _batch);
        long[] values = new long[_batch * output.SampleSize];
        ((IntegerData)output).CopyTo(values, _batch);
        return values;
    }

    private void Fill(IntegerData target, long[] values)
    {
        switch (target.Storage)
        {
            case IntegerStorage.Int16:
                Array.ConvertAll(values, value => checked((short)value)).CopyTo(target.Values<short>(_batch));
                break;
            case IntegerStorage.Int32:
                Array.ConvertAll(values, value => checked((int)value)).CopyTo(target.Values<int>(_batch));
                break;
            default:
                values.CopyTo(target.Values<long>(_batch));
                break;
        }
    }
}
