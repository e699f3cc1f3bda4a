using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Puts an identity convolution behind the input: before branches, of which only one could follow a Quantizer (convert.md 2.5), and, with a
/// ReLU, before a first layer that takes no images of unsigned bytes (convert.md 3.1).
/// </summary>
internal sealed class InsertIdentityAtInput : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        string start = Start(model);
        bool isBranch = model.Consumers(start).Count > 1;
        ConversionProblem? problem = isBranch
            ? context.AnyProblem("ZeroPointNotPossible", "AkidaInputBranch", "AkidaInboundMissing", "AkidaInputUnsigned")
            : model.Input.Type is null ? null : context.AnyProblem("AkidaInputUnsigned");
        bool isImage = model.Input.Type == IntegerType.UInt8;
        if (context.Version != AkidaVersion.V2
            || problem is null
            || IdentityConvolution.Channels(model, start) is not { } channels
            || (isImage ? channels is not (1 or 3) || !IsNeverNegative(model, start) : model.Input.Type is not null && !isBranch))
        {
            return model;
        }

        GraphEditor editor = new(model);
        Conv2D identity = IdentityConvolution.Create(editor.FreeName(start + IdentityConvolution.Suffix), channels);
        editor.Replace(context.Settled(model.Input, model));
        string[] consumers = [.. model.Consumers(start).Select(node => node.Name)];
        editor.InsertAfter(start, identity, consumers);
        List<string> added = [identity.Name];
        if (isImage && channels == 1 && model.NodeOf(start).Layer is not Rescaling)
        {
            // Behind a factor, of 1, a kernel of one channel is not taken for a depthwise one, which takes no images.
            Rescaling factor = new() { Name = editor.FreeName($"{start}_rescaling"), Scale = [1] };
            editor.InsertBefore(identity.Name, 0, factor);
            added.Add(factor.Name);
        }

        if (isImage)
        {
            ReLU rectifier = new() { Name = editor.FreeName($"{identity.Name}_relu") };
            editor.InsertAfter(identity.Name, rectifier, consumers);
            added.Add(rectifier.Name);
        }

        context.Changed(
            problem,
            start,
            isBranch
                ? $"leads to its {consumers.Length} branches through the new convolution '{identity.Name}', whose weights are the unit matrix"
                : $"leads to '{consumers[0]}' through the new convolution '{identity.Name}', whose weights are the unit matrix and which takes images",
            added);
        return editor.Build();
    }

    /// <summary>The input, or the last of the layers behind it that belong to it.</summary>
    private static string Start(Model model)
    {
        string start = model.Input.Name;
        while (model.Consumers(start) is [{ Layer: Rescaling or Dropout, Name: var next }])
        {
            start = next;
        }

        return start;
    }

    /// <summary>Whether unsigned samples are not below 0 behind what is between.</summary>
    private static bool IsNeverNegative(Model model, string start)
    {
        for (Node node = model.NodeOf(start); node.Layer is not InputLayer; node = model.NodeOf(node.Inputs[0]))
        {
            if (node.Layer is Rescaling rescaling && rescaling.Scale.Concat(rescaling.Offset).Any(value => value < 0))
            {
                return false;
            }
        }

        return true;
    }
}
