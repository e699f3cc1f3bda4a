using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>One worker of a plan: buffers for a few samples, reused from call to call. Not for several threads.</summary>
public sealed class PlanRunner
{
    private readonly ExecutionPlan _plan;
    private readonly TensorData[] _buffers;
    private readonly TensorData[][] _inputs;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="plan">The plan to run.</param>
    /// <param name="capacity">The most samples of one call.</param>
    public PlanRunner(ExecutionPlan plan, int capacity)
    {
        _plan = plan;
        Capacity = capacity;
        _buffers = new TensorData[plan.Steps.Count];
        _inputs = new TensorData[plan.Steps.Count][];
        for (int i = 0; i < _buffers.Length; i++)
        {
            PlanStep step = plan.Steps[i];
            _inputs[i] = [.. step.Inputs.Select(index => _buffers[index])];
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
    public void Run(int batch, CancellationToken cancellation = default)
    {
        IReadOnlyList<Operation?> operations = _plan.Operations;
        for (int i = 0; i < operations.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            operations[i]?.Invoke(_inputs[i], _buffers[i], batch);
        }
    }
}
