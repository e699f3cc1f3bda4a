using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Tests.Optimization.Distillation;

/// <summary>Small networks to train, with random weights that follow from a seed, and their samples.</summary>
internal sealed class DistilledNetwork
{
    private const int Channels = 4;

    private readonly Random _random;
    private readonly List<Node> _nodes = [];

    private DistilledNetwork(int seed) => _random = new Random(seed);

    /// <summary>What stands between the first convolution and the dense layer.</summary>
    public static TheoryData<string> Kinds =>
    [
        "relu", "bounded", "pool", "average", "depthwise", "separable", "transposed", "depthwise_transposed", "add", "concatenate",
        "permute", "gelu", "reshape", "same_twice", "sigmoid", "dropout",
    ];

    /// <summary>A float network: a convolution, layers of a kind, a dense layer.</summary>
    public static Model Float(string kind, int seed = 1)
    {
        DistilledNetwork network = new(seed);
        network.Add(new InputLayer { Name = "image", Shape = new Shape(6, 6, 2), Type = IntegerType.UInt8 });
        network.Add(new Rescaling { Name = "unit", Scale = [1.0 / 255] });
        network.Add(Convolution("first"));
        if (kind != "gelu")
        {
            network.Add(new ReLU { Name = "relu", MaxValue = kind == "bounded" ? 0.5f : null });
        }

        network.AddMiddle(kind);
        if (kind != "average")
        {
            network.Add(new Flatten { Name = "flatten" });
        }

        network.Add(new Dense { Name = "last", Units = 3 });
        if (kind == "sigmoid")
        {
            network.Add(new Activation { Name = "sigmoid", Function = "sigmoid" });
        }

        return Model.Create("small", isSequential: false, network._nodes, [network._nodes[^1].Name]);
    }

    /// <summary>Its quantized form.</summary>
    public static Model Quantized(Model floating, SampleSet samples, int weightBits, int activationBits) => Quantizer.Quantize(
        floating,
        new QuantizeOptions
        {
            Samples = samples,
            Parameters = new QuantizationParams
            {
                WeightBits = weightBits,
                InputWeightBits = weightBits,
                ActivationBits = activationBits,
                OutputBits = Math.Max(activationBits, 4),
                PerTensorActivations = true,
            },
        });

    /// <summary>Random images.</summary>
    /// <param name="count">Their number.</param>
    /// <param name="seed">What they follow from.</param>
    /// <param name="divisor">By what their values are divided.</param>
    public static SampleSet Samples(int count, int seed = 2, int divisor = 1)
    {
        byte[] values = new byte[count * 72];
        new Random(seed).NextBytes(values);
        return SampleSet.FromArray(Array.ConvertAll(values, value => (byte)(value / divisor)), new Shape(6, 6, 2));
    }

    private static Conv2D Convolution(string name, int filters = Channels) => new()
    {
        Name = name, Filters = filters, Window = new ConvolutionWindow { KernelSize = (3, 3), Padding = Padding.Same },
    };

    private void AddMiddle(string kind)
    {
        string from = _nodes[^1].Name;
        ConvolutionWindow window = new() { KernelSize = (3, 3), Padding = Padding.Same };
        TransposedWindow transposed = new() { Forward = window with { Strides = (2, 2) } };
        switch (kind)
        {
            case "pool":
                Add(new MaxPooling2D { Name = "pool", Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2) } });
                break;
            case "average":
                Add(new GlobalAveragePooling2D { Name = "average" });
                break;
            case "depthwise":
                Add(new DepthwiseConv2D { Name = "middle", Window = window });
                Add(new ReLU { Name = "second" });
                break;
            case "separable":
                Add(new SeparableConv2D { Name = "middle", Window = window, Filters = 3 });
                Add(new ReLU { Name = "second" });
                break;
            case "transposed":
                Add(new Conv2DTranspose { Name = "middle", Window = transposed, Filters = 3 });
                Add(new ReLU { Name = "second" });
                break;
            case "depthwise_transposed":
                Add(new DepthwiseConv2DTranspose { Name = "middle", Window = transposed });
                Add(new ReLU { Name = "second" });
                break;
            case "add":
            case "concatenate":
                Add(Convolution("left"), from);
                Add(Convolution("right", kind == "add" ? Channels : 3), from);
                Add(kind == "add" ? new Add { Name = "joined" } : new Concatenate { Name = "joined" }, "left", "right");
                break;
            case "same_twice":
                Add(Convolution("left"), from);
                Add(new Add { Name = "joined" }, from, "left");
                break;
            case "permute":
                Add(new Permute { Name = "permute", Dims = [2, 1, 3] });
                Add(Convolution("middle"));
                break;
            case "reshape":
                Add(new Reshape { Name = "reshape", TargetShape = new Shape(3, 12, Channels) });
                Add(Convolution("middle"));
                break;
            case "token":
                Add(new Reshape { Name = "reshape", TargetShape = new Shape(36, Channels) });
                Add(new ExtractToken { Name = "token", Selection = new TokenSelection { Tokens = [3], RemovesAxis = true } });
                break;
            case "gelu":
                Add(new TableActivation { Name = "gelu", Function = "gelu" });
                break;
            case "dropout":
                Add(new Dropout { Name = "dropout" });
                Add(Convolution("middle"));
                break;
        }
    }

    private void Add(Layer layer, params string[] inputs)
    {
        if (inputs.Length == 0 && _nodes.Count > 0)
        {
            inputs = [_nodes[^1].Name];
        }

        _nodes.Add(new Node(layer, inputs));
        if (layer is not WeightedLayer)
        {
            return;
        }

        // What the layer takes is known from the network so far.
        Model before = Model.Create("before", isSequential: false, _nodes[..^1], [inputs[0]]);
        Shape[] shapes = [.. inputs.Select(input => before.Plan[input].Prepared.Output.Shape)];
        _nodes[^1] = new Node(layer.WithVariables([.. layer.WeightShapes(shapes).Select(weight => Weights(weight.Shape))]), inputs);
    }

    private NdArray<float> Weights(Shape shape)
    {
        double spread = shape.Rank == 1 ? 0.1 : 1.5 / Math.Sqrt(Math.Max(shape.Size / (double)shape[^1], 9));
        return new NdArray<float>(
            shape, [.. Enumerable.Range(0, shape.Size).Select(_ => (float)(((2 * _random.NextDouble()) - 1) * spread))]);
    }
}
