using System.Collections.Concurrent;
using System.Globalization;

namespace AkidaQuant.Execution;

/// <summary>
/// The way to run a model of any dialect: every tensor described, every layer prepared in order, its operation made when
/// the first batch runs. Made once for a model and kept with it; several runners may use it at once.
/// </summary>
public abstract class ExecutionPlan
{
    /// <summary>Stands for the model's input where the position of a step is asked for.</summary>
    public const int ModelInput = -1;

    /// <summary>The most elements of one sample's tensor: more would not fit an array of 64-bit integers.</summary>
    private const long ElementLimit = 1L << 27;

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyList<Stage>[]> _stages;
    private readonly ConcurrentDictionary<string, RunnerBuffers> _layouts = new(StringComparer.Ordinal);

    private protected ExecutionPlan(string model, TensorSpec input)
    {
        ModelName = model;
        Input = input;
        Runners = new RunnerPool(this);
        _stages = new Lazy<IReadOnlyList<Stage>[]>(() => [.. StepList.Select(step => step.Prepared.CreateStages())]);
    }

    /// <summary>The name of the model that this plan runs.</summary>
    public string ModelName { get; }

    /// <summary>The tensor that the model takes.</summary>
    public TensorSpec Input { get; }

    /// <summary>The position of the layer whose output the model gives; of the first where it gives several.</summary>
    public int OutputStep => OutputSteps[0];

    /// <summary>The positions of all layers whose outputs the model gives.</summary>
    public IReadOnlyList<int> OutputSteps { get; private protected init; } = [];

    /// <summary>All tensors that the model gives.</summary>
    public IReadOnlyList<PlanOutput> Outputs { get; private protected init; } = [];

    /// <summary>The tensor that the model gives; the first where it gives several.</summary>
    public TensorSpec Output => StepList[OutputStep].Prepared.Output;

    /// <summary>Whether outputs depend on earlier samples: samples are then the consecutive time steps of parallel streams.</summary>
    public bool IsStateful => StepList.Any(step => step.Prepared.State.Count > 0);

    /// <summary>The runners that wait for the next call.</summary>
    internal RunnerPool Runners { get; }

    /// <summary>The stages of each step, none for a view; made, and weights packed, when they are first asked for.</summary>
    internal IReadOnlyList<IReadOnlyList<Stage>> Stages => _stages.Value;

    internal abstract IReadOnlyList<PlanStep> StepList { get; }

    /// <summary>The model and the number of steps: <c>lenet in 12 steps</c>.</summary>
    public override string ToString() =>
        Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{ModelName} in {StepList.Count} steps"));

    /// <summary>A worker with buffers for <paramref name="capacity"/> samples, which keeps what every step gives.</summary>
    public PlanRunner CreateRunner(int capacity) => new(this, capacity);

    /// <summary>The memory in bytes that a worker holds for one sample, what layers rent for a while and remember left out.</summary>
    /// <param name="results">The steps whose results are looked at.</param>
    public long BytesPerSample(RunnerResults results) => Layout(results).Bytes;

    /// <summary>The largest sum in bytes of the tensors of one sample that are needed at the same time: no worker can hold less.</summary>
    /// <param name="results">The steps whose results are looked at.</param>
    public long LargestAlive(RunnerResults results) => Layout(results).LargestAlive;

    /// <summary>The step that fills the buffer which a step gives: the step itself, or for a view the one that it shows.</summary>
    public int Origin(int step)
    {
        while (step != ModelInput && StepList[step].Prepared.IsView)
        {
            step = StepList[step].Inputs is [int first, ..] ? first : ModelInput;
        }

        return step;
    }

    /// <summary>The position of the layer called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int Position(string name) => _positions[name];

    /// <summary>Where the tensors lie that a runner needs, worked out once for the steps that are looked at.</summary>
    internal RunnerBuffers Layout(RunnerResults results) => _layouts.GetOrAdd(results.Key, _ => new RunnerBuffers(this, results));

    /// <summary>Prepares nodes in order, each with what the ones before it give.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="known">What is prepared already for a node with these inputs; null for nothing.</param>
    /// <exception cref="QuantException">A node does not fit its inputs, or a tensor is too large (<c>TensorTooLarge</c>).</exception>
    private protected IReadOnlyList<PlanStep<TNode>> Prepare<TNode>(
        IEnumerable<TNode> nodes, Func<TNode, IReadOnlyList<TensorSpec>, PreparedLayer?>? known)
        where TNode : IPlanNode
    {
        List<PlanStep<TNode>> steps = [];
        foreach (TNode node in nodes)
        {
            int[] inputs = [.. node.Inputs.Select(Position)];
            TensorSpec[] taken = inputs.Length == 0 ? [Input] : [.. inputs.Select(index => steps[index].Prepared.Output)];
            PreparedLayer prepared = known?.Invoke(node, taken) ?? node.Prepare(taken);
            RequireSize(node, prepared.Output.Shape);
            _positions.Add(node.Name, steps.Count);
            steps.Add(new PlanStep<TNode>(node, inputs, taken, prepared));
        }

        return steps;
    }

    private static void RequireSize(IPlanNode node, Shape shape)
    {
        long size = 1;
        foreach (int dimension in shape)
        {
            size = Math.Min(size * Math.Max(dimension, 1), int.MaxValue);
        }

        if (size > ElementLimit)
        {
            throw new QuantException(
                "TensorTooLarge",
                QuantErrorKind.NotSupported,
                $"{node.Title}: one sample of its output {shape} has more than {ElementLimit} values. Use smaller samples.",
                node.Name);
        }
    }
}

/// <summary>The way to run a model of one dialect.</summary>
/// <typeparam name="TNode">The layers with their connections.</typeparam>
public sealed class ExecutionPlan<TNode> : ExecutionPlan
    where TNode : IPlanNode
{
    /// <summary>Prepares every layer of a model.</summary>
    /// <param name="model">The name of the model, for errors.</param>
    /// <param name="input">The tensor that it takes.</param>
    /// <param name="nodes">Its layers, each behind those that feed it.</param>
    /// <param name="outputs">The names of the layers whose outputs the model gives, one at least.</param>
    /// <param name="known">
    /// What is prepared already, as by the plan of another model, for a node with these inputs; null for nothing.
    /// </param>
    /// <exception cref="QuantException">A layer does not fit its inputs, or a tensor is too large (<c>TensorTooLarge</c>).</exception>
    public ExecutionPlan(
        string model,
        TensorSpec input,
        IEnumerable<TNode> nodes,
        IReadOnlyList<string> outputs,
        Func<TNode, IReadOnlyList<TensorSpec>, PreparedLayer?>? known = null)
        : base(model, input)
    {
        Steps = Prepare(nodes, known);
        OutputSteps = [.. outputs.Select(Position)];
        Outputs = [.. outputs.Select(output => new PlanOutput(output, this[output].Prepared.Output.Shape))];
    }

    /// <summary>The layers in the order of the model.</summary>
    public IReadOnlyList<PlanStep<TNode>> Steps { get; }

    internal override IReadOnlyList<PlanStep> StepList => Steps;

    /// <summary>The step of the layer called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public PlanStep<TNode> this[string name] => Steps[Position(name)];
}
