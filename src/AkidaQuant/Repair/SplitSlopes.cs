using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes a PReLU with a slope for each channel, which has no table, into a rectifier between two convolutions: the first gives every channel
/// and its opposite, the second adds the slope times what the opposite leaves.
/// </summary>
internal sealed class SplitSlopes : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is PReLU slopes
                && context.Problem(node.Name, Judgement.StaysFloat) is { } problem
                && model.Plan[node.Name].Prepared.Output.Shape is { Rank: 3, Channels: <= IdentityConvolution.MostChannels / 2 } shape
                && slopes.Alpha.Shape.Size == shape.Channels)
            {
                string both = editor.FreeName($"{node.Name}_both");
                string rectifier = editor.FreeName($"{node.Name}_relu");
                editor.InsertBefore(node.Name, 0, Both(both, shape.Channels));
                editor.InsertBefore(node.Name, 0, new ReLU { Name = rectifier });
                editor.Replace(Sum(node.Name, slopes.Alpha.Values));
                context.Changed(problem, node.Name, $"becomes a convolution of '{rectifier}', of both signs of its input", [both, rectifier]);
            }
        }

        return editor.Build();
    }

    private static Conv2D Both(string name, int channels)
    {
        float[] kernel = new float[2 * channels * channels];
        for (int channel = 0; channel < channels; channel++)
        {
            kernel[(channel * 2 * channels) + channel] = 1;
            kernel[(channel * 2 * channels) + channels + channel] = -1;
        }

        return Cell(name, channels, 2 * channels, kernel);
    }

    private static Conv2D Sum(string name, float[] slopes)
    {
        int channels = slopes.Length;
        float[] kernel = new float[2 * channels * channels];
        for (int channel = 0; channel < channels; channel++)
        {
            kernel[(channel * channels) + channel] = 1;
            kernel[((channels + channel) * channels) + channel] = -slopes[channel];
        }

        return Cell(name, 2 * channels, channels, kernel);
    }

    private static Conv2D Cell(string name, int channels, int filters, float[] kernel) => new()
    {
        Name = name,
        Filters = filters,
        Window = new ConvolutionWindow { KernelSize = (1, 1) },
        Kernel = new NdArray<float>(new Shape(1, 1, channels, filters), kernel),
        UseBias = false,
    };
}
