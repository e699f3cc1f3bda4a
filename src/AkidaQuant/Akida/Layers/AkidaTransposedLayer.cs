using AkidaQuant.Geometry;

namespace AkidaQuant.Akida.Layers;

/// <summary>What the transposed convolutions of Akida 2.0 share: stride 2, and twice the rows and columns (akida-model.md 1.4).</summary>
public abstract record AkidaTransposedLayer : AkidaIntegerLayer
{
    /// <summary>Steps between the places of neighbouring pixels.</summary>
    public const int Stride = 2;

    /// <summary>A layer that rectifies.</summary>
    protected AkidaTransposedLayer() => Activation = ActivationType.ReLU;

    /// <summary>Rows and columns of the kernel.</summary>
    public required int KernelSize { get; init; }

    /// <summary>Bits of the weights.</summary>
    public int WeightsBits { get; init; } = 8;

    /// <summary>The parameters that both layers have.</summary>
    protected IEnumerable<KeyValuePair<string, object>> TransposedParameters =>
        [new("kernel_size", KernelSize), .. OutputParameters, new("weights_bits", WeightsBits)];

    /// <summary>The convolution that is transposed: its output is the input here, its input the output.</summary>
    /// <exception cref="QuantException">The input is not an image.</exception>
    protected ConvolutionGeometry Forward(TensorSpec input, int filters)
    {
        Shape image = input.Shape;
        return image.Rank == 3
            ? ConvolutionGeometry.Create(
                new Shape(image[0] * Stride, image[1] * Stride, filters),
                (KernelSize, KernelSize),
                (Stride, Stride),
                (1, 1),
                Padding.Same,
                image.Channels)
            : throw Invalid("AkidaLayerInputMismatch", $"its input must have the shape (height, width, channels), but it has {image}.");
    }
}
