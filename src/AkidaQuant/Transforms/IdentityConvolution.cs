using AkidaQuant.Layers;

namespace AkidaQuant.Transforms;

/// <summary>
/// The convolution that changes nothing, which gives a place to connections that processors have not
/// (transforms.md 5.4).
/// </summary>
internal static class IdentityConvolution
{
    /// <summary>The most channels for which one is inserted.</summary>
    public const int MostChannels = 2048;

    /// <summary>The ending of the names of such layers.</summary>
    public const string Suffix = "_identity_conv";

    /// <summary>The channels of the images that a layer gives; null when it gives no images or too many channels.</summary>
    public static int? Channels(Model model, string layer) =>
        model.Plan[layer].Prepared.Output.Shape is { Rank: 3, Channels: <= MostChannels } shape ? shape.Channels : null;

    /// <summary>A kernel of 1x1 without bias whose weights are the unit matrix.</summary>
    public static Conv2D Create(string name, int channels) => new()
    {
        Name = name,
        Filters = channels,
        Window = new ConvolutionWindow { KernelSize = (1, 1) },
        Kernel = SpatialKernel.Diagonal([.. Enumerable.Repeat(1f, channels)]),
        UseBias = false,
    };

    /// <summary>The dense layer that changes nothing, for rows.</summary>
    public static Dense CreateDense(string name, int units) => new()
    {
        Name = name,
        Units = units,
        Kernel = DiagonalMatrix.Of([.. Enumerable.Repeat(1f, units)]),
        UseBias = false,
    };

    /// <summary>Whether a layer is such a convolution, whoever inserted it.</summary>
    public static bool IsOne(Layer layer) =>
        layer is Conv2D
        {
            Window: { KernelSize: (1, 1), Strides: (1, 1) },
            UseBias: false,
            Groups: 1,
            Activation: ActivationFunction.Linear,
            Kernel: { } kernel,
        } and not PaddedConv2D
        && (kernel.Diagonal is not null || kernel.Size == 1)
        && Array.TrueForAll(kernel.Held(), weight => weight == 1);
}
