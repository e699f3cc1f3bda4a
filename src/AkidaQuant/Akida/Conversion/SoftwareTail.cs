using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// What a quantized model computes in float behind its first Dequantizer, which runs behind the Akida model. Layers that only put
/// integers in another order or shape right before the Dequantizer go behind it, where they do the same to floats.
/// </summary>
internal sealed class SoftwareTail
{
    private readonly ConversionContext _context;
    private readonly List<PlanStep<Node>> _moved = [];

    private SoftwareTail(ConversionContext context, PlanStep<Node>? end)
    {
        _context = context;
        End = end;
        Kept = _context.Plan.Steps;
        if (end is not null)
        {
            FindMoved(end);
            int last = _context.Plan.Position(end.Node.Name);
            Kept = [.. _context.Plan.Steps.Take(last + 1).Where(step => !_moved.Contains(step))];
            Behind = [.. _context.Plan.Steps.Skip(last + 1)];
        }
    }

    /// <summary>The Dequantizer with which the integers end; null where there is none.</summary>
    public PlanStep<Node>? End { get; }

    /// <summary>The steps that become Akida layers.</summary>
    public IReadOnlyList<PlanStep<Node>> Kept { get; }

    /// <summary>The integers that the Dequantizer takes in the Akida model; null where there is none.</summary>
    public QuantizedSpec? Integers => End is null ? null : Source(_moved.Count > 0 ? _moved[0] : End) as QuantizedSpec;

    private IReadOnlyList<PlanStep<Node>> Behind { get; } = [];

    /// <summary>Finds the tail of a model.</summary>
    /// <exception cref="QuantException"><c>AkidaSeveralOutputs</c>: floats take integers from several places.</exception>
    public static SoftwareTail Of(ConversionContext context)
    {
        PlanStep<Node>[] ends = [.. context.Plan.Steps.Where(step => step.Node.Layer is Dequantizer)];
        if (ends.Length > 1)
        {
            throw context.Error(
                "AkidaSeveralOutputs",
                $"its layers in float take the integers of {string.Join(" and ", ends.Select(end => $"'{end.Node.Inputs[0]}'"))}, and Akida models have one output. Quantize with -Until a layer before which one tensor is left.");
        }

        return new SoftwareTail(context, ends.FirstOrDefault());
    }

    /// <summary>Whether all of these are outputs of layers in float behind the Dequantizer.</summary>
    public bool GivesAll(IEnumerable<string> outputs) => outputs.All(output => Behind.Any(step => step.Node.Name == output));

    /// <summary>The parts that run behind the Akida layers; none where nothing is left.</summary>
    /// <param name="last">The last Akida layer.</param>
    public IReadOnlyList<AkidaTailPart> Parts(AkidaLayer last)
    {
        if (End is null || (Behind.Count == 0 && _moved.Count == 0))
        {
            return [];
        }

        string[] foreign =
        [
            .. Behind.SelectMany(step => step.Node.Inputs).Distinct()
                .Where(input => input != End.Node.Name && Behind.All(step => step.Node.Name != input)),
        ];
        if (foreign.Length > 0)
        {
            _context.Warn(
                $"The layers after '{End.Node.Name}' compute in float and are not part of the Akida model, because they take the output of {Listing.Of(foreign.Select(name => $"'{name}'"))} too: {Listing.Of(Behind.Select(Block.Describe))}. Apply them to its output.");
            return [];
        }

        if (Behind.Count > 0)
        {
            _context.Warn(
                $"The layers after '{End.Node.Name}' compute in float, which a chip does not: {Listing.Of(Behind.Select(Block.Describe))}. They run behind the Akida model as its software tail.");
        }

        return [new AkidaTailPart(Build(last))];
    }

    private Model Build(AkidaLayer last)
    {
        List<Node> nodes = [new Node(new InputLayer { Name = End!.Node.Name, Shape = Integers!.Shape }, [])];
        HashSet<string> taken = [.. _context.Model.Nodes.Select(node => node.Name)];

        void Add(Layer layer) => nodes.Add(new Node(layer, [nodes[^1].Name]));

        string Free(string name) => taken.Contains(name) ? Free(name + "_1") : name;

        if (last is AkidaV1Layer { Activation: true })
        {
            // The levels of a last layer with an activation leave Akida 1.0 as they are (convert.md 9.3).
            Add(new Rescaling
            {
                Name = Free($"{End.Node.Name}/scale"),
                Scale = Array.ConvertAll(DequantizationScales.Of(End, Integers), scale => (double)scale),
            });
        }

        foreach (PlanStep<Node> step in _moved)
        {
            if (step is { Node.Layer: QuantizedFlatten, Prepared.IsView: false } && step.Taken[0] is QuantizedSpec aligned)
            {
                Add(Alignment(Free($"{step.Node.Name}/clip"), aligned));
            }

            Add(((QuantizedLayer)step.Node.Layer).ToFloat() with { StoredArguments = step.Node.Layer.StoredArguments });
        }

        string end = nodes[^1].Name;
        nodes.AddRange(Behind.Select(step => step.Node with { Inputs = [.. step.Node.Inputs.Select(Renamed)] }));
        Model model = _context.Model;
        return Model.Create($"{model.Name}_tail", isSequential: false, nodes, [.. model.Outputs.Select(Renamed)]);

        string Renamed(string name) => name == End.Node.Name ? end : name;
    }

    /// <summary>What the alignment of channels does to the values of their integers: it saturates on the finest of them (layers.md 8).</summary>
    private static TFOpLambda Alignment(string name, QuantizedSpec input)
    {
        ValueRange range = ValueRange.OfBits(input.ValueBits);
        double step = Rounding.Pow2(-input.FracBits.Span.ToArray().Max());
        return new TFOpLambda
        {
            Name = name,
            Function = OperatorFunctions.Clip,
            Call =
            [
                new OperatorArgument(null, IsTensor: true),
                new OperatorArgument("clip_value_min", IsTensor: false, range.Min * step),
                new OperatorArgument("clip_value_max", IsTensor: false, range.Max * step),
            ],
        };
    }

    /// <summary>The layers before the Dequantizer that compute nothing; none where Akida skips them all.</summary>
    private void FindMoved(PlanStep<Node> end)
    {
        PlanStep<Node> step = end;
        while (step.Inputs is [var input and >= 0]
            && _context.Plan.Steps[input] is { Node.Layer: QuantizedReshape or QuantizedFlatten or QuantizedPermute or QuantizedDropout } other
            && _context.Model.Consumers(other.Node.Name).Count == 1
            && (End!.Node.Layer as Dequantizer)?.Scales is null)
        {
            _moved.Insert(0, other);
            step = other;
        }

        if (_moved.TrueForAll(_context.IsSkippable))
        {
            _moved.Clear();
        }
    }

    private TensorSpec Source(PlanStep<Node> step) => _context.Input(step);
}
