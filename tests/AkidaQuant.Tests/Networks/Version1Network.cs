using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Networks;

/// <summary>A random float network of the blocks that Akida 1.0 has, activations of any range bounded by what they reach.</summary>
internal sealed class Version1Network
{
    /// <summary>Ranges below 1 leave levels out, because outputs have no more fractional bits than bits (numerics.md 5.4).</summary>
    public const double WithAllLevels = 1;

    private readonly Random _random;
    private readonly double _leastBound;
    private readonly List<Layer> _layers = [];
    private Shape _shape;

    private Version1Network(Random random, double leastBound)
    {
        _random = random;
        _leastBound = leastBound;
        _shape = new Shape(random.Next(6, 13), random.Next(6, 13), random.Next(2) == 0 ? 1 : 3);
        _layers.Add(new InputLayer { Name = "image", Shape = _shape, Type = IntegerType.UInt8 });
    }

    /// <summary>The network of a seed.</summary>
    /// <param name="seed">All follows from it.</param>
    /// <param name="leastBound">The least bound of a rectifier; the greatest is 100.</param>
    public static Model Of(int seed, double leastBound = 0.01)
    {
        Version1Network network = new(new Random(seed), leastBound);
        network.Build();
        return Model.Create(
            "version1",
            false,
            network._layers.Select((layer, index) => new Node(layer, index == 0 ? [] : [network._layers[index - 1].Name])),
            [network._layers[^1].Name]);
    }

    private void Build()
    {
        if (_random.Next(2) == 0)
        {
            _layers.Add(new Rescaling { Name = "rescale", Scale = [1.0 / 255] });
        }

        Block(Convolution());
        int blocks = _random.Next(1, 4);
        for (int i = 0; i < blocks; i++)
        {
            Block(_random.Next(2) == 0 ? Convolution() : Separable());
        }

        if (_random.Next(2) == 0)
        {
            Add(Convolution());
            Add(new GlobalAveragePooling2D { Name = Name("average"), KeepDims = _random.Next(2) == 0 });
            Rectifier();
        }

        if (_shape.Rank > 1)
        {
            Add(new Flatten { Name = Name("flatten") });
        }

        if (_random.Next(2) == 0)
        {
            Add(Dense(_random.Next(2, 9)));
            Rectifier();
        }

        Add(Dense(_random.Next(2, 6)));
    }

    private void Block(Layer convolution)
    {
        Add(convolution);
        if (_random.Next(3) == 0 && _shape[0] > 3 && _shape[1] > 3)
        {
            Add(new MaxPooling2D
            {
                Name = Name("pool"),
                Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = Padding.Same },
            });
        }

        Rectifier();
    }

    private void Rectifier() => Add(new ReLU
    {
        Name = Name("relu"),
        MaxValue = (float)(100 * Math.Pow(_leastBound / 100, _random.NextDouble())),
    });

    private Conv2D Convolution()
    {
        int filters = _random.Next(2, 9);
        (int size, ConvolutionWindow window) = Window();
        return new Conv2D
        {
            Name = Name("conv"),
            Filters = filters,
            Window = window,
            Kernel = Weights(size, size, _shape.Channels, filters),
            UseBias = _random.Next(4) > 0,
            Bias = Bias(filters),
        };
    }

    private SeparableConv2D Separable()
    {
        int filters = _random.Next(2, 9);
        (int size, ConvolutionWindow window) = Window();
        return new SeparableConv2D
        {
            Name = Name("separable"),
            Filters = filters,
            Window = window,
            DepthwiseKernel = Weights(size, size, _shape.Channels, 1),
            PointwiseKernel = Weights(1, 1, _shape.Channels, filters),
            UseBias = _random.Next(4) > 0,
            Bias = Bias(filters),
        };
    }

    private Dense Dense(int units) => new()
    {
        Name = Name("dense"),
        Units = units,
        Kernel = Weights(_shape.Size, units),
        UseBias = _random.Next(4) > 0,
        Bias = Bias(units),
    };

    private (int Size, ConvolutionWindow Window) Window()
    {
        int size = _random.Next(3) == 0 ? 1 : 3;
        int stride = size == 3 && _shape[0] > 4 && _random.Next(3) == 0 ? 2 : 1;
        return (size, new ConvolutionWindow { KernelSize = (size, size), Strides = (stride, stride), Padding = Padding.Same });
    }

    private NdArray<float> Weights(params int[] dimensions)
    {
        Shape shape = new(dimensions);

        // Powers from 1/100 to 1 move the steps of sums from below one to thousands.
        float size = (float)Math.Pow(10, -2 * _random.NextDouble());
        return new NdArray<float>(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => size * (float)((2 * _random.NextDouble()) - 1))]);
    }

    private NdArray<float> Bias(int count) =>
        NdArray<float>.Vector([.. Enumerable.Range(0, count).Select(_ => (float)((2 * _random.NextDouble()) - 1))]);

    private string Name(string kind) => $"{kind}_{_layers.Count}";

    private void Add(Layer layer)
    {
        _layers.Add(layer);
        _shape = layer.Prepare([new FloatSpec(_shape)]).Output.Shape;
    }
}
