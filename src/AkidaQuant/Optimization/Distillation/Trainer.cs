using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// Steps of the optimizer. The samples of a step are shared out to a fixed number of parts, whose gradients are added in their order,
/// so that results do not depend on the number of threads.
/// </summary>
internal sealed class Trainer
{
    private const int MostParts = 4;

    /// <summary>The gradients that all parts together hold at most, unless one part alone takes more.</summary>
    private const int MostGradients = 1 << 25;

    private readonly Model _model;
    private readonly TrainingGraph _graph;
    private readonly DistillationLoss _loss;
    private readonly SampleSet _samples;
    private readonly DistillationOptions _options;
    private readonly GradientFrame[] _frames;

    /// <summary>Prepares training.</summary>
    /// <param name="model">The network, of known shape.</param>
    /// <param name="graph">How it is trained.</param>
    /// <param name="loss">What is made smaller.</param>
    /// <param name="samples">The samples as the network's input takes them.</param>
    /// <param name="options">Threads and cancellation.</param>
    public Trainer(Model model, TrainingGraph graph, DistillationLoss loss, SampleSet samples, DistillationOptions options)
    {
        _model = model;
        _graph = graph;
        _loss = loss;
        _samples = samples;
        _options = options;
        long parameters = graph.ParameterSizes.Sum(size => (long)size);
        _frames = new GradientFrame[(int)Math.Clamp(MostGradients / Math.Max(parameters, 1), 1, MostParts)];
        for (int i = 0; i < _frames.Length; i++)
        {
            _frames[i] = new GradientFrame(graph.Needs, graph.ParameterSizes);
        }
    }

    /// <summary>A step of the optimizer.</summary>
    /// <param name="samples">The positions of its samples.</param>
    /// <param name="rate">The length of the step.</param>
    public void Step(int[] samples, float rate)
    {
        Run(samples, trains: true);
        float[][] sums = _frames[0].ByParameters;
        foreach (GradientFrame frame in _frames.Skip(1))
        {
            for (int i = 0; i < sums.Length; i++)
            {
                System.Numerics.Tensors.TensorPrimitives.Add(sums[i], frame.ByParameters[i], sums[i]);
            }
        }

        foreach (TrainedLayer layer in _graph.Trained)
        {
            layer.Move(sums, rate);
        }
    }

    /// <summary>The mean loss of samples.</summary>
    /// <param name="samples">Their positions.</param>
    /// <param name="measures">Whether the layers measure in which units their biases move.</param>
    public double Evaluate(int[] samples, bool measures = false)
    {
        double sum = 0;
        for (int start = 0; start < samples.Length; start += _options.BatchSize)
        {
            sum += Run(samples[start..Math.Min(start + _options.BatchSize, samples.Length)], trains: false);
            foreach (TrainedLayer layer in _graph.Trained.Where(_ => measures && start == 0))
            {
                layer.MeasureUnits(_frames[0].Values(layer.Step));
            }
        }

        return sum / samples.Length;
    }

    /// <summary>A network with the parameters as they are now.</summary>
    public Model Current(Model model) => _graph.Current(model);

    /// <summary>The values of all parameters.</summary>
    public IReadOnlyList<float[][]> Save() => [.. _graph.Trained.Select(layer => layer.Save())];

    /// <summary>Brings saved values back.</summary>
    public void Restore(IReadOnlyList<float[][]> saved)
    {
        foreach ((TrainedLayer layer, float[][] values) in _graph.Trained.Zip(saved))
        {
            layer.Restore(values);
        }
    }

    private double Run(int[] samples, bool trains)
    {
        _options.Cancellation.ThrowIfCancellationRequested();
        ExecutionPlan<Node> plan = _graph.Current(_model).Plan;
        QuantizerInputs? before = trains ? new QuantizerInputs(plan, _graph.Needs) : null;
        SampleSet chosen = _samples.Select(samples);
        foreach (GradientFrame frame in _frames)
        {
            frame.Clear();
        }

        int size = (samples.Length + _frames.Length - 1) / _frames.Length;
        SampleChunks parts = new(size, Math.Min(SampleBatches.Threads(_options.Threads), _frames.Length), 1);
        parts.Run(0, samples.Length, (start, batch) =>
        {
            PlanRunner runner = new(plan, batch);
            SampleInput.Load(chosen, start, batch, runner.Input, _model.Input.Integers, _model.Name);
            runner.Run(batch, _options.Cancellation);
            GradientFrame frame = _frames[start / size];
            frame.Begin(plan, runner, batch);
            Compare(frame, samples.AsSpan(start, batch), trains ? 1f / samples.Length : 0);
            if (before is not null)
            {
                _graph.Backward(frame, before);
            }
        }, _options.Cancellation);
        return _frames.Sum(frame => frame.Loss);
    }

    /// <summary>Adds up the loss, and writes its gradient for samples with a weight.</summary>
    private void Compare(GradientFrame frame, ReadOnlySpan<int> samples, float weight)
    {
        ReadOnlySpan<float> output = frame.Values(_graph.LossStep);
        Span<float> gradient = weight > 0 ? frame.Gradient(_graph.LossStep) : [];
        int size = output.Length / samples.Length;
        for (int i = 0; i < samples.Length; i++)
        {
            frame.Loss += _loss.Of(
                samples[i], output.Slice(i * size, size), gradient.IsEmpty ? [] : gradient.Slice(i * size, size), weight);
        }
    }
}
