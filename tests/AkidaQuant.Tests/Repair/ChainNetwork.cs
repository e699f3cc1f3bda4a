using System.Globalization;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Repair;

/// <summary>Float networks without branches, written as a line: <c>conv 8 3 2, relu, pool 2, flatten, dense 4</c>.</summary>
internal static class ChainNetwork
{
    /// <summary>The network, its weights random but always the same.</summary>
    /// <param name="shape">The shape of a sample.</param>
    /// <param name="type">The type of the input; null for floats.</param>
    /// <param name="layers">The layers, a word and numbers each, between commas.</param>
    /// <param name="seed">Other weights for another seed.</param>
    public static Model Of(Shape shape, IntegerType? type, string layers, int seed = 3)
    {
        Random random = new(seed);
        List<Node> nodes = [new(new InputLayer { Name = "image", Shape = shape, Type = type }, [])];
        foreach (string line in layers.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split(' ');
            double[] numbers = [.. words.Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
            Layer layer = Create($"{words[0]}_{nodes.Count}", words[0], numbers, shape, random);
            nodes.Add(new Node(layer, [nodes[^1].Name]));
            shape = layer.Prepare([new FloatSpec(shape)]).Output.Shape;
        }

        return Model.Create("chain", false, nodes, [nodes[^1].Name]);
    }

    private static Layer Create(string name, string kind, double[] numbers, Shape input, Random random)
    {
        int channels = input[^1];
        int first = numbers.Length > 0 ? (int)numbers[0] : 0;
        return kind switch
        {
            "conv" => new Conv2D
            {
                Name = name,
                Filters = first,
                Window = Window(Number(1, 3), Number(2, 1), Padding.Same),
                Kernel = Weights(Number(1, 3), Number(1, 3), channels, first),
                Bias = Weights(first),
            },
            "separable" => new SeparableConv2D
            {
                Name = name,
                Filters = first,
                Window = Window(Number(1, 3), Number(2, 1), Padding.Same),
                DepthwiseKernel = Weights(Number(1, 3), Number(1, 3), channels, 1),
                PointwiseKernel = Weights(1, 1, channels, first),
                Bias = Weights(first),
            },
            "depthwise" => new DepthwiseConv2D
            {
                Name = name,
                Window = Window(first, Number(1, 1), Padding.Same),
                Kernel = Weights(first, first, channels, 1),
                Bias = Weights(channels),
            },
            "dense" => new Dense { Name = name, Units = first, Kernel = Weights(channels, first), Bias = Weights(first) },
            "relu" => new ReLU { Name = name, MaxValue = numbers.Length > 0 ? (float)numbers[0] : null },
            "pool" => new MaxPooling2D { Name = name, Window = Window(first, Number(1, first), Padding.Valid) },
            "average" => new AveragePooling2D { Name = name, Window = Window(first, first, Padding.Valid) },
            "global" => new GlobalAveragePooling2D { Name = name },
            "flatten" => new Flatten { Name = name },
            "dropout" => new Dropout { Name = name, Rate = 0.5 },
            "rescale" => new Rescaling { Name = name, Scale = [numbers[0]], Offset = [numbers.Length > 1 ? numbers[1] : 0] },
            "softmax" => new Softmax { Name = name },
            _ => throw new ArgumentException($"'{kind}' is no layer.", nameof(kind)),
        };

        int Number(int index, int otherwise) => numbers.Length > index ? (int)numbers[index] : otherwise;

        NdArray<float> Weights(params int[] dimensions)
        {
            Shape shape = new(dimensions);
            float size = 1.5f / MathF.Sqrt(shape.Size / shape[^1]);
            float[] values = [.. Enumerable.Range(0, shape.Size).Select(_ => size * (float)((2 * random.NextDouble()) - 1))];
            return new NdArray<float>(shape, values);
        }
    }

    private static ConvolutionWindow Window(int size, int stride, Padding padding) =>
        new() { KernelSize = (size, size), Strides = (stride, stride), Padding = padding };
}
