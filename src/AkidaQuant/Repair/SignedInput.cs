using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives an input of unsigned integers, which no first layer takes but a convolution over images of bytes (convert.md 3.1), the signed type
/// of as many bits: samples lose half their range as they are loaded, and the network gets it back from a bias.
/// </summary>
internal sealed class SignedInput : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (context.Version != AkidaVersion.V2
            || context.AnyProblem("AkidaInputUnsigned") is not { } problem
            || model.Input is not { Type: { } type } input
            || type.IsSigned()
            || model.Outputs.Contains(input.Name))
        {
            return model;
        }

        long half = 1L << (type.Bits() - 1);
        GraphEditor editor = new(model);
        SampleForm form = input.Form ?? new SampleForm { Shape = input.Shape };
        editor.Replace(input with { Type = type.Signed(), Form = form with { Type = type } });
        List<string> added = [];
        Rescaling rescaling = Rescaled(model, half, editor, added);
        Node[] consumers = [.. editor.Consumers(rescaling.Name)];
        if (!Array.TrueForAll(consumers, consumer => AlignRescaling.Obstacle(consumer.Layer) is null))
        {
            bool hasBorder = consumers is [{ Layer: PaddedConv2D }] && model.Find(rescaling.Name) is not null;
            added.AddRange(
                (hasBorder ? OffsetBorders.Offset(model, consumers[0], new NeverNegative(model), editor) : null)
                ?? IdentityBehind(model, rescaling.Name, editor));
        }

        context.Changed(
            problem,
            input.Name,
            FormattableString.Invariant(
                $"takes {type.Signed().FileName()}: samples go on being {type.FileName()}, and {half} is taken from each as they are loaded, which a bias gives back"),
            added);
        return editor.Build();
    }

    /// <summary>The Rescaling behind the input, which adds what samples lose.</summary>
    private static Rescaling Rescaled(Model model, long half, GraphEditor editor, List<string> added)
    {
        if (model.Consumers(model.Input.Name) is [{ Layer: Rescaling own }])
        {
            double[] scale = own.Scale;
            double[] offset =
            [
                .. Enumerable.Range(0, Math.Max(scale.Length, own.Offset.Length)).Select(channel =>
                    own.Offset[own.Offset.Length == 1 ? 0 : channel] + (half * scale[scale.Length == 1 ? 0 : channel])),
            ];
            Rescaling shifted = own with { Offset = offset };
            editor.Replace(shifted);
            added.Add(shifted.Name);
            return shifted;
        }

        Rescaling inserted = new() { Name = editor.FreeName("rescaling"), Scale = [1], Offset = [half] };
        editor.InsertAfter(model.Input.Name, inserted);
        added.Add(inserted.Name);
        return inserted;
    }

    /// <summary>An identity layer whose bias adds the offset, where no kernel behind can; none for a shape that has none.</summary>
    private static IReadOnlyList<string> IdentityBehind(Model model, string rescaling, GraphEditor editor)
    {
        Shape shape = model.InputShape;
        string name = editor.FreeName(rescaling + IdentityConvolution.Suffix);
        Layer? identity = shape.Channels > IdentityConvolution.MostChannels ? null
            : shape.Rank == 3 ? IdentityConvolution.Create(name, shape.Channels)
            : shape.Rank == 1 ? IdentityConvolution.CreateDense(name, shape.Channels)
            : null;
        if (identity is null)
        {
            return [];
        }

        editor.InsertAfter(rescaling, identity, moveOutputs: true);
        return [name];
    }
}
