using AkidaQuant.Execution;

namespace AkidaQuant.Checks;

/// <summary>What a layer of the quantized model is compared with: what one of the float model gives.</summary>
/// <param name="Actual">The position of the quantized layer in its plan.</param>
/// <param name="Expected">The position of the float layer, or <see cref="ExecutionPlan.ModelInput"/>.</param>
/// <param name="Real">What the integers stand for.</param>
/// <param name="See">Takes float values and integers of so many samples, in the order of the samples.</param>
internal sealed record ComparedStep(int Actual, int Expected, RealValues Real, Action<FloatData, TensorData, int> See);

/// <summary>
/// Runs a quantized model and the float one side by side, layer by layer, so that each pair of results is compared when both are there and
/// neither model has to keep them. What is compared never depends on threads.
/// </summary>
internal sealed class NetworkComparison
{
    /// <summary>What both models touch over and over should stay in the caches.</summary>
    private const long BytesAtOnce = 4L << 20;

    private readonly Model _quantized;
    private readonly Model _floating;
    private readonly ILookup<int, ComparedStep> _steps;
    private readonly Dictionary<int, int> _uses;

    /// <summary>Prepares to compare.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The rewritten float model.</param>
    /// <param name="steps">What is compared.</param>
    public NetworkComparison(Model quantized, Model floating, IEnumerable<ComparedStep> steps)
    {
        _quantized = quantized;
        _floating = floating;
        ComparedStep[] compared =
        [
            .. steps.Select(step => step with
            {
                Actual = quantized.Plan.Origin(step.Actual),
                Expected = floating.Plan.Origin(step.Expected),
            }),
        ];
        _steps = compared.ToLookup(step => step.Actual);
        _uses = compared.CountBy(step => step.Expected).ToDictionary();
    }

    /// <summary>Runs samples through both models.</summary>
    /// <param name="samples">The samples, in the shape that the models take.</param>
    /// <param name="streams">The number of parallel streams whose time steps the samples are; null for models that keep no state.</param>
    /// <param name="threads">The most threads.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public void Run(SampleSet samples, int? streams, int threads, CancellationToken cancellation)
    {
        RunnerResults seen = RunnerResults.Of([], _steps.Select(step => step.Key));
        RunnerResults expected = RunnerResults.Of([], _uses.Keys);
        long bytes = _quantized.Plan.BytesPerSample(seen) + _floating.Plan.BytesPerSample(expected);
        int size = streams ?? (int)Math.Clamp(BytesAtOnce / Math.Max(bytes, 1), 1, samples.Count);
        PlanRunner quantized = new(_quantized.Plan, size, seen, threads);
        PlanRunner floating = new(_floating.Plan, size, expected, threads);
        for (int start = 0; start < samples.Count; start += size)
        {
            int batch = Math.Min(size, samples.Count - start);
            SampleInput.Load(samples, start, batch, quantized.Input, _quantized.Input.Integers, _quantized.Name);
            SampleInput.Load(samples, start, batch, floating.Input, _floating.Input.Integers, _floating.Name);
            Compare(quantized, floating, batch, cancellation);
        }
    }

    private void Compare(PlanRunner quantized, PlanRunner floating, int batch, CancellationToken cancellation)
    {
        using FloatResults floats = new(floating, _uses, batch, cancellation);
        foreach ((int position, TensorData result) in quantized.Walk(batch, cancellation))
        {
            foreach (ComparedStep step in _steps[position])
            {
                step.See(floats.Take(step.Expected), result, batch);
            }
        }
    }

    /// <summary>
    /// The results of the float model, which runs as far as they are asked for. Those that are asked for later are copied as they are
    /// passed by.
    /// </summary>
    private sealed class FloatResults : IDisposable
    {
        private readonly Dictionary<int, FloatData> _kept = [];
        private readonly Dictionary<int, int> _uses;
        private readonly IEnumerator<(int Step, TensorData Result)> _walk;
        private readonly int _batch;
        private (int Step, FloatData Result) _current;

        public FloatResults(PlanRunner runner, Dictionary<int, int> uses, int batch, CancellationToken cancellation)
        {
            _uses = new Dictionary<int, int>(uses);
            _batch = batch;
            _walk = runner.Walk(batch, cancellation).GetEnumerator();
            _current = (ExecutionPlan.ModelInput, (FloatData)runner.Input);
        }

        public FloatData Take(int step)
        {
            _uses[step]--;
            if (_kept.TryGetValue(step, out FloatData? kept))
            {
                if (_uses[step] == 0)
                {
                    _kept.Remove(step);
                }

                return kept;
            }

            while (_current.Step != step)
            {
                Keep();
                if (!_walk.MoveNext())
                {
                    throw new InvalidOperationException($"The float model gives no result for step {step}.");
                }

                _current = (_walk.Current.Step, (FloatData)_walk.Current.Result);
            }

            return _current.Result;
        }

        public void Dispose() => _walk.Dispose();

        private void Keep()
        {
            if (_uses.GetValueOrDefault(_current.Step) > 0)
            {
                FloatData copy = new(_current.Result.SampleSize, _batch);
                _current.Result.Values(_batch).CopyTo(copy.Values(_batch));
                _kept.Add(_current.Step, copy);
            }
        }
    }
}
