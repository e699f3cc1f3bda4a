using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Layers;

/// <summary>
/// A convolution of images in time, in float. Quantization takes it apart into convolutions of images and of time
/// that run step by step (transforms.md 4.4).
/// </summary>
[LayerClass("Conv3D")]
public sealed record Conv3D : WeightedLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required VolumeWindow Window { get; init; }

    /// <summary>The number of groups that input and output channels are split into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The weights, of shape (steps, rows, columns, input channels / groups, filters).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <inheritdoc/>
    protected override IReadOnlyList<Variable> Kernels => [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle => "it could not be made into convolutions of single steps of time";

    /// <inheritdoc/>
    public override Equalization Equalization => Equalization.Stops;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
        [new("filters", (long)Filters), .. Window.ConvolutionArguments(Groups), .. WeightArguments.OfKernel(this, Activation, UseBias)];

    /// <inheritdoc/>
    public override WeightedLayer ScaleOutputs(float[] factors) => this with { Kernel = Scale(Kernel, factors) };

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Conv3D Read(LayerArguments arguments) =>
        new()
        {
            Name = arguments.Name,
            Filters = arguments.Int("filters"),
            Window = VolumeWindow.ReadConvolution(arguments),
            Groups = arguments.Int("groups", 1) is > 0 and var groups
                ? groups
                : throw arguments.Wrong("groups", arguments["groups"], "a positive integer"),
            UseBias = arguments.Bool("use_bias", true),
            Activation = ActivationFunction.Read(arguments),
        };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        (int time, int height, int width) = Window.KernelSize;
        return WithBias(Filters, WeightShape.Kernel(time, height, width, inputs[0].Channels / Groups, Filters));
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values);
        (int time, int height, int width) = Window.KernelSize;
        return this with
        {
            Kernel = ExpectShape("kernel", values[0], time, height, width, Shape.Unknown, Filters),
            Bias = BiasFrom(values, Filters),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        Shape input = FloatInput(inputs).Shape;
        VolumeGeometry geometry = Window.Over(this, input, Filters);
        ExpectChannels(Kernel.Shape[3] * Groups, input);
        if (Filters % Groups != 0)
        {
            throw DoesNotFit($"its {Filters} filters cannot be split into {Groups} groups.");
        }

        return Finish(geometry.OutputShape, () =>
        {
            FloatVolumeConvolution kernel = new(geometry, Kernel.Values, BiasValues, Groups);
            return FloatPart.Divided(geometry.Products / Groups, (tensors, output, batch, share, finish) =>
                kernel.Run(((FloatData)tensors[0]).Values(batch), output, batch, share, finish));
        });
    }
}
