using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Changes float networks so that they compute the same and become Akida models: it judges the network as its parameters would quantize
/// it, mends what a rule refuses, and judges again until nothing is refused or nothing helps.
/// </summary>
public static class Repairer
{
    /// <summary>Each round mends all places of one kind; what one repair brings up another may mend.</summary>
    private const int MostRounds = 60;

    private const int MostRewrites = 4;

    /// <summary>In the order in which they are tried: what leaves the network's form as it is comes first.</summary>
    private static readonly IRepair[] Repairs =
    [
        new GiveIntegerForms(),
        new MergeHeads(),
        new FitInput(),
        TurnImages.ForConvolutions,
        new SplitSeparable(),
        new NameRectifiers(),
        new MergeRectifiers(),
        new RepeatChannels(),
        new SpreadGroups(),
        new SplitSlopes(),
        new FoldPermutation(),
        new ConcatenateRows(),
        new DenseOverImages(),
        new FoldNormalizationBehind(),
        new NormalizationKernels(),
        new DenseTables(),
        new IdentityBeforeActivation(),
        new FitKernels(),
        new TransposedKernels(),
        new WidenKernels(),
        new FoldZerosIntoPools(),
        new FoldZerosIntoKernels(),
        new FitPoolWindow(),
        new StrideUnitPools(),
        new MovePoolsIntoBranches(),
        new RectifyPools(),
        new ZeroRowsBehindPool(),
        new IdentityBeforePool(),
        new IdentityAroundAverage(),
        TurnImages.ForAll,
        new OffsetBorders(),
        new InsertIdentityAtInput(),
        new ChooseInputType(),
        new SignedInput(),
        new IdentityAtVersion1Input(),
        new JoinDepthwise(),
        new HalveAverages(),
        new RectifyBlocks(),
        new BoundRectifiers(),
    ];

    /// <summary>The repaired network; the same object when it converts as it is, or nothing helps.</summary>
    /// <param name="model">A float network.</param>
    /// <param name="options">The version, the scheme and samples.</param>
    /// <exception cref="QuantException">
    /// <c>AlreadyQuantized</c>, <c>InputShapeUnknown</c>, samples do not fit the network, a layer does not fit its inputs, or
    /// <c>RepairNeedsSamples</c>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public static Model Repair(Model model, RepairOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Model repaired, Judgement judgement) = Run(model, options);
        BoundRectifiers.RequireSamples(judgement.Problems, options);
        if (judgement.Problems.Count > 0)
        {
            options.Warning?.Invoke(
                $"'{model.Name}' still breaks rules of Akida {(int)options.Version}.0, {judgement.Problems.Count} in all, the first: {judgement.Problems[0].Message.ReplaceLineEndings(string.Empty)} Test-AkidaModel lists all.");
        }

        return repaired;
    }

    /// <summary>The repaired network, and what is still wrong with it.</summary>
    internal static (Model Model, Judgement Left) Run(Model model, RepairOptions options)
    {
        (Model Model, Judgement Left) best = Run(model, options, Repairs);
        if (Refusals(best.Left) > 0)
        {
            // What the host would compute may have got a form in integers that no processor has.
            (Model Model, Judgement Left) other = Run(model, options, [.. Repairs.Where(repair => repair is not GiveIntegerForms)]);
            best = Refusals(other.Left) < Refusals(best.Left) ? other : best;
        }

        foreach (RepairChange change in best.Model.Repair?.Changes ?? [])
        {
            options.Verbose?.Invoke($"Repaired: {change}.");
        }

        return best;
    }

    /// <summary>The problems of layers that are to become Akida layers: what stays in float the host computes.</summary>
    private static int Refusals(Judgement judgement) =>
        judgement.Problems.Count(problem => problem.Rule != Judgement.StaysFloat);

    private static (Model Model, Judgement Left) Run(Model model, RepairOptions options, IReadOnlyList<IRepair> repairs)
    {
        List<RepairChange> changes = [];
        Model floating = Version1Scheme.Keep(Sanitizer.Run(Shaped(model, options)), options, changes);
        Judgement judgement = Judgement.Of(floating, options);
        int most = judgement.Problems.Count;
        for (int round = 0; round < MostRounds && !judgement.IsFine(changes.Count > 0); round++)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (Next(judgement, options, repairs, changes) is not { } next)
            {
                break;
            }

            judgement = next;
            most = Math.Max(most, judgement.Problems.Count);
            options.Progress?.Report(new RepairProgress(most - judgement.Problems.Count, most, changes[^1].Layer));
        }

        judgement = Settled(judgement, options, changes);
        if (judgement.Problems.Count > 0)
        {
            // What the host can compute behind the integers need not be told as a problem.
            judgement = Judgement.Of(judgement.Floating, options, withHost: true);
        }

        Model repaired = changes.Count == 0 ? model : judgement.Floating.WithRepair(new RepairReport(
            (int)options.Version, [.. changes], [.. judgement.Problems.Select(problem => problem.Message)]));
        return (repaired, judgement);
    }

    /// <summary>
    /// The network that goes on being quantized as it was judged where samples of bytes would give its input their type, which breaks
    /// rules: it asks for its scheme.
    /// </summary>
    private static Judgement Settled(Judgement judgement, RepairOptions options, List<RepairChange> changes)
    {
        Model floating = judgement.Floating;
        QuantizationParams scheme = Judgement.Scheme(floating, options);
        if (options.Parameters is not null || Quantizer.TypeOf(options.Samples, floating, scheme) is not { } type)
        {
            return judgement;
        }

        var typed = Judgement.Of(floating.WithLayers(layer => layer is InputLayer input ? input with { Type = type } : layer), options);
        if (typed.Problems.Count <= judgement.Problems.Count)
        {
            return judgement;
        }

        changes.Add(new RepairChange
        {
            Layer = floating.Input.Name,
            Rule = typed.Problems[0].Rule,
            Action = $"is quantized from floats, as which it takes {type.FileName()} values too",
            AddedMacs = 0,
            IsOwnForm = false,
        });
        return Judgement.Of(
            floating.WithLayers(layer => layer is InputLayer input ? input with { Scheme = scheme } : layer), options);
    }

    /// <summary>The network as quantizing it rewrites it: what one run of the rewrites inserted the next may still change.</summary>
    private static Model Rewritten(Model model)
    {
        for (int run = 0; run < MostRewrites; run++)
        {
            Model next = Sanitizer.Run(model);
            if (ReferenceEquals(next, model))
            {
                break;
            }

            model = next;
        }

        return model;
    }

    /// <summary>
    /// The network after the first repair that changes something and leaves the network one that can be quantized; null when none does.
    /// </summary>
    private static Judgement? Next(
        Judgement judgement, RepairOptions options, IReadOnlyList<IRepair> repairs, List<RepairChange> changes)
    {
        foreach (IRepair repair in repairs)
        {
            RepairContext context = new(options, judgement, changes.Count > 0);
            Model next = repair.Apply(judgement.Floating, context);
            if (ReferenceEquals(next, judgement.Floating))
            {
                continue;
            }

            var judged = Judgement.Of(Rewritten(next), options);
            if (judged.Quantized is not null || judgement.Quantized is null)
            {
                foreach (RepairNote note in context.Notes)
                {
                    changes.Add(new RepairChange
                    {
                        Layer = note.Layer,
                        Rule = note.Rule,
                        Action = note.Action,
                        AddedMacs = LayerMacs.Of(next, note.Touched) - LayerMacs.Of(judgement.Floating, note.Touched),
                        IsOwnForm = note.IsOwnForm,
                    });
                }

                return judged;
            }
        }

        return null;
    }

    /// <summary>The float network with its input shape, which samples may give.</summary>
    /// <exception cref="QuantException"><c>AlreadyQuantized</c> or <c>InputShapeUnknown</c>.</exception>
    internal static Model Shaped(Model model, RepairOptions options)
    {
        if (model.IsQuantized)
        {
            throw new QuantException(
                "AlreadyQuantized",
                QuantErrorKind.InvalidArgument,
                $"The model '{model.Name}' is quantized. Repair the float network, and quantize what comes out.",
                model.Name);
        }

        return options.Samples is { } samples ? Inference.Fit(model, samples)
            : model.InputShape.IsKnown ? model
            : throw new QuantException(
                "InputShapeUnknown",
                QuantErrorKind.InvalidArgument,
                $"The input {model.InputShape} of the model '{model.Name}' has dimensions that are not known. Give samples; their shape is taken.",
                model.Name);
    }
}
