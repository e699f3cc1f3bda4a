using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives a convolution of groups a kernel over all channels, with zeros for those of the other groups: in integers there is one group
/// (layers.md 4.1).
/// </summary>
internal sealed class SpreadGroups : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is Conv2D { Groups: > 1 } convolution && context.Problem(node.Name, Judgement.StaysFloat) is { } problem)
            {
                editor.Replace(convolution with { Groups = 1, Kernel = Spread(convolution.Kernel, convolution.Groups) });
                context.Changed(problem, node.Name, $"gets zeros for the channels of the other {convolution.Groups - 1} groups");
            }
        }

        return editor.Build();
    }

    private static NdArray<float> Spread(NdArray<float> kernel, int groups)
    {
        (int own, int filters) = (kernel.Shape[2], kernel.Shape[3]);
        int channels = own * groups;
        int each = filters / groups;
        float[] given = kernel.Values;
        float[] values = new float[kernel.Shape[0] * kernel.Shape[1] * channels * filters];
        for (int from = 0; from < given.Length; from += each)
        {
            int filter = from % filters;
            (int cell, int channel) = Math.DivRem(from / filters, own);
            int to = (((cell * channels) + (filter / each * own) + channel) * filters) + filter;
            given.AsSpan(from, each).CopyTo(values.AsSpan(to));
        }

        return new NdArray<float>(new Shape(kernel.Shape[0], kernel.Shape[1], channels, filters), values);
    }
}
