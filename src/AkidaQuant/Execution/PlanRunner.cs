namespace AkidaQuant.Execution;

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
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        Capacity = capacity;
        Input = TensorData.Allocate(plan.Input, capacity);
        _state = new StreamState(plan.ModelName, capacity);
        _buffers = new TensorData[plan.StepList.Count];
        _inputs = new TensorData[plan.StepList.Count][];
        for (int i = 0; i < _buffers.Length; i++)
        {
            PlanStep step = plan.StepList[i];
            IEnumerable<TensorData> taken = step.Inputs.Count == 0 ? [Input] : step.Inputs.Select(index => _buffers[index]);
            _inputs[i] = [.. taken, .. _state.Allocate(step.Prepared.State)];
            _buffers[i] = step.Prepared.IsView
                ? TensorData.Reinterpret(_inputs[i][0], step.Prepared.Output)
                : TensorData.Allocate(step.Prepared.Output, capacity);
        }
    }

    /// <summary>The most samples of one call.</summary>
    public int Capacity { get; }

    /// <summary>Where the samples go, row-major.</summary>
    public TensorData Input { get; }

    /// <summary>What the model gives.</summary>
    public TensorData Output => _buffers[_plan.OutputStep];

    /// <summary>What the layer at that position of the plan gives, or the model takes at <see cref="ExecutionPlan.ModelInput"/>.</summary>
    public TensorData this[int step] => step == ExecutionPlan.ModelInput ? Input : _buffers[step];

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
