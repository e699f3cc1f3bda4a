using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida;

/// <summary>Counts what the layers of one plan have to do. Several workers may observe at once.</summary>
internal sealed class PlanWork : IPlanObserver
{
    /// <summary>The bits of weights where no parameter says them: they are int8.</summary>
    private const int StoredBits = 8;

    private readonly ExecutionPlan<AkidaLayer> _plan;
    private readonly Count[] _counts;
    private readonly ILookup<int, Count> _takers;
    private readonly ILookup<int, Count> _givers;
    private long _samples;

    /// <summary>A count of all layers.</summary>
    /// <param name="model">The model whose plan it is.</param>
    public PlanWork(AkidaModel model)
    {
        _plan = model.Plan;
        _counts = [.. _plan.Steps.Select(step => new Count(step, step.Node.CreateProducts(step.Taken)))];
        _takers = _counts
            .SelectMany(count => (count.Step.Inputs.Count == 0 ? [ExecutionPlan.ModelInput] : count.Step.Inputs)
                .Select(input => (Origin: _plan.Origin(input), Count: count)))
            .ToLookup(taken => taken.Origin, taken => taken.Count);
        _givers = _counts.Index().ToLookup(given => _plan.Origin(given.Index), given => given.Item);
    }

    /// <inheritdoc/>
    public ExecutionPlan Plan => _plan;

    /// <inheritdoc/>
    public IReadOnlyList<int> Steps => [.. _givers.Select(given => given.Key).Where(step => step != ExecutionPlan.ModelInput)];

    /// <summary>What was counted so far, layer by layer.</summary>
    public IEnumerable<LayerWork> Results => _counts.Select(count => new LayerWork
    {
        Model = _plan.ModelName,
        Name = count.Step.Node.Name,
        TypeName = count.Step.Node.TypeName,
        Samples = _samples,
        Inputs = count.Inputs,
        Events = count.Events,
        Outputs = count.Outputs,
        Zeros = count.Zeros,
        Multiplications = _samples * (count.Products?.Dense ?? 0),
        Operations = count.Operations,
        WeightBytes = BitWidths.Bytes(
            count.Step.Node.KernelShapes.Sum(kernel => (long)kernel.Size), count.Step.Node.WeightBits ?? StoredBits),
        ActivationBytes = BitWidths.Bytes(
            count.Step.Prepared.Output.Shape.Size,
            count.Step.Prepared.Output is QuantizedSpec integers ? integers.Bits : 8 * sizeof(float)),
    });

    /// <inheritdoc/>
    public void Observe(int step, TensorData data, int batch)
    {
        if (step == ExecutionPlan.ModelInput)
        {
            Interlocked.Add(ref _samples, batch);
        }

        long values = (long)batch * data.SampleSize;
        long events = data is IntegerData integers
            ? EventProducts.Events(integers, batch)
            : values - ((FloatData)data).Values(batch).Count(0f);
        foreach (Count count in _givers[step])
        {
            Interlocked.Add(ref count.Outputs, values);
            Interlocked.Add(ref count.Zeros, values - events);
        }

        foreach (Count count in _takers[step])
        {
            Interlocked.Add(ref count.Inputs, values);
            Interlocked.Add(ref count.Events, events);
            if (count.Products is { } products)
            {
                Interlocked.Add(ref count.Operations, products.Count((IntegerData)data, batch));
            }
        }
    }

    private sealed class Count(PlanStep<AkidaLayer> step, LayerProducts? products)
    {
        public long Inputs;
        public long Events;
        public long Outputs;
        public long Zeros;
        public long Operations;

        public PlanStep<AkidaLayer> Step { get; } = step;

        public LayerProducts? Products { get; } = products;
    }
}
