using System.Collections.Frozen;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant;

/// <summary>
/// A network: a graph of layers with one input, float or quantized, that never changes. Running it is the
/// business of its <see cref="Plan"/>, made once and kept.
/// </summary>
public sealed class Model
{
    private readonly Dictionary<string, Node> _byName;
    private readonly Dictionary<string, List<Node>> _consumers;
    private readonly Lazy<ExecutionPlan<Node>> _plan;

    /// <summary>The model that this one was made from, as long as somebody else needs it.</summary>
    private readonly WeakReference<Model>? _origin;
    private readonly Lazy<LayerList<ModelLayer>> _layers;
    private readonly Lazy<RescalingDomains> _domains;
    private readonly Lazy<IReadOnlyDictionary<string, int?>> _outputBits;

    private Model(string name, bool isSequential, IReadOnlyList<Node> nodes, IReadOnlyList<string> outputs, Model? floatSource)
        : this(name, isSequential, nodes, outputs, floatSource, plan: null)
    {
    }

    private Model(
        string name,
        bool isSequential,
        IReadOnlyList<Node> nodes,
        IReadOnlyList<string> outputs,
        Model? floatSource,
        Lazy<ExecutionPlan<Node>>? plan,
        Model? origin = null)
    {
        Name = name;
        IsSequential = isSequential;
        Nodes = nodes.ToArray();
        Outputs = outputs.ToArray();
        FloatSource = floatSource;
        _origin = origin is null ? null : new WeakReference<Model>(origin);
        _byName = nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        _consumers = nodes.ToDictionary(node => node.Name, _ => new List<Node>(), StringComparer.Ordinal);
        foreach (Node node in nodes)
        {
            foreach (string input in node.Inputs)
            {
                _consumers[input].Add(node);
            }
        }

        _plan = plan ?? new Lazy<ExecutionPlan<Node>>(CreatePlan);
        _outputBits = new Lazy<IReadOnlyDictionary<string, int?>>(() => LayerOutputs.Bits(Plan.Steps));
        _domains = new Lazy<RescalingDomains>(() => RescalingDomains.Of(this));
        _layers = new Lazy<LayerList<ModelLayer>>(() =>
            new LayerList<ModelLayer>($"The model '{Name}'", Nodes.Select(node => new ModelLayer(this, node)), layer => layer.Name));
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; }

    /// <summary>Whether the model was given as a plain list of layers; files and summaries then hide its input layer.</summary>
    public bool IsSequential { get; }

    /// <summary>The layers with their connections, in the order of files and summaries (tools.md 6.3).</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The names of the layers whose outputs the model gives.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The layers in order as they are in this model, by position and by name.</summary>
    public LayerList<ModelLayer> Layers => _layers.Value;

    /// <summary>The layers in order, as data.</summary>
    public IEnumerable<Layer> GraphLayers => Nodes.Select(node => node.Layer);

    /// <summary>The input layer.</summary>
    public InputLayer Input => (InputLayer)Nodes.First(node => node.Layer is InputLayer).Layer;

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape => Input.Shape;

    /// <summary>Whether at least one layer computes in integers.</summary>
    public bool IsQuantized => GraphLayers.Any(layer => layer is QuantizedLayer);

    /// <summary>
    /// Bits of weights and of activations, the sign included, as <c>8/8</c>, or <c>4-8/4</c> where layers differ; null for a float
    /// model. Accumulators that leave the model as they are do not count.
    /// </summary>
    public string? Bits => IsQuantized
        ? BitWidths.Text(
            Nodes.Select(node => node.Layer.WeightBits),
            Nodes.Select(node => node.Layer is QuantizedLayer layer ? layer.OutputBits : null))
        : null;

    /// <summary>
    /// Whether outputs depend on earlier samples: samples are then the consecutive time steps of parallel streams.
    /// </summary>
    public bool IsStateful => GraphLayers.Any(layer => layer.IsStateful);

    /// <summary>
    /// The float network that this model was quantized from: rewritten, its weights not equalized. Null for float
    /// models, and for quantized ones that come from a file (<see cref="Quantization.Quantizer.FloatSource(Model)"/>).
    /// </summary>
    public Model? FloatSource { get; }

    /// <summary>What an optimization did to this quantized model; null for a model that is no result of one.</summary>
    public OptimizationReport? Optimization { get; private init; }

    /// <summary>
    /// How far this quantized model was from its float one when it was quantized, by some of the samples; null for float models, for those
    /// that were changed since, and for those from a file.
    /// </summary>
    public QuantCheck? Check { get; private init; }

    /// <summary>What was changed in this float model so that it converts; null for a model that no repair gave.</summary>
    public RepairReport? Repair { get; private init; }

    /// <summary>
    /// The ranges of layers that are known without running samples, as those of a network that another tool quantized; by the layers that
    /// give the tensors.
    /// </summary>
    public IReadOnlyDictionary<string, TensorRange> Ranges { get; private init; } = FrozenDictionary<string, TensorRange>.Empty;

    /// <summary>The way to run this model: weights packed, kernels chosen.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs, or a dimension of the input is unknown.</exception>
    public ExecutionPlan<Node> Plan => _plan.Value;

    /// <summary>The layer of that name as it is in this model.</summary>
    /// <exception cref="QuantException"><c>LayerUnknown</c>: there is none.</exception>
    public ModelLayer this[string name] => Layers[name];

    /// <summary>The node of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Node NodeOf(string name) => _byName[name];

    /// <summary>The node of that name, null when there is none.</summary>
    public Node? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The nodes that take the output of that layer, once for each time that they take it.</summary>
    public IReadOnlyList<Node> Consumers(string name) => _consumers[name];

    /// <summary>Builds a model; layers are put in the order that Keras gives them.</summary>
    /// <exception cref="QuantException">Names are not unique, an input is missing, or the graph has a cycle.</exception>
    public static Model Create(string name, bool isSequential, IEnumerable<Node> nodes, IReadOnlyList<string> outputs) =>
        new(name, isSequential, NodeOrder.Sort(name, [.. nodes], outputs), outputs, floatSource: null);

    /// <summary>This model with some layers replaced by others of the same name; the float source stays as it is.</summary>
    public Model WithLayers(Func<Layer, Layer> replace) => Replace(replace, FloatSource);

    /// <summary>This model for samples of another shape.</summary>
    public Model WithInputShape(Shape shape) =>
        Replace(layer => layer is InputLayer input ? input.WithShape(shape) : layer, FloatSource?.WithInputShape(shape));

    /// <summary>Bits of the integers that a layer gives, sign included; null for floats.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    internal int? OutputBitsOf(string layer) => _outputBits.Value[layer];

    /// <summary>This quantized model, plan and all, which remembers where it came from.</summary>
    internal Model WithFloatSource(Model source) => new(Name, IsSequential, Nodes, Outputs, source, _plan);

    /// <summary>By how much the tensors of this quantized model are larger than those of the network that it stands for.</summary>
    /// <exception cref="QuantException"><c>FloatSourceUnknown</c>.</exception>
    internal RescalingDomains Domains => _domains.Value;

    /// <summary>This quantized model, which remembers what an optimization did to it.</summary>
    internal Model WithOptimization(OptimizationReport report) =>
        new(Name, IsSequential, Nodes, Outputs, FloatSource, _plan) { Optimization = report, Check = Check };

    /// <summary>This quantized model, plan and all, with what was found when it was checked.</summary>
    internal Model WithCheck(QuantCheck check) =>
        new(Name, IsSequential, Nodes, Outputs, FloatSource, _plan) { Optimization = Optimization, Check = check };

    /// <summary>This float model, plan and all, with what was changed in it.</summary>
    internal Model WithRepair(RepairReport report) =>
        new(Name, IsSequential, Nodes, Outputs, FloatSource, _plan) { Repair = report, Ranges = Ranges };

    /// <summary>This float model, plan and all, with ranges of its layers; those of other layers are left out.</summary>
    internal Model WithRanges(IReadOnlyDictionary<string, TensorRange> ranges) =>
        new(Name, IsSequential, Nodes, Outputs, FloatSource, _plan)
        {
            Repair = Repair,
            Ranges = ranges.Where(range => _byName.ContainsKey(range.Key)).ToFrozenDictionary(StringComparer.Ordinal),
        };

    private ExecutionPlan<Node> CreatePlan()
    {
        if (GraphLayers.Count(layer => layer is InputLayer) is var inputCount and > 1)
        {
            throw new QuantException(
                "ModelSeveralInputs",
                QuantErrorKind.NotSupported,
                $"The model '{Name}' has {inputCount} inputs. Networks that run here have one.",
                Name);
        }

        return new ExecutionPlan<Node>(Name, Input.Spec(IsQuantized), Nodes, Outputs, Known);
    }

    /// <summary>What the model that this one was made from prepared, packed weights and all: the same layer with the same inputs.</summary>
    private PreparedLayer? Known(Node node, IReadOnlyList<TensorSpec> inputs)
    {
        if (_origin is null || !_origin.TryGetTarget(out Model? origin) || !origin._plan.IsValueCreated)
        {
            return null;
        }

        PlanStep<Node> step = origin.Plan[node.Name];
        return ReferenceEquals(step.Node.Layer, node.Layer) && step.Taken.SequenceEqual(inputs) ? step.Prepared : null;
    }

    private Model Replace(Func<Layer, Layer> replace, Model? floatSource) =>
        new(Name, IsSequential, [.. Nodes.Select(node => node with { Layer = replace(node.Layer) })], Outputs, floatSource, null, this)
        {
            Ranges = Ranges,
        };

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Name} ({Nodes.Count} layers)");
}
