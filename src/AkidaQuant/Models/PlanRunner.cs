using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>One worker of a plan: buffers for a few samples, reused from call to call. Not for several threads.</summary>
/// <remarks>
/// Of a model that keeps state, a runner's batch is its number of parallel streams, and each call gives every stream
/// its next time step.
/// </remarks>
public sealed class PlanRunner
{
    private readonly ExecutionPlan _plan;
    private readonly TensorData[] _buffers;
    private readonly TensorData[][] _inputs;
    private readonly StreamState _state;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="plan">The plan to run.</param>
    /// <param name="capacity">The most samples of one call.</param>
    public PlanRunner(ExecutionPlan plan, int capacity)
    {
        _plan = plan;
        Capacity = capacity;
        _state = new StreamState(plan.Model.Name, capacity);
        _buffers = new TensorData[plan.Steps.Count];
        _inputs = new TensorData[plan.Steps.Count][];
        for (int i = 0; i < _buffers.Length; i++)
        {
            PlanStep step = plan.Steps[i];
            _inputs[i] = [.. step.Inputs.Select(index => _buffers[index]), .. _state.Allocate(step.Prepared.State)];
            _buffers[i] = step.Prepared.IsView && step.Inputs.Count > 0
                ? TensorData.Reinterpret(_inputs[i][0], step.Prepared.Output)
                : TensorData.Allocate(step.Prepared.Output, capacity);
        }
    }

    /// <summary>The most samples of one call.</summary>
    public int Capacity { get; }

    /// <summary>Where the samples go.</summary>
    public TensorData Input => _buffers[_plan.InputStep];

    /// <summary>What the model gives.</summary>
    public TensorData Output => _buffers[_plan.OutputStep];

    /// <summary>What the layer at that position of the plan gives.</summary>
    public TensorData this[int step] => _buffers[step];

    /// <summary>Runs the model over the first <paramref name="batch"/> samples of <see cref="Input"/>.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>: the model keeps state, and earlier calls had another batch.</exception>
    public void Run(int batch, CancellationToken cancellation = default)
    {
        _state.Expect(batch);
        IReadOnlyList<Operation?> operations = _plan.Operations;
        for (int i = 0; i < operations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            operations[i]?.Invoke(_inputs[i], _buffers[i], batch);
        }
    }

    /// <summary>Makes the model forget what it saw, as if it were new.</summary>
    public void Reset() => _state.Reset();
}
