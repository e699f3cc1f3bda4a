using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant.Akida;

/// <summary>One worker of a plan: buffers for a few samples, reused from call to call. Not for several threads.</summary>
/// <remarks>
/// Of a model that keeps state, a runner's batch is its number of parallel streams, and each call gives every stream
/// its next time step.
/// </remarks>
public sealed class AkidaRunner
{
    private readonly AkidaPlan _plan;
    private readonly TensorData[] _buffers;
    private readonly TensorData[][] _inputs;
    private readonly TensorData[] _last;
    private readonly StreamState _state;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="plan">The plan to run.</param>
    /// <param name="capacity">The most samples of one call.</param>
    public AkidaRunner(AkidaPlan plan, int capacity)
    {
        _plan = plan;
        Capacity = capacity;
        _state = new StreamState(plan.Model.Name, capacity);
        Input = TensorData.Allocate(plan.Input.Spec, capacity);
        _buffers = new TensorData[plan.Steps.Count];
        _inputs = new TensorData[plan.Steps.Count][];
        for (int i = 0; i < _buffers.Length; i++)
        {
            AkidaStep step = plan.Steps[i];
            _inputs[i] = [.. step.Inputs.Select(BufferOf), .. _state.Allocate(step.Prepared.State)];
            _buffers[i] = step.Prepared.Create is null
                ? TensorData.Reinterpret(_inputs[i][0], step.Output.Spec)
                : TensorData.Allocate(step.Output.Spec, capacity);
        }

        _last = [_buffers[^1]];
        Output = plan.Dequantization is null ? _buffers[^1] : TensorData.Allocate(plan.Output.Spec, capacity);
    }

    /// <summary>The most samples of one call.</summary>
    public int Capacity { get; }

    /// <summary>Where the samples go: row-major in the order that the model's input layer takes.</summary>
    public TensorData Input { get; }

    /// <summary>What the model gives.</summary>
    public TensorData Output { get; }

    /// <summary>The integers before the Dequantizer (<see cref="AkidaPlan.PotentialStep"/>).</summary>
    public TensorData Potentials => BufferOf(_plan.PotentialStep);

    /// <summary>What the layer at that position of the plan gives.</summary>
    public TensorData this[int layer] => _buffers[layer];

    /// <summary>Runs the model over the first <paramref name="batch"/> samples of <see cref="Input"/>.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>: the model keeps state, and earlier calls had another batch.</exception>
    public void Run(int batch, CancellationToken cancellation = default)
    {
        _state.Expect(batch);
        IReadOnlyList<AkidaOperation?> operations = _plan.Operations;
        for (int i = 0; i < operations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            operations[i]?.Invoke(_inputs[i], _buffers[i], batch);
        }

        _plan.Dequantization?.Invoke(_last, Output, batch);
    }

    /// <summary>Makes the model forget what it saw, as if it were new.</summary>
    public void Reset() => _state.Reset();

    private TensorData BufferOf(int step) => step == AkidaPlan.ModelInput ? Input : _buffers[step];
}
