using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;
using AkidaQuant.Text;

namespace AkidaQuant.Akida.Conversion;

/// <summary>
/// What a quantized model computes behind its first Dequantizer, which runs behind the Akida model: in float, and in the integers of
/// <see cref="HostLayers"/>. Layers that only put integers in another order or shape right before the Dequantizer go behind it, where
/// they do the same to floats.
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
        PlanStep<Node>[] ends = Ends(context);
        if (ends.Length > 1)
        {
            throw context.Error(
                "AkidaSeveralOutputs",
                $"its layers in float take the integers of {string.Join(" and ", ends.Select(end => $"'{end.Node.Inputs[0]}'"))}, and Akida models have one output. {Advice(context, ends[0])}");
        }

        return new SoftwareTail(context, ends.FirstOrDefault());
    }

    /// <summary>What to do where integers end in several places: the last layer from which all of them come can be the end.</summary>
    private static string Advice(ConversionContext context, PlanStep<Node> end)
    {
        Node? last = context.Plan.Steps.Take(context.Plan.Position(end.Node.Name)).Reverse().Select(step => step.Node)
            .FirstOrDefault(node => node.Layer is QuantizedLayer and not QuantizedConv2D { Kernel.Diagonal: not null }
                && !context.Model.Outputs.Contains(node.Name)
                && ModelCut.Behind(context.Model, node.Name).IsClean);
        return last is null
            ? "Give the network one output, or one layer in front of all outputs."
            : $"Quantize with -Until {last.Name}: what is behind '{last.Name}' runs in float, then.";
    }

    /// <summary>The Dequantizers that end the integers of the model's input; none behind floats that were quantized again.</summary>
    public static PlanStep<Node>[] Ends(ConversionContext context)
    {
        HashSet<string> behind = new(StringComparer.Ordinal);
        List<PlanStep<Node>> ends = [];
        foreach (PlanStep<Node> step in context.Plan.Steps)
        {
            if (step.Node.Inputs.Any(behind.Contains))
            {
                behind.Add(step.Node.Name);
            }
            else if (step.Node.Layer is Dequantizer)
            {
                behind.Add(step.Node.Name);
                ends.Add(step);
            }
        }

        return [.. ends];
    }

    /// <summary>Whether all outputs of the model come from the tail, or from the Dequantizer in front of it.</summary>
    public bool GivesAll(IReadOnlyList<string> outputs) =>
        outputs.All(output => output == End?.Node.Name || Behind.Any(step => step.Node.Name == output));

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
        bool isHybrid = Behind.Any(step => BeginsAgain(step.Node));
        if (foreign.Length > 0 && isHybrid)
        {
            throw SeveralTensors(foreign.Prepend(End.Node.Name));
        }

        if (foreign.Length > 0)
        {
            _context.Warn(
                $"The layers after '{End.Node.Name}' compute in float and are not part of the Akida model, because they take the output of {Listing.Of(foreign.Select(name => $"'{name}'"))} too: {Listing.Of(Behind.Select(Block.Describe))}. Apply them to its output.");
            return [];
        }

        Model rest = Build(last);
        if (isHybrid)
        {
            return Chain(rest);
        }

        WarnOfHost(rest);
        PlanStep<Node>[] floats = [.. Behind.Where(step => step.Node.Layer is not (QuantizedLayer or InputQuantizer))];
        if (floats.Length > 0)
        {
            _context.Warn(
                $"The layers after '{End.Node.Name}' compute in float, which a chip does not: {Listing.Of(floats.Select(Block.Describe))}. They run behind the Akida model as its software tail.");
        }

        return [new AkidaTailPart(rest)];
    }

    /// <summary>The host and Akida in turn: what is in front of the next InputQuantizer, then an Akida model with its tail.</summary>
    private List<AkidaTailPart> Chain(Model rest)
    {
        string crossing = rest.Nodes.First(BeginsAgain).Inputs[0];
        ModelCut cut = ModelCut.Behind(rest, crossing);
        if (cut.Crossing.Any(name => name != crossing))
        {
            throw SeveralTensors(cut.Crossing);
        }

        List<AkidaTailPart> parts = [];
        if (cut.Front.Count > 1)
        {
            Model front = Model.Create(rest.Name, isSequential: false, cut.Front, [crossing]);
            WarnOfHost(front);
            parts.Add(new AkidaTailPart(front));
        }

        InputLayer input = new() { Name = crossing, Shape = rest.Plan[crossing].Prepared.Output.Shape };
        Model integers = Model.Create(
            $"{_context.Model.Name}_2", isSequential: false, cut.Back.Prepend(new Node(input, [])), rest.Outputs);
        AkidaModel akida = AkidaConverter.Convert(integers, _context.Version, _context.Warn);
        parts.Add(new AkidaTailPart(new AkidaModel(akida.Name, akida.IpVersion, akida.Layers)));
        parts.AddRange(akida.Tail);
        return parts;
    }

    /// <summary>Whether the next Akida model begins with a layer: an InputQuantizer that is not the host's.</summary>
    private bool BeginsAgain(Node node) => node.Layer is InputQuantizer && node.Name != _context.Host?.Quantizer;

    private void WarnOfHost(Model part)
    {
        if (_context.Host is { } host)
        {
            _context.Warn(host.Warning(part));
        }
    }

    private QuantException SeveralTensors(IEnumerable<string> names) => _context.Error(
        "AkidaSeveralCrossings",
        $"the outputs of {Listing.Of(names.Select(name => $"'{name}'"))} all go on between its parts in float and in integers, and one tensor may. Quantize without -Hybrid, or with -Until the last layer before them.");

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

    /// <summary>What aligning channels does to the values of their integers: it saturates on the finest of them (layers.md 8).</summary>
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
            && _context.Plan.Steps[input] is var other
            && other.Node.Layer is QuantizedReshape or QuantizedFlatten or QuantizedPermute or QuantizedDropout
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
