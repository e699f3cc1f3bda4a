using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>A conversion under way: what is converted and what has been made.</summary>
/// <param name="model">The quantized model.</param>
/// <param name="version">The version to convert to.</param>
/// <param name="warn">Takes warnings.</param>
/// <param name="problems">Takes the rules that are broken, so that one does not hide the next; null to stop at the first.</param>
internal sealed class ConversionContext(
    Model model, AkidaVersion version, Action<string> warn, ICollection<ConversionProblem>? problems = null)
{
    /// <summary>Where all problems of a network are found.</summary>
    public const string WhereAllAre =
        " Test-AkidaModel lists all problems of the network with what solves them, such as Repair-QuantModel.";

    private readonly List<AkidaLayer> _layers = [];

    /// <summary>The quantized model.</summary>
    public Model Model { get; } = model;

    /// <summary>What the host computes of the integers, which the model is divided for already; null where it computes none.</summary>
    public HostLayers? Host { get; init; }

    /// <summary>The version to convert to.</summary>
    public AkidaVersion Version { get; } = version;

    /// <summary>Takes warnings.</summary>
    public Action<string> Warn { get; } = warn;

    /// <summary>The integers of the quantized model.</summary>
    public ExecutionPlan<Node> Plan => Model.Plan;

    /// <summary>What stays in float behind the integers.</summary>
    /// <exception cref="QuantException">It takes integers from several places.</exception>
    public SoftwareTail Tail => field ??= SoftwareTail.Of(this);

    /// <summary>The Akida layers made so far.</summary>
    public IReadOnlyList<AkidaLayer> Layers => _layers;

    /// <summary>Adds a layer.</summary>
    public void Add(AkidaLayer layer) => _layers.Add(layer);

    /// <summary>Replaces the last layer.</summary>
    public void ReplaceLast(AkidaLayer layer) => _layers[^1] = layer;

    /// <summary>
    /// Checks a rule, or does a step of the conversion: what breaks is thrown, or noted where all problems are asked for.
    /// </summary>
    /// <returns>Whether nothing broke, steps within it included.</returns>
    /// <exception cref="QuantException">A rule is broken, and the first problem ends the conversion.</exception>
    public bool Attempt(Action step)
    {
        if (problems is null)
        {
            step();
            return true;
        }

        int known = problems.Count;
        try
        {
            step();
            return problems.Count == known;
        }
        catch (QuantException error)
        {
            problems.Add(new ConversionProblem(error.Id, error.Target as string, error.Message));
            return false;
        }
    }

    /// <summary>What a layer takes.</summary>
    public TensorSpec Input(PlanStep<Node> step, int index = 0) => Plan.Steps[step.Inputs[index]].Prepared.Output;

    /// <summary>Whether a layer means nothing to the conversion (convert.md 2.2).</summary>
    public bool IsSkippable(PlanStep<Node> step) => step.Node.Layer switch
    {
        InputLayer or Rescaling or QuantizedRescaling or Activation or Softmax or Dropout or QuantizedDropout => true,
        QuantizedReshape => Squeezed(Input(step).Shape).SequenceEqual(Squeezed(step.Prepared.Output.Shape)),
        _ => false,
    };

    /// <summary>The names of the Akida layers that feed a layer of the quantized model (convert.md 2.5).</summary>
    /// <exception cref="QuantException">One of them was not converted.</exception>
    public IReadOnlyList<string> Inbounds(PlanStep<Node> root)
    {
        List<string> names = [];
        foreach (int input in root.Inputs)
        {
            PlanStep<Node> step = Plan.Steps[input];
            while (step.Inputs.Count > 0 && _layers.TrueForAll(layer => layer.Name != step.Node.Name))
            {
                step = Plan.Steps[step.Inputs[0]];
            }

            if (step.Node.Layer is not InputLayer)
            {
                names.Add(step.Node.Name);
            }
            else if (_layers.Find(layer => layer is AkidaInputData) is { } data)
            {
                names.Add(data.Name);
            }
            else if (_layers.Count > 0 || root.Inputs.Count > 1)
            {
                throw Error(
                    "AkidaInboundMissing",
                    root,
                    "it takes the model's input, which another layer has turned into something else already. Akida models have one input layer; put a layer before the branch.");
            }
        }

        return names;
    }

    /// <summary>
    /// What ends the error about a layer where it is the first of perhaps many: to solve one problem may lead into the next. Where all are
    /// listed nothing has to be said.
    /// </summary>
    public string WayOut => problems is null ? WhereAllAre : string.Empty;

    /// <summary>An error about a layer.</summary>
    public QuantException Error(string id, PlanStep<Node> step, string problem) => new(
        id,
        QuantErrorKind.NotSupported,
        $"Layer {Block.Describe(step)} cannot be converted to Akida {(int)Version}.0: {problem}{WayOut}",
        step.Node.Name);

    /// <summary>An error about the model.</summary>
    public QuantException Error(string id, string problem) => new(
        id, QuantErrorKind.NotSupported, $"The model '{Model.Name}' cannot be converted to Akida {(int)Version}.0: {problem}", Model);

    private static IEnumerable<int> Squeezed(Shape shape) => shape.Where(dimension => dimension != 1);
}
