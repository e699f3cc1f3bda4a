using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Quantization;

/// <summary>Small networks of known shapes with random weights, as an import of an ONNX file gives them.</summary>
internal sealed class ShapedNetworks
{
    private readonly Random _random;
    private readonly List<Node> _nodes = [];
    private string _last = "image";
    private int _channels = 3;

    private ShapedNetworks(int seed)
    {
        _random = new Random(seed);
        _nodes.Add(new Node(new InputLayer { Name = "image", Shape = new Shape(32, 32, 3), IsFromOnnx = true }, []));
    }

    /// <summary>
    /// A stem, inverted residuals with depthwise kernels, a dense head, as in MnasNet. Hidden activations are about
    /// <paramref name="magnitude"/>, those of the output about 1.
    /// </summary>
    public static Model MnasNet(int seed, float magnitude, float? bound = null)
    {
        ShapedNetworks network = new(seed);
        network.Convolution(16, 3, 2, magnitude);
        network.Rectify(bound);
        foreach ((int filters, int stride) in ((int, int)[])[(16, 1), (24, 2), (24, 1)])
        {
            (string start, int channels) = (network._last, network._channels);
            network.Convolution(3 * channels, 1, 1, 1.5f);
            network.Rectify(bound);
            network.Depthwise(stride, 2f);
            network.Rectify(bound);
            network.Convolution(filters, 1, 1, 1f);
            if (stride == 1 && filters == channels)
            {
                network.Add(new Add { Name = network.Name("add") }, start, network._last);
            }
        }

        network.Convolution(64, 1, 1, 1f);
        network.Rectify(bound);
        network.Add(new GlobalAveragePooling2D { Name = "gap" });
        network.Dense(10, 4f / magnitude);
        return network.Build();
    }

    /// <summary>A stem with a pool, residual blocks with and without a convolution in the shortcut, a dense head, as in ResNet.</summary>
    public static Model ResNet(int seed, int deadChannels = 0)
    {
        ShapedNetworks network = new(seed);
        network.Convolution(16, 7, 2, 1f, deadChannels);
        network.Rectify();
        network.Add(new MaxPooling2D { Name = "pool", Window = PoolWindow });
        foreach ((int filters, int stride) in ((int, int)[])[(16, 1), (32, 2), (32, 1), (64, 2)])
        {
            (string start, int channels) = (network._last, network._channels);
            network.Convolution(filters / 2, 1, 1, 1.4f, deadChannels);
            network.Rectify();
            network.Convolution(filters / 2, 3, stride, 1.4f, deadChannels);
            network.Rectify();
            network.Convolution(filters, 1, 1, 1f);
            string main = network._last;
            if (channels != filters)
            {
                (network._last, network._channels) = (start, channels);
                network.Convolution(filters, 1, stride, 1f);
                start = network._last;
            }

            network.Add(new Add { Name = network.Name("add") }, main, start);
            network.Rectify();
        }

        network.Add(new GlobalAveragePooling2D { Name = "gap" });
        network.Dense(10, 2f);
        return network.Build();
    }

    private static ConvolutionWindow PoolWindow => new() { KernelSize = (2, 2), Strides = (2, 2), Padding = Padding.Valid };

    private Model Build() => Model.Create("shaped", isSequential: false, _nodes, [_last]);

    private void Rectify(float? bound = null) => Add(new ReLU { Name = Name("relu"), MaxValue = bound });

    private void Convolution(int filters, int kernel, int stride, float gain, int deadFilters = 0)
    {
        float[] weights = Random(kernel * kernel * _channels * filters, gain, kernel * kernel * _channels);
        float[] bias = Random(filters, 0.1f * gain, 1);
        for (int i = 0; i < deadFilters; i++)
        {
            // What batch normalization with a large negative shift leaves.
            bias[i] = -100 * gain;
        }

        Add(new Conv2D
        {
            Name = Name("conv"),
            Filters = filters,
            Window = new ConvolutionWindow { KernelSize = (kernel, kernel), Strides = (stride, stride), Padding = Padding.Same },
            Kernel = new NdArray<float>(new Shape(kernel, kernel, _channels, filters), weights),
            Bias = NdArray<float>.Vector(Array.ConvertAll(bias, value => deadFilters > 0 ? value : 0f)),
        });
        _channels = filters;
    }

    private void Depthwise(int stride, float gain) => Add(new DepthwiseConv2D
    {
        Name = Name("dw"),
        Window = new ConvolutionWindow { KernelSize = (3, 3), Strides = (stride, stride), Padding = Padding.Same },
        Kernel = new NdArray<float>(new Shape(3, 3, _channels, 1), Random(9 * _channels, gain, 9)),
        Bias = NdArray<float>.Filled(new Shape(_channels), 0f),
    });

    private void Dense(int units, float gain) => Add(new Dense
    {
        Name = "dense",
        Units = units,
        Kernel = new NdArray<float>(new Shape(_channels, units), Random(_channels * units, gain, _channels)),
        Bias = NdArray<float>.Vector(Random(units, 0.1f, 1)),
    });

    /// <summary>Weights for sums of so many inputs that have the magnitude of the inputs times the gain.</summary>
    private float[] Random(int count, float gain, int inputs) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)((_random.NextDouble() * 2) - 1) * gain * MathF.Sqrt(3f / inputs))];

    private string Name(string kind) => $"{kind}{_nodes.Count}";

    private void Add(Layer layer, params string[] inputs)
    {
        _nodes.Add(new Node(layer, inputs.Length == 0 ? [_last] : inputs));
        _last = layer.Name;
    }
}
