using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using static AkidaQuant.Tests.Networks.AdversarialNetwork;

namespace AkidaQuant.Tests.Networks;

/// <summary>Builds the graph of an adversarial network layer by layer, with arguments that hardly anybody would choose.</summary>
internal sealed class AdversarialNetworkBuilder(Random random, InputLayer input)
{
    private readonly List<Node> _nodes = [new Node(input, [])];
    private string _last = input.Name;
    private Shape _shape = input.Shape;

    public Model Model() => AkidaQuant.Model.Create("adversarial", isSequential: false, _nodes, [_last]);

    public void Add(Layer layer, params string[] inputs)
    {
        _nodes.Add(new Node(layer, inputs.Length == 0 ? [_last] : inputs));
        _last = layer.Name;
        _shape = Model().Plan.Output.Shape;
    }

    public void Any()
    {
        if (_shape.Rank != 3)
        {
            Dense();
            MaybeActivation();
            return;
        }

        switch (random.Next(12))
        {
            case 8:
                Transposed();
                break;
            case 9:
                DepthwiseTransposed();
                break;
            case 10:
                Join();
                return;
            case 11:
                Rearrange();
                return;
            case 0:
                Depthwise();
                break;
            case 1:
                Separable();
                break;
            case 2:
                Skip();
                break;
            case 3:
                Dense();
                break;
            case 4 when _shape[0] > 1 && _shape[1] > 1:
                Add(new MaxPooling2D { Name = Name("pool"), Window = Window(random.Next(1, 3), random.Next(1, 3), dilates: false) });
                return;
            default:
                Convolution(random.Next(1, 8), Window(random.Next(1, 5), random.Next(1, 5), dilates: true));
                break;
        }

        MaybeActivation();
    }

    public void Tail()
    {
        switch (random.Next(5))
        {
            case 0:
                return;
            case 1 when _shape.Rank == 3:
                Add(new GlobalAveragePooling2D { Name = Name("gap"), KeepDims = Chance(random, 2) });
                break;
            case 2:
                Add(new Reshape { Name = Name("reshape"), TargetShape = new Shape(Shape.Unknown, _shape.Channels) });
                break;
            case 3:
                Add(new Reshape { Name = Name("reshape"), TargetShape = new Shape(1, 1, Shape.Unknown) });
                break;
            default:
                Add(new Flatten { Name = Name("flat") });
                break;
        }

        if (Chance(random, 5))
        {
            Add(new Dropout { Name = Name("drop") });
        }

        if (!Chance(random, 4))
        {
            Dense();
            MaybeActivation();
        }
    }

    private void MaybeActivation()
    {
        if (Chance(random, 4))
        {
            Add(
                new TableActivation
                {
                    Name = Name("act"),
                    Function = Pick(random, "gelu", "swish", "hard_silu", "leaky_relu"),
                    Alpha = random.NextDouble(),
                });
        }
        else if (!Chance(random, 4))
        {
            Add(new ReLU { Name = Name("relu"), MaxValue = Pick<float?>(random, null, null, 6f, 0.7f, 8f, 1000f) });
        }
    }

    private void Convolution(int filters, ConvolutionWindow window)
    {
        bool bias = Chance(random, 2);
        Add(new Conv2D
        {
            Name = Name("conv"),
            Filters = filters,
            Window = window,
            UseBias = bias,
            Kernel = Weights(window.KernelSize.Height, window.KernelSize.Width, _shape.Channels, filters),
            Bias = bias ? Weights(filters) : new NdArray<float>(new Shape(0), []),
        });
    }

    private void Depthwise()
    {
        int stride = random.Next(1, 3);
        ConvolutionWindow window = Window(random.Next(1, 4), random.Next(1, 4), dilates: true) with { Strides = (stride, stride) };
        Add(new DepthwiseConv2D
        {
            Name = Name("dw"),
            Window = window,
            Kernel = Weights(window.KernelSize.Height, window.KernelSize.Width, _shape.Channels, 1),
            Bias = Weights(_shape.Channels),
        });
    }

    private void Separable()
    {
        ConvolutionWindow window = Window(random.Next(1, 4), random.Next(1, 4), dilates: true);
        int filters = random.Next(1, 6);
        Add(new SeparableConv2D
        {
            Name = Name("sep"),
            Filters = filters,
            Window = window,
            DepthwiseKernel = Weights(window.KernelSize.Height, window.KernelSize.Width, _shape.Channels, 1),
            PointwiseKernel = Weights(1, 1, _shape.Channels, filters),
            Bias = Weights(filters),
        });
    }

    private void Transposed()
    {
        ConvolutionWindow window = Window(random.Next(1, 5), random.Next(1, 5), dilates: true, pads: false);
        int filters = random.Next(1, 6);
        Add(new Conv2DTranspose
        {
            Name = Name("transposed"),
            Filters = filters,
            Window = new TransposedWindow { Forward = window },
            Kernel = Weights(window.KernelSize.Height, window.KernelSize.Width, filters, _shape.Channels),
            Bias = Weights(filters),
        });
    }

    private void DepthwiseTransposed()
    {
        int kernel = random.Next(1, 5);
        Add(
            new DepthwiseConv2DTranspose
            {
                Name = Name("dwt"),
                Window = new TransposedWindow
                {
                    Forward = new ConvolutionWindow
                    {
                        KernelSize = (kernel, kernel),
                        Strides = (2, 2),
                        Padding = Padding.Same,
                    },
                },
                Kernel = Weights(kernel, kernel, _shape.Channels, 1),
                Bias = Weights(_shape.Channels),
            });
    }

    private void Join()
    {
        string[] first = [_last];
        Convolution(random.Next(1, 6), new ConvolutionWindow { KernelSize = (random.Next(1, 4), 1), Padding = Padding.Same });
        MaybeActivation();
        string[] inputs = Chance(random, 2) ? [.. first, _last] : [_last, .. first];
        Add(new Concatenate { Name = Name("cat"), Axis = Chance(random, 2) ? -1 : 3 }, Chance(random, 3) ? [.. inputs, _last] : inputs);
    }

    private void Rearrange()
    {
        switch (random.Next(3))
        {
            case 0:
                Add(new Permute { Name = Name("permute"), Dims = Chance(random, 4) ? [3, 1, 2] : [2, 1, 3] });
                break;
            default:
                int axis = random.Next(1, 4);
                int[] tokens = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(_shape[axis - 1]))];
                Add(
                    new ExtractToken
                    {
                        Name = Name("token"),
                        Selection = new TokenSelection
                        {
                            Tokens = tokens,
                            Axis = axis,
                            RemovesAxis = tokens.Length == 1 && Chance(random, 2),
                        },
                    });
                break;
        }
    }

    private void Skip()
    {
        string skip = _last;
        Convolution(_shape.Channels, new ConvolutionWindow { KernelSize = (random.Next(1, 4), random.Next(1, 4)), Padding = Padding.Same });
        MaybeActivation();
        string[] inputs = Chance(random, 2) ? [skip, _last] : [_last, skip];
        Add(new Add { Name = Name("add"), Average = Chance(random, 3) }, inputs);
    }

    private void Dense()
    {
        int units = random.Next(1, 7);
        bool bias = !Chance(random, 3);
        Add(new Dense
        {
            Name = Name("dense"),
            Units = units,
            Kernel = Weights(_shape.Channels, units),
            UseBias = bias,
            Bias = bias ? Weights(units) : new NdArray<float>(new Shape(0), []),
        });
    }

    private ConvolutionWindow Window(int height, int width, bool dilates, bool pads = true)
    {
        (int, int) dilation = dilates && Chance(random, 4) ? (random.Next(1, 3), random.Next(1, 3)) : (1, 1);
        bool fits = ((height - 1) * 2) + 1 <= _shape[0] && ((width - 1) * 2) + 1 <= _shape[1];
        return new ConvolutionWindow
        {
            KernelSize = (height, width),
            Strides = dilation == (1, 1) ? (random.Next(1, 4), random.Next(1, 4)) : (1, 1),
            Dilation = dilation,
            Padding =
                pads && fits && Chance(random, 4) ? Pick(random, Padding.SameUpper, Padding.Explicit)
                : !fits || Chance(random, 2) ? Padding.Same
                : Padding.Valid,
            Pads = new EdgePads(random.Next(height), random.Next(width), random.Next(height), random.Next(width)),
        };
    }

    private string Name(string kind) => $"{kind}_{_nodes.Count}";

    /// <summary>Random weights of one magnitude, or of one a channel, some channels dead.</summary>
    private NdArray<float> Weights(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        float[] values = new float[shape.Size];
        double magnitude = Chance(random, 6) ? Math.Pow(10, random.Next(-6, 5)) : 1;
        double[] channels = [.. Enumerable.Range(0, shape.Channels).Select(_ => random.Next(8) switch { 0 => 0, 1 => 20, _ => 1.0 })];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) * magnitude * channels[i % shape.Channels]);
        }

        return new NdArray<float>(shape, values);
    }
}
