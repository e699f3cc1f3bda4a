using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Sums each 2x2 positions in front of a global average over more positions than Akida 1.0 sums (akida-model.md 2.2), by a depthwise
/// kernel of 3x3 with stride 2, which processors have: one row and one column of it are zeros. Sums at an odd border are of fewer
/// positions, so that each counts once, and the kernel makes up for the number that the average divides by.
/// </summary>
internal sealed class HalveAverages : IRepair
{
    private const int Size = 3;

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (context.Version != AkidaVersion.V1 || Version1Chain.Of(model) is not { } chain)
        {
            return model;
        }

        GraphEditor editor = new(model);
        foreach (Node node in chain)
        {
            Shape? input = node.Layer is GlobalAveragePooling2D ? model.Plan[node.Inputs[0]].Prepared.Output.Shape : null;
            if (input is { Rank: 3 } image && context.Problem(node.Name, "AkidaV1GlobalPoolSize") is { } problem)
            {
                string name = editor.FreeName($"{node.Name}_halves");
                editor.InsertBefore(node.Name, 0, Halves(name, image));
                context.Changed(problem, node.Name, $"gets the new layer '{name}' in front, which sums 2x2 positions", [name]);
            }
        }

        return editor.Build();
    }

    private static SeparableConv2D Halves(string name, Shape image)
    {
        int channels = image.Channels;
        float weight = (float)(Half(image[0]) * Half(image[1]) / ((double)image[0] * image[1]));
        float[] kernel = new float[Size * Size * channels];

        // "Same" padding puts nothing before an even size, and a zero before an odd one (layers.md 3).
        for (int row = image[0] % 2; row < 2 + (image[0] % 2); row++)
        {
            for (int column = image[1] % 2; column < 2 + (image[1] % 2); column++)
            {
                kernel.AsSpan(((row * Size) + column) * channels, channels).Fill(weight);
            }
        }

        return new SeparableConv2D
        {
            Name = name,
            Filters = channels,
            Window = new ConvolutionWindow { KernelSize = (Size, Size), Strides = (2, 2), Padding = Padding.Same },
            DepthwiseKernel = new NdArray<float>(new Shape(Size, Size, channels, 1), kernel),
            PointwiseKernel = SpatialKernel.Diagonal([.. Enumerable.Repeat(1f, channels)]),
            UseBias = false,
        };
    }

    private static double Half(int size) => (size + 1) / 2;
}
