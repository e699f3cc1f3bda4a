using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;

namespace AkidaQuant.Repair;

/// <summary>What a repair sees: the rules that a network breaks, and where it tells what it changed.</summary>
internal sealed class RepairContext(RepairOptions options, Judgement judgement, bool isChanged = false)
{
    private readonly ILookup<string, ConversionProblem> _byLayer =
        judgement.Problems.Where(problem => problem.Layer is not null).ToLookup(problem => problem.Layer!, StringComparer.Ordinal);

    private readonly List<RepairNote> _notes = [];

    /// <summary>The generation of processors to repair for.</summary>
    public AkidaVersion Version => options.Version;

    /// <summary>The samples that were given; null for none.</summary>
    public SampleSet? Samples => options.Samples;

    /// <summary>The most threads that compute at once; null for one a core.</summary>
    public int? Threads => options.Threads;

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation => options.Cancellation;

    /// <summary>Whether the network may ask for a scheme: none was given, which would have priority.</summary>
    public bool MayChooseScheme => options.Parameters is null;

    /// <summary>The scheme that a network is quantized with.</summary>
    public QuantizationParams Scheme(Model model) => Judgement.Scheme(model, options);

    /// <summary>
    /// The input, which asks for the scheme that it is judged by where samples could give it another type: a network from PyTorch that
    /// meets integers would be quantized otherwise than it was repaired.
    /// </summary>
    public InputLayer Settled(InputLayer input, Model model) =>
        input is { IsChannelsFirst: true, Type: null, Scheme: null } ? input with { Scheme = Scheme(model) } : input;

    /// <summary>What the network is judged by: options, the network quantized, all problems.</summary>
    public Judgement Judgement => judgement;

    /// <summary>The changes told so far.</summary>
    public IReadOnlyList<RepairNote> Notes => _notes;

    /// <summary>The problems of a layer under one of some rules.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="rules">Identifiers of rules; none for all.</param>
    public ConversionProblem? Problem(string layer, params string[] rules) =>
        _byLayer[layer].FirstOrDefault(problem => rules.Length == 0 || rules.Contains(problem.Rule, StringComparer.Ordinal));

    /// <summary>The problem of a layer, or of one that it belongs together with, under one of some rules.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="rules">Identifiers of rules; none for all.</param>
    public ConversionProblem? BlockProblem(string layer, params string[] rules) =>
        Problem(layer, rules) ?? Block(layer).Select(other => Problem(other, rules)).FirstOrDefault(problem => problem is not null);

    /// <summary>Whether the network was changed already.</summary>
    public bool IsChanged => isChanged;

    /// <summary>
    /// What the reference's converter would say of a layer that belongs to a form of ours (convert.md 2.4, 3.5); null for others.
    /// </summary>
    /// <param name="layer">Its name.</param>
    /// <param name="rule">The rule by which it would refuse.</param>
    public ConversionProblem? OwnForm(string layer, string rule) =>
        judgement.BlockOf(layer)?.OwnRule == rule
            ? new ConversionProblem(rule, layer, Printable.Of($"The reference's converter does not take '{layer}' as it is."))
            : null;

    /// <summary>A problem of the model as a whole, or of any layer, under one of some rules.</summary>
    public ConversionProblem? AnyProblem(params string[] rules) =>
        judgement.Problems.FirstOrDefault(problem => rules.Contains(problem.Rule, StringComparer.Ordinal));

    /// <summary>The names of the layers that belong together with a layer, from input to output; the layer alone where none do.</summary>
    public IReadOnlyList<string> Block(string layer) =>
        judgement.BlockOf(layer)?.Layers ?? [layer];

    /// <summary>Tells of a change.</summary>
    /// <param name="problem">The problem that it mends.</param>
    /// <param name="layer">The layer that was changed.</param>
    /// <param name="action">What was done, as the end of a sentence about the layer.</param>
    /// <param name="touched">The names of other layers that were added, removed or changed.</param>
    /// <param name="isOwnForm">Whether the reference's converter does not take the result.</param>
    public void Changed(
        ConversionProblem problem, string layer, string action, IReadOnlyList<string>? touched = null, bool isOwnForm = false) =>
        _notes.Add(new RepairNote(layer, problem.Rule, action, [layer, .. touched ?? []], isOwnForm));
}

/// <summary>A change as a repair tells it.</summary>
/// <param name="Layer">The layer that was changed.</param>
/// <param name="Rule">The rule that it broke.</param>
/// <param name="Action">What was done.</param>
/// <param name="Touched">All layers that the change is about, those that are no longer there included.</param>
/// <param name="IsOwnForm">Whether only this converter takes the result.</param>
internal sealed record RepairNote(string Layer, string Rule, string Action, IReadOnlyList<string> Touched, bool IsOwnForm);
