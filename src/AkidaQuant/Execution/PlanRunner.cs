namespace AkidaQuant.Execution;

/// <summary>One worker of a plan: buffers for a few samples, reused from call to call. Not for several threads.</summary>
/// <remarks>
/// Of a model that keeps state, a runner's batch is its number of parallel streams, and each call gives every stream
/// its next time step.
/// </remarks>
public sealed class PlanRunner
{
    private readonly ExecutionPlan _plan;
    private readonly RunnerBuffers _layout;
    private readonly TensorData[] _buffers;
    private readonly List<Job> _jobs = [];
    private readonly StreamState _state;
    private readonly WorkTeam _team;
    private readonly Action<WorkShare> _work;
    private Job _current = null!;
    private int _batch;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="plan">The plan to run.</param>
    /// <param name="capacity">The most samples of one call.</param>
    /// <param name="results">The steps whose results are looked at; null for all. Other tensors share memory.</param>
    /// <param name="threads">The most threads that compute a layer together.</param>
    public PlanRunner(ExecutionPlan plan, int capacity, RunnerResults? results = null, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        Capacity = capacity;
        _layout = plan.Layout(results ?? RunnerResults.All);
        _buffers = _layout.Allocate(capacity);
        Bytes = _layout.Bytes * capacity;
        _state = new StreamState(plan.ModelName, capacity);
        _team = new WorkTeam(threads);
        _work = share => _current.Stage.Run(_current.Inputs, _current.Output, _batch, share);
        for (int step = 0; step < plan.StepList.Count; step++)
        {
            AddJobs(step);
        }
    }

    /// <summary>The most samples of one call.</summary>
    public int Capacity { get; }

    /// <summary>The memory of the buffers, in bytes; what is remembered of streams left out.</summary>
    public long Bytes { get; }

    /// <summary>The most threads that compute a layer together.</summary>
    public int Threads => _team.Threads;

    /// <summary>Where the samples go, row-major; other tensors may take the memory while the model runs.</summary>
    public TensorData Input => _buffers[0];

    /// <summary>What the model gives.</summary>
    public TensorData Output => this[_plan.OutputStep];

    /// <summary>What the layer at that position of the plan gives, or the model takes at <see cref="ExecutionPlan.ModelInput"/>.</summary>
    /// <exception cref="InvalidOperationException">The runner does not keep it.</exception>
    public TensorData this[int step] => _layout.IsKept(step)
        ? _buffers[_layout.ResultOf(step)]
        : throw new InvalidOperationException($"This runner does not keep the result of step {step}.");

    /// <summary>Runs the model over the first <paramref name="batch"/> samples of <see cref="Input"/>.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>: the model keeps state, and earlier calls had another batch.</exception>
    public void Run(int batch, CancellationToken cancellation = default) => Run(batch, null, cancellation);

    /// <summary>Runs the model over the first <paramref name="batch"/> samples of <see cref="Input"/>.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="observe">
    /// Sees what each step gives, with the number of samples, as soon as it is there and whether it is kept or not; the input first of
    /// all. Views are no steps of their own here (<see cref="ExecutionPlan.Origin"/>).
    /// </param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>: the model keeps state, and earlier calls had another batch.</exception>
    public void Run(int batch, Action<int, TensorData, int>? observe, CancellationToken cancellation = default)
    {
        _state.Expect(batch);
        _batch = batch;
        observe?.Invoke(ExecutionPlan.ModelInput, Input, batch);
        try
        {
            foreach (Job job in _jobs)
            {
                cancellation.ThrowIfCancellationRequested();
                _current = job;
                _team.Run(_work, job.Stage.Shares(batch, _team.Threads));
                if (job.Step is { } step)
                {
                    observe?.Invoke(step, job.Output, batch);
                }
            }
        }
        finally
        {
            _team.Close();
        }
    }

    /// <summary>
    /// Runs the model over the first <paramref name="batch"/> samples of <see cref="Input"/> only as far as its results are taken, those of
    /// the steps that the runner shows, each in its turn: so that two models can go on side by side.
    /// </summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <returns>Each step and its result, which is there until the next is taken. Views are no steps of their own here.</returns>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException"><c>StreamCountChanged</c>: the model keeps state, and earlier calls had another batch.</exception>
    public IEnumerable<(int Step, TensorData Result)> Walk(int batch, CancellationToken cancellation = default)
    {
        _state.Expect(batch);
        _batch = batch;
        try
        {
            foreach (Job job in _jobs)
            {
                cancellation.ThrowIfCancellationRequested();
                _current = job;
                _team.Run(_work, job.Stage.Shares(batch, _team.Threads));
                if (job.Step is { } step && _layout.IsShown(step))
                {
                    _team.Close();
                    yield return (step, job.Output);
                }
            }
        }
        finally
        {
            _team.Close();
        }
    }

    /// <summary>Makes the model forget what it saw, as if it were new.</summary>
    public void Reset() => _state.Reset();

    /// <summary>What the model remembers of the streams.</summary>
    internal StreamSnapshot Capture() => _state.Capture();

    /// <summary>Makes the model remember what a runner for as many streams did.</summary>
    internal void Restore(StreamSnapshot snapshot) => _state.Restore(snapshot);

    private void AddJobs(int step)
    {
        IReadOnlyList<Stage> stages = _layout.StagesOf(step);
        int first = _layout.FirstStageOf(step) + 1;
        for (int i = 0; i < stages.Count; i++)
        {
            TensorData[] inputs = i > 0 ? [_buffers[first + i - 1]] : Inputs(step);
            _jobs.Add(new Job(stages[i], inputs, _buffers[first + i], i == stages.Count - 1 ? step : null));
        }
    }

    /// <summary>What a step takes, and behind it what it remembers.</summary>
    private TensorData[] Inputs(int step)
    {
        int[] tensors = _layout.InputsOf(step);
        TensorData[] state = _state.Allocate(_plan.StepList[step].Prepared.State);
        TensorData[] inputs = new TensorData[tensors.Length + state.Length];
        for (int i = 0; i < tensors.Length; i++)
        {
            inputs[i] = _buffers[tensors[i]];
        }

        state.CopyTo(inputs, tensors.Length);
        return inputs;
    }

    /// <summary>A stage with its buffers, and the step whose result it fills.</summary>
    private sealed record Job(Stage Stage, TensorData[] Inputs, TensorData Output, int? Step);
}
