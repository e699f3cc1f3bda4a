using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Transforms;

/// <summary>Builds small models layer by layer, with weights that are the same in every run.</summary>
internal sealed class Graph
{
    private readonly List<Node> _nodes = [];
    private readonly Random _random = new(7);

    public Graph(params int[] shape) => Add(new InputLayer { Name = "in", Shape = new Shape(shape) }, []);

    /// <summary>Adds a layer that takes the given ones, or the last one added.</summary>
    public Graph Add(Layer layer, params string[] inputs)
    {
        _nodes.Add(new Node(layer, layer is InputLayer ? [] : inputs.Length > 0 ? inputs : [_nodes[^1].Name]));
        return this;
    }

    public Graph Conv(string name, int kernel, int channels, int filters, string[]? from = null, Func<Conv2D, Conv2D>? with = null)
    {
        Conv2D layer = new() { Name = name, Filters = filters, Window = Window(kernel) };
        layer = with?.Invoke(layer) ?? layer;
        (int height, int width) = layer.Window.KernelSize;
        return Add(
            layer with
            {
                Kernel = Values(height, width, channels / layer.Groups, filters),
                Bias = layer.UseBias ? Values(filters) : layer.Bias,
            },
            from ?? []);
    }

    public Graph Depthwise(
        string name,
        int kernel,
        int channels,
        string[]? from = null,
        Func<DepthwiseConv2D, DepthwiseConv2D>? with = null)
    {
        DepthwiseConv2D layer = new() { Name = name, Window = Window(kernel) };
        layer = with?.Invoke(layer) ?? layer;
        (int height, int width) = layer.Window.KernelSize;
        int outputs = channels * layer.DepthMultiplier;
        return Add(
            layer with
            {
                Kernel = Values(height, width, channels, layer.DepthMultiplier),
                Bias = layer.UseBias ? Values(outputs) : layer.Bias,
            },
            from ?? []);
    }

    public Graph Separable(string name, int kernel, int channels, int filters, Func<SeparableConv2D, SeparableConv2D>? with = null)
    {
        SeparableConv2D layer = new() { Name = name, Filters = filters, Window = Window(kernel) };
        layer = with?.Invoke(layer) ?? layer;
        return Add(layer with
        {
            DepthwiseKernel = Values(kernel, kernel, channels, 1),
            PointwiseKernel = Values(1, 1, channels, filters),
            Bias = layer.UseBias ? Values(filters) : layer.Bias,
        });
    }

    public Graph Dense(string name, int inputs, int units, Func<Dense, Dense>? with = null)
    {
        Dense layer = new() { Name = name, Units = units };
        layer = with?.Invoke(layer) ?? layer;
        return Add(layer with { Kernel = Values(inputs, units), Bias = layer.UseBias ? Values(units) : layer.Bias });
    }

    public Graph Normalize(string name, int channels, string[]? from = null, Func<BatchNormalization, BatchNormalization>? with = null)
    {
        BatchNormalization layer = new()
        {
            Name = name,
            Gamma = Values(channels).Map(value => Math.Abs(value) + 0.1f),
            Beta = Values(channels),
            MovingMean = Values(channels),
            MovingVariance = Values(channels).Map(value => Math.Abs(value) + 0.1f),
        };
        return Add(with?.Invoke(layer) ?? layer, from ?? []);
    }

    public Graph ReLU(string name, params string[] from) => Add(new ReLU { Name = name }, from);

    public Graph MaxPool(string name, int size = 2, Padding padding = Padding.Valid) =>
        Add(
            new MaxPooling2D
            {
                Name = name,
                Window = new ConvolutionWindow
                {
                    KernelSize = (size, size),
                    Strides = (size, size),
                    Padding = padding,
                },
            });

    public Graph GlobalAverage(string name, bool keepDims = false) => Add(new GlobalAveragePooling2D { Name = name, KeepDims = keepDims });

    public Graph Sum(string name, string left, string right) => Add(new Add { Name = name }, left, right);

    public Graph Rescale(string name, double[] scale, double[] offset) =>
        Add(
            new Rescaling
            {
                Name = name,
                Scale = scale,
                Offset = offset,
            });

    public Graph Pad(string name, (int Before, int After) rows, (int Before, int After) columns, params string[] from) =>
        Add(new ZeroPadding2D { Name = name, Rows = rows, Columns = columns }, from);

    /// <summary>The model; its output is the last layer unless given.</summary>
    public Model Build(params string[] outputs) =>
        Model.Create("model", isSequential: false, _nodes, outputs.Length > 0 ? outputs : [_nodes[^1].Name]);

    public Model BuildSequential() => Model.Create("sequential", isSequential: true, _nodes, [_nodes[^1].Name]);

    public NdArray<float> Values(params int[] shape)
    {
        float[] values = new float[new Shape(shape).Size];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((_random.NextDouble() * 2) - 1);
        }

        return new NdArray<float>(new Shape(shape), values);
    }

    public static ConvolutionWindow Window(int kernel, int stride = 1, Padding padding = Padding.Valid, int dilation = 1) =>
        new() { KernelSize = (kernel, kernel), Strides = (stride, stride), Padding = padding, Dilation = (dilation, dilation) };
}
