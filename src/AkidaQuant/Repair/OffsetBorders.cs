using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Has a convolution pad with zeros where its border has another value, which only the first convolution of an image network can have,
/// among the bytes (convert.md 3.4): an identity convolution in front takes that value away, and the bias of the convolution gives it back.
/// </summary>
internal sealed class OffsetBorders : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (ChooseInputType.CanChoose(model, context))
        {
            return model;
        }

        GraphEditor editor = new(model);
        NeverNegative neverNegative = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version != AkidaVersion.V2
                || context.Problem(node.Name, "AkidaPaddingValueInside", "AkidaPaddingValueRange") is not { } problem
                || Offset(model, node, neverNegative, editor) is not { } added)
            {
                continue;
            }

            context.Changed(
                problem,
                node.Name,
                $"pads with zeros: the new convolution '{added[0]}' takes the value of its border away, which its bias gives back",
                added);
        }

        return editor.Build();
    }

    /// <summary>
    /// Has a convolution pad with zeros, and gives the names of what stands before it then, the identity first; null where it has no value
    /// around its image, or too many channels.
    /// </summary>
    public static IReadOnlyList<string>? Offset(Model model, Node node, NeverNegative neverNegative, GraphEditor editor)
    {
        if (node.Layer is not PaddedConv2D { PaddingValue: { } border, Groups: 1 } convolution
            || IdentityConvolution.Channels(model, node.Inputs[0]) is not { } channels)
        {
            return null;
        }

        float[] values = border.Length == channels ? border : [.. Enumerable.Repeat(border[0], channels)];
        Conv2D identity = IdentityConvolution.Create(editor.FreeName(node.Inputs[0] + IdentityConvolution.Suffix), channels) with
        {
            UseBias = true,
            Bias = NdArray<float>.Vector(Array.ConvertAll(values, value => 0 - value)),
        };
        editor.InsertBefore(node.Name, 0, identity);
        List<string> added = [identity.Name];
        if (neverNegative.Holds(node.Inputs[0]) && Array.TrueForAll(values, value => value <= 0))
        {
            ReLU rectifier = new() { Name = editor.FreeName($"{identity.Name}_relu") };
            editor.InsertBefore(node.Name, 0, rectifier);
            added.Add(rectifier.Name);
        }

        editor.Replace(Plain(convolution, values));
        return added;
    }

    /// <summary>The convolution that pads with zeros, over an image from which the values were taken.</summary>
    private static Conv2D Plain(PaddedConv2D convolution, float[] values)
    {
        float[] bias = OffsetFolding.Sum(convolution.Kernel, values);
        for (int i = 0; i < bias.Length && convolution.UseBias; i++)
        {
            bias[i] += convolution.Bias.Values[i];
        }

        // With a value of its own "valid" stands for "same" (layers.md 4.2).
        ConvolutionWindow window = convolution.Window;
        return new Conv2D
        {
            Name = convolution.Name,
            Filters = convolution.Filters,
            Window = window.Padding == Padding.Valid ? window with { Padding = Padding.Same } : window,
            Activation = convolution.Activation,
            Kernel = convolution.Kernel,
            UseBias = true,
            Bias = NdArray<float>.Vector(bias),
        };
    }
}
