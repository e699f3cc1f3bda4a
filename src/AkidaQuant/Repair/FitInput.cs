using AkidaQuant.Akida.Conversion;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Takes layers at the input that only give samples another shape out of the network: the input gets the shape behind them, and samples,
/// which go on having that of the file, are brought into it as they are loaded. Dropouts there do nothing.
/// </summary>
internal sealed class FitInput : IRepair
{
    private static readonly string[] Anywhere = ["ZeroPointNotPossible", "AkidaInputRank", "AkidaInputUnsigned"];

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        (List<string> layers, InputLayer input) = Chain(model);
        ConversionProblem? problem = layers.Count == 0 ? null
            : context.AnyProblem(Anywhere) ?? layers.Select(layer => context.Problem(layer)).FirstOrDefault(found => found is not null);
        if (problem is null || CanBeginWithImage(model, problem, context))
        {
            return model;
        }

        GraphEditor editor = new(model);
        editor.Replace(context.Settled(input, model));
        foreach (string layer in layers)
        {
            editor.Remove(layer);
            string effect = model.NodeOf(layer).Layer is Dropout ? "it does nothing"
                : $"the input takes {input.Shape}, and samples of {input.SampleShape} are brought into it";
            context.Changed(problem, layer, $"is left out: {effect}");
        }

        return editor.Build();
    }

    /// <summary>
    /// Whether an identity in front can take the images as they are, which a row of their values has no layer for: bytes, and in Akida 1.0
    /// whatever becomes bytes.
    /// </summary>
    private static bool CanBeginWithImage(Model model, ConversionProblem problem, RepairContext context) =>
        context.Version == AkidaVersion.V1 ? Version1Chain.TakesImages(model)
        : problem.Rule == "AkidaInputUnsigned" && model.Input is { Type: IntegerType.UInt8, Shape: { Rank: 3, Channels: 1 or 3 } };

    /// <summary>The layers that can be left out, and the input without them.</summary>
    private static (List<string> Layers, InputLayer Input) Chain(Model model)
    {
        (List<string> Layers, InputLayer Input) best = ([], model.Input);
        List<string> layers = [];
        InputLayer input = model.Input;
        string last = input.Name;
        while (input.Form is not { IsTurned: true } && model.Consumers(last) is [Node node] && !model.Outputs.Contains(node.Name))
        {
            switch (node.Layer)
            {
                case Rescaling { Scale.Length: 1, Offset.Length: 1 }:
                    break;
                case Dropout:
                    layers.Add(node.Name);
                    break;
                case Flatten or Reshape:
                    layers.Add(node.Name);
                    Shape shape = model.Plan[node.Name].Prepared.Output.Shape;
                    input = input with { Shape = shape, Form = input.Form ?? new SampleForm { Shape = input.Shape } };
                    break;
                case Permute permute when Permuted(input, permute, model.Plan[node.Name].Prepared.Output.Shape) is { } permuted:
                    layers.Add(node.Name);
                    input = permuted;
                    break;
                default:
                    return best;
            }

            last = node.Name;
            best = layers.Count > 0 && input.Shape.Rank is 1 or 3 ? ([.. layers], input) : best;
        }

        return best;
    }

    /// <summary>The input with its axes in another order; null where its shape is not that of the samples any more.</summary>
    private static InputLayer? Permuted(InputLayer input, Permute permute, Shape output)
    {
        SampleForm form = input.Form ?? new SampleForm { Shape = input.Shape };
        int[] axes = form.Axes?.ToArray() ?? [.. Enumerable.Range(0, form.Shape.Rank)];
        return axes.Select(axis => form.Shape[axis]).SequenceEqual(input.Shape)
            ? input with { Shape = output, Form = form with { Axes = [.. permute.Dims.Select(axis => axes[axis - 1])] } }
            : null;
    }
}
