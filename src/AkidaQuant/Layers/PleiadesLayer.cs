using AkidaQuant.Execution;
using AkidaQuant.Numerics;

namespace AkidaQuant.Layers;

/// <summary>
/// A convolution of images in time whose kernel is a sum of Jacobi polynomials of time, in float (layers.md 11).
/// Its activation argument is not applied.
/// </summary>
[LayerClass("Custom>PleiadesLayer", Module = "quantizeml.layers.pleiades")]
public sealed record PleiadesLayer : Layer
{
    /// <summary>Keeps a damaged file from asking for a kernel of any size: nothing that is stored grows with the steps.</summary>
    private const int MostSteps = 1024;

    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <summary>How the kernel moves.</summary>
    public required VolumeWindow Window { get; init; }

    /// <summary>The number of groups that input and output channels are split into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The highest degree of the polynomials.</summary>
    public required int Degrees { get; init; }

    /// <summary>The first parameter of the polynomials.</summary>
    public double Alpha { get; init; }

    /// <summary>The second parameter of the polynomials.</summary>
    public double Beta { get; init; }

    /// <summary>The name of the activation, which files keep.</summary>
    public string Activation { get; init; } = ActivationFunction.Linear;

    /// <summary>Whether there is a bias.</summary>
    public bool UseBias { get; init; } = true;

    /// <summary>The coefficients, of shape (input channels / groups, filters, rows, columns, degrees + 1).</summary>
    public NdArray<float> Kernel { get; init; } = NoWeights;

    /// <summary>The bias, one value an output channel.</summary>
    public NdArray<float> Bias { get; init; } = NoWeights;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables =>
        UseBias ? [new($"{Name}/bias:0", Bias), new($"{Name}/kernel:0", Kernel)] : [new($"{Name}/kernel:0", Kernel)];

    /// <inheritdoc/>
    public override string? QuantizationObstacle => "it could not be made into convolutions of single steps of time";

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments =>
    [
        new("filters", (long)Filters),
        .. Window.ConvolutionArguments(Groups),
        .. WeightArguments.OfKernel(this, Activation, UseBias),
        new("degrees", (long)Degrees),
        new("alpha", Alpha),
        new("beta", Beta),
    ];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static PleiadesLayer Read(LayerArguments arguments) =>
        new()
        {
            Name = arguments.Name,
            Filters = arguments.Int("filters"),
            Window = VolumeWindow.ReadConvolution(arguments) is { KernelSize.Time: <= MostSteps } window
                ? window
                : throw arguments.Wrong("kernel_size", arguments["kernel_size"], $"at most {MostSteps} steps of time"),
            Groups = arguments.Int("groups", 1) is > 0 and var groups
                ? groups
                : throw arguments.Wrong("groups", arguments["groups"], "a positive integer"),
            Degrees = arguments.Int("degrees") is >= 0 and <= 64 and var degrees
                ? degrees
                : throw arguments.Wrong("degrees", arguments["degrees"], "an integer from 0 to 64"),
            Alpha = Parameter(arguments, "alpha"),
            Beta = Parameter(arguments, "beta"),
            Activation = arguments.Text("activation", ActivationFunction.Linear),
            UseBias = arguments.Bool("use_bias", true),
        };

    /// <inheritdoc/>
    public override IReadOnlyList<WeightShape> WeightShapes(IReadOnlyList<Shape> inputs)
    {
        var kernel = WeightShape.Kernel(
            inputs[0].Channels / Groups, Filters, Window.KernelSize.Height, Window.KernelSize.Width, Degrees + 1);
        return UseBias ? [WeightShape.Bias(Filters), kernel] : [kernel];
    }

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        ExpectVariables(values, UseBias ? 2 : 1);
        return this with
        {
            Bias = UseBias ? ExpectShape("bias", values[0], Filters) : NoWeights,
            Kernel = ExpectShape(
                "kernel",
                values[^1],
                Shape.Unknown,
                Filters,
                Window.KernelSize.Height,
                Window.KernelSize.Width,
                Degrees + 1),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        _ = FloatInput(inputs);
        return ToConv3D().Prepare(inputs);
    }

    /// <summary>
    /// The plain convolution with the same outputs: its kernel at each step is the sum, over the degrees, of the
    /// coefficients times the mean of the polynomial over that step (transforms.md 4.4).
    /// </summary>
    public Conv3D ToConv3D()
    {
        (int steps, int height, int width) = Window.KernelSize;
        int channels = Kernel.Shape[0];
        float[] basis = JacobiPolynomials.Means(Degrees, Alpha, Beta, steps);
        float divisor = MathF.Sqrt(channels * Groups) * MathF.Sqrt(steps);
        float[] values = new float[checked(steps * height * width * channels * Filters)];
        for (int i = 0; i < values.Length; i++)
        {
            (int rest, int filter) = Math.DivRem(i, Filters);
            (rest, int channel) = Math.DivRem(rest, channels);
            (int step, int cell) = Math.DivRem(rest, height * width);
            int first = ((((channel * Filters) + filter) * height * width) + cell) * (Degrees + 1);
            for (int degree = 0; degree <= Degrees; degree++)
            {
                // One rounding a term, as the matrix product of the reference has it.
                values[i] = MathF.FusedMultiplyAdd(Kernel.Values[first + degree], basis[(degree * steps) + step] / divisor, values[i]);
            }
        }

        return new Conv3D
        {
            Name = Name,
            Filters = Filters,
            Window = Window,
            Groups = Groups,
            UseBias = UseBias,
            Bias = Bias,
            Kernel = new NdArray<float>(new Shape(steps, height, width, channels, Filters), values),
        };
    }

    private static double Parameter(LayerArguments arguments, string key) => arguments.Number(key, 0) is > -1 and < 1e6 and var value
        ? value
        : throw arguments.Wrong(key, arguments[key], "a number above -1");
}
