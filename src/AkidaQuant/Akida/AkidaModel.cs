using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;

namespace AkidaQuant;

/// <summary>
/// A network of Akida layers with one input and one output, as data that never changes. Running it is the
/// business of its <see cref="Plan"/>, made once and kept. What it computes is equal to the quantized model that
/// it was converted from (convert.md 6); how close a chip comes is not known.
/// </summary>
public sealed class AkidaModel
{
    private readonly Dictionary<string, AkidaLayer> _byName = new(StringComparer.Ordinal);
    private readonly Lazy<ExecutionPlan<AkidaLayer>> _plan;
    private readonly Lazy<ExecutionPlan<AkidaLayer>> _outline;

    /// <summary>Makes a model from layers in the order in which they compute.</summary>
    /// <exception cref="QuantException">
    /// There is no layer, a name occurs twice, a layer is of another version, an inbound layer does not come
    /// before, only one layer may take the input, or a parameter or variable of a layer is none that it can have
    /// (<see cref="AkidaLayer.Check"/>).
    /// </exception>
    public AkidaModel(string name, AkidaVersion version, IReadOnlyList<AkidaLayer> layers)
    {
        Name = name;
        IpVersion = version;
        if (layers.Count == 0 || layers[0] is not IAkidaInput)
        {
            throw Invalid(
                "AkidaModelWithoutInput",
                layers.Count == 0 ? null : layers[0].Name,
                "it must begin with an input layer: InputData, Quantizer, InputConv2D or InputConvolutional.");
        }

        foreach (AkidaLayer layer in layers)
        {
            Check(layer);
            layer.Check();
            if (!_byName.TryAdd(layer.Name, layer))
            {
                throw Invalid("AkidaLayerNameTwice", layer.Name, $"two layers are called '{layer.Name}'. Give every layer its own name.");
            }
        }

        Layers = new LayerList<AkidaLayer>($"The Akida model '{name}'", layers, layer => layer.Name);
        _plan = new Lazy<ExecutionPlan<AkidaLayer>>(() => NewPlan(Known));
        _outline = new Lazy<ExecutionPlan<AkidaLayer>>(() => Layers.All(layer => layer.HasWeights)
            ? Plan
            : NewPlan((layer, inputs) => Known(layer, inputs) ?? layer.WithZeros(inputs[0].Shape).Prepare(inputs)));
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; }

    /// <summary>The generation of processors whose layers it is made of.</summary>
    public AkidaVersion IpVersion { get; }

    /// <summary>The layers in the order in which they compute, by position and by name.</summary>
    public LayerList<AkidaLayer> Layers { get; }

    /// <summary>
    /// Whether samples may come as (channels, rows, columns) where the input layer takes channels last, as those of a
    /// network from PyTorch do; they are turned as they are loaded.
    /// </summary>
    public bool TakesChannelsFirst { get; init; }

    /// <summary>How samples become the tensor of the input layer, where they are not that already; null where they are.</summary>
    public SampleForm? Form { get; init; }

    /// <summary>The shape of the samples that callers give.</summary>
    public Shape SampleShape => Form?.Shape ?? InputShape;

    /// <summary>
    /// What runs behind the integers, part after part, where the network goes on on the host: its software tail. A chip gives what is in
    /// front of it; <see cref="Plan"/> too.
    /// </summary>
    public ValueList<AkidaTailPart> Tail { get; init; } = [];

    /// <summary>The parts of the network in the order in which they run, the layers of this model first.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<AkidaPart> Parts =>
    [
        Part(Name, "Integer", Layers.Count, InputShape, Plan.Output.Shape),
        .. Tail.Select(part => Part(
            part.Name, part.Kind, part.LayerCount, part.InputShape, part.OutputShape)),
    ];

    /// <summary>The way to run this model: variables unpacked, kernels chosen.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ExecutionPlan<AkidaLayer> Plan => _plan.Value;

    /// <summary>
    /// The plan, or one with zeros for the weights that are not set: what it says of shapes, bits and multiplications holds for the model.
    /// </summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    internal ExecutionPlan<AkidaLayer> Outline => _outline.Value;

    /// <summary>A layer of the <see cref="Outline"/> with zeros for the weights that are not set.</summary>
    internal static AkidaLayer Whole(PlanStep<AkidaLayer> step) => step.Node.WithZeros(step.Taken[0].Shape);

    /// <summary>The plan of a model that this one was made from, which has prepared the layers that stayed; null for none.</summary>
    internal ExecutionPlan<AkidaLayer>? Source { get; init; }

    /// <summary>What is known of each layer with its inputs (akida-model.md 1.6).</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ValueList<AkidaLayerDetails> LayerDetails =>
        [.. Outline.Steps.Zip(Layers, (step, layer) => AkidaLayerDetails.Of(this, layer, step))];

    /// <summary>
    /// Whether outputs depend on earlier samples: samples are then the consecutive time steps of parallel streams.
    /// </summary>
    public bool IsStateful => Outline.IsStateful || Tail.Any(part => part.Plan.IsStateful);

    /// <summary>The shape of one sample, as the input layer takes it.</summary>
    public Shape InputShape => ((IAkidaInput)Layers[0]).InputShape;

    /// <summary>All tensors that the network gives, behind the tail where there is one.</summary>
    public IReadOnlyList<PlanOutput> Outputs => Tail.Count == 0 ? Plan.Outputs : Tail[^1].Plan.Outputs;

    /// <summary>The shape of the output, behind the tail where there is one; of the first where there are several.</summary>
    public Shape OutputShape => Tail.Count == 0 ? Outline.Output.Shape : Tail[^1].OutputShape;

    /// <summary>
    /// The position in the plan of the layer whose integers are the potentials: the one before a final Dequantizer, else the
    /// last. In Akida 1.0 they are the sums minus the threshold (convert.md 9.4).
    /// </summary>
    public int PotentialStep => Outline.Output is FloatSpec
        ? Outline.Steps[^1].Inputs.FirstOrDefault(ExecutionPlan.ModelInput)
        : Outline.OutputStep;

    /// <summary>The integers before the Dequantizer.</summary>
    public TensorSpec Potentials => PotentialStep == ExecutionPlan.ModelInput
        ? Outline.Input
        : Outline.Steps[PotentialStep].Prepared.Output;

    /// <summary>
    /// The classes that neurons of the last layer are shared out to, where it learns with labels (akida-model.md 3.4); null where each
    /// neuron is a class.
    /// </summary>
    public int? ClassCount => Layers[^1] is AkidaFullyConnected { Learning.NumClasses: > 1 and var classes } ? classes : null;

    /// <summary>Multiplications and additions for one sample (akida-model.md 1.6), those of integers.</summary>
    public long Macs => Outline.Steps.Sum(step => step.Prepared.Macs) + Tail.Sum(part => part.Akida?.Macs ?? 0);

    /// <summary>
    /// Bits of weights and of activations, as <c>8/8</c>, or <c>4-8/4</c> where layers differ. What the model takes and its potentials
    /// do not count.
    /// </summary>
    public string Bits => BitWidths.Text(
        Layers.Select(layer => layer.WeightBits),
        Outline.Steps
            .Where((step, position) => position != PotentialStep && step.Node is not (AkidaInputData or AkidaQuantizer))
            .Select(step => (step.Prepared.Output as QuantizedSpec)?.Bits));

    /// <summary>The layer of that name.</summary>
    /// <exception cref="QuantException"><c>LayerUnknown</c>: there is none.</exception>
    public AkidaLayer this[string name] => Layers[name];

    /// <inheritdoc/>
    public override string ToString() => Printable.Of($"{Name} ({Layers.Count} layers, Akida {(int)IpVersion}.0)");

    /// <summary>A model made from this one, of other layers; those that stay are not prepared again.</summary>
    internal AkidaModel WithLayers(
        IReadOnlyList<AkidaLayer> layers, AkidaVersion? version = null) => new(Name, version ?? IpVersion, layers)
    {
        Form = Form,
        TakesChannelsFirst = TakesChannelsFirst,
        Source = _plan.IsValueCreated ? Plan : Source,
    };

    /// <summary>This model in front of a software tail.</summary>
    internal AkidaModel WithTail(ValueList<AkidaTailPart> tail) => new(Name, IpVersion, [.. Layers])
    {
        Form = Form,
        TakesChannelsFirst = TakesChannelsFirst,
        Tail = tail,
        Source = _plan.IsValueCreated ? Plan : Source,
    };

    private ExecutionPlan<AkidaLayer> NewPlan(Func<AkidaLayer, IReadOnlyList<TensorSpec>, PreparedLayer?> known) =>
        new(Name, ((IAkidaInput)Layers[0]).ModelInput, Layers, [Layers[^1].Name], known);

    private PreparedLayer? Known(AkidaLayer layer, IReadOnlyList<TensorSpec> inputs) =>
        Source?.Steps.FirstOrDefault(step => ReferenceEquals(step.Node, layer)) is { } step && step.Taken.SequenceEqual(inputs)
            ? step.Prepared
            : null;

    private AkidaPart Part(string name, string kind, int layers, Shape input, Shape output) =>
        new(Name, name, kind, layers, input.ToString(), output.ToString(), (long)output.Size * sizeof(float));

    private void Check(AkidaLayer layer)
    {
        if (layer.Version is { } version && version != IpVersion)
        {
            throw Invalid(
                "AkidaLayerVersion",
                layer.Name,
                $"layer '{layer.Name}' ({layer.TypeName}) exists in Akida {(int)version}.0 only. Build the model of layers of one version.");
        }

        bool takesInput = layer.Inbounds.Count == 0 && layer is IAkidaInput && _byName.Count == 0;
        if (!takesInput && layer.Inbounds.Count != layer.InboundCount)
        {
            throw Invalid(
                "AkidaInboundCount",
                layer.Name,
                $"layer '{layer.Name}' ({layer.TypeName}) takes {layer.InboundCount} layers, but {layer.Inbounds.Count} feed it.");
        }

        foreach (string inbound in layer.Inbounds)
        {
            if (!_byName.ContainsKey(inbound))
            {
                throw Invalid(
                    "AkidaInboundMissing",
                    layer.Name,
                    $"layer '{layer.Name}' ({layer.TypeName}) takes the output of '{inbound}', which is none of the layers before it. Put the layers in the order in which they compute, or let it take others.");
            }
        }
    }

    private QuantException Invalid(string id, string? layer, string problem) =>
        new(id, QuantErrorKind.InvalidData, $"The Akida model '{Name}' is not valid: {problem}", layer ?? Name);
}
