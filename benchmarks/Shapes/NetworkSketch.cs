using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Benchmarks.Shapes;

/// <summary>Builds a network of Keras layers with random weights, whose values neither grow nor fade on their way through it.</summary>
/// <param name="name">The name of the network.</param>
/// <param name="input">Height, width and channels of an image of bytes.</param>
internal sealed class NetworkSketch(string name, Shape input)
{
    private const string InputName = "image";
    private readonly List<Node> _nodes = [new(new InputLayer { Name = InputName, Shape = input, Type = IntegerType.UInt8 }, [])];
    private readonly Dictionary<string, int> _channels = new() { [InputName] = input.Channels };
    private readonly Random _random = new(1);

    /// <summary>The layer that takes the images.</summary>
    public static string Input => InputName;

    /// <summary>The channels of a layer's output.</summary>
    public int Channels(string layer) => _channels[layer];

    /// <summary>A rescaling of bytes to values from 0 to 2, whose mean square is about 1.</summary>
    public string Rescaling(string from) => Add(Named("rescaling", number => new Rescaling
    {
        Name = number,
        Scale = [1 / 127.5],
    }), Channels(from), from);

    /// <summary>A convolution without a bias.</summary>
    public string Convolution(string from, int filters, int size, int stride = 1) => Add(Named("conv", number => new Conv2D
    {
        Name = number,
        Filters = filters,
        Window = Window(size, stride, Padding.Same),
        UseBias = false,
        Kernel = Weights(new Shape(size, size, Channels(from), filters), size * size * Channels(from)),
    }), filters, from);

    /// <summary>A depthwise convolution over three rows and columns, without a bias.</summary>
    public string Depthwise(string from, int stride) => Add(Named("depthwise", number => new DepthwiseConv2D
    {
        Name = number,
        Window = Window(3, stride, Padding.Same),
        UseBias = false,
        Kernel = Weights(new Shape(3, 3, Channels(from), 1), 9),
    }), Channels(from), from);

    /// <summary>A batch normalization.</summary>
    public string Normalization(string from)
    {
        int channels = Channels(from);
        return Add(Named("bn", number => new BatchNormalization
        {
            Name = number,
            Gamma = Values(channels, () => 1 + (0.1 * Normal())),
            Beta = Values(channels, () => 0.1 * Normal()),
            MovingMean = Values(channels, () => 0.1 * Normal()),
            MovingVariance = Values(channels, () => 0.5 + _random.NextDouble()),
        }), channels, from);
    }

    /// <summary>
    /// A factor and a constant a channel where no kernel comes before: what a file's BatchNormalization becomes there when it is
    /// imported, a depthwise convolution of one cell or, in front of the mean over all positions, a convolution of one.
    /// </summary>
    /// <param name="from">The layer before it.</param>
    /// <param name="isDiagonal">Whether it is the convolution, which has a kernel of zeros off its diagonal.</param>
    public string Affine(string from, bool isDiagonal = false)
    {
        int channels = Channels(from);
        float[] factors = Values(channels, () => 1 + (0.1 * Normal())).Values;
        NdArray<float> offsets = Values(channels, () => 0.1 * Normal());
        if (!isDiagonal)
        {
            return Add(Named("affine", number => new DepthwiseConv2D
            {
                Name = number,
                Window = Window(1, 1, Padding.Valid),
                Kernel = new NdArray<float>(new Shape(1, 1, channels, 1), factors),
                Bias = offsets,
            }), channels, from);
        }

        float[] kernel = new float[channels * channels];
        for (int i = 0; i < channels; i++)
        {
            kernel[(i * channels) + i] = factors[i];
        }

        return Add(Named("affine", number => new Conv2D
        {
            Name = number,
            Filters = channels,
            Window = Window(1, 1, Padding.Valid),
            Kernel = new NdArray<float>(new Shape(1, 1, channels, channels), kernel),
            Bias = offsets,
        }), channels, from);
    }

    /// <summary>A rectifier, with a greatest value where one is given.</summary>
    public string Rectifier(string from, float? most = null) =>
        Add(Named("relu", number => new ReLU { Name = number, MaxValue = most }), Channels(from), from);

    /// <summary>A maximum over three rows and columns, every second one.</summary>
    public string MaxPooling(string from) => Add(
        Named("max_pool", number => new MaxPooling2D { Name = number, Window = Window(3, 2, Padding.Same) }), Channels(from), from);

    /// <summary>A mean of two rows and columns, every second one.</summary>
    public string AveragePooling(string from) => Add(
        Named("avg_pool", number => new AveragePooling2D { Name = number, Window = Window(2, 2, Padding.Valid) }), Channels(from), from);

    /// <summary>The mean over all positions.</summary>
    public string GlobalPooling(string from) =>
        Add(Named("global_pool", number => new GlobalAveragePooling2D { Name = number }), Channels(from), from);

    /// <summary>The sum of two layers.</summary>
    public string Sum(string left, string right) => Add(Named("add", number => new Add { Name = number }), Channels(left), left, right);

    /// <summary>The channels of layers behind each other.</summary>
    public string Concatenation(IReadOnlyList<string> layers) =>
        Add(Named("concat", number => new Concatenate { Name = number }), layers.Sum(Channels), [.. layers]);

    /// <summary>A product with a matrix.</summary>
    public string Dense(string from, int units) => Add(Named("dense", number => new Dense
    {
        Name = number,
        Units = units,
        Kernel = Weights(new Shape(Channels(from), units), Channels(from)),
        Bias = Values(units, () => 0.1 * Normal()),
    }), units, from);

    /// <summary>The network whose output is that of a layer.</summary>
    public Model Build(string output) => Model.Create(name, isSequential: false, _nodes, [output]);

    /// <summary>Images of random bytes.</summary>
    public static SampleSet Images(Shape shape, int count) =>
        SampleSet.FromArray(Bytes(count * shape.Size), shape, source: "random bytes");

    /// <summary>Random bytes.</summary>
    public static byte[] Bytes(int count)
    {
        byte[] values = new byte[count];
        new Random(2).NextBytes(values);
        return values;
    }

    private static ConvolutionWindow Window(int size, int stride, Padding padding) =>
        new() { KernelSize = (size, size), Strides = (stride, stride), Padding = padding };

    private Layer Named(string kind, Func<string, Layer> create) => create($"{kind}_{_nodes.Count}");

    private string Add(Layer layer, int channels, params string[] inputs)
    {
        _nodes.Add(new Node(layer, inputs));
        _channels.Add(layer.Name, channels);
        return layer.Name;
    }

    private NdArray<float> Weights(Shape shape, int inputs)
    {
        double deviation = Math.Sqrt(2.0 / inputs);
        return new NdArray<float>(shape, Values(shape.Size, () => deviation * Normal()).Values);
    }

    private static NdArray<float> Values(int count, Func<double> next)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)next();
        }

        return NdArray<float>.Vector(values);
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
