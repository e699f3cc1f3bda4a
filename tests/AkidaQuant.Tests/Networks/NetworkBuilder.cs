using System.Globalization;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Networks;

/// <summary>Adds one random layer after the other, each of a size that fits: stem, blocks with and without branches, head.</summary>
public sealed class NetworkBuilder
{
    private readonly Random _random;
    private readonly NetworkChoices _choices;
    private readonly List<Node> _nodes;
    private string _last;
    private Shape _shape;

    public NetworkBuilder(Random random, NetworkChoices choices)
    {
        _random = random;
        _choices = choices;
        IntegerType? type = Pick<IntegerType?>(
            null,
            null,
            null,
            IntegerType.UInt8,
            IntegerType.UInt8,
            choices.Everything ? IntegerType.Int8 : IntegerType.UInt8);
        InputLayer input = new()
        {
            Name = "image",
            Shape = new Shape(random.Next(5, 14), random.Next(5, 14), Pick(1, 3, 4)),
            Type = type,
        };
        _nodes = [new Node(input, [])];
        _last = input.Name;
        _shape = input.Shape;
    }

    /// <summary>The network so far.</summary>
    public Model Model() => AkidaQuant.Model.Create("random", isSequential: false, _nodes, [_last]);

    /// <summary>A Rescaling, with factors and offsets of any form, and the first convolution.</summary>
    public void Stem()
    {
        double range = ((InputLayer)_nodes[0].Layer).Type is null ? 0.5 : 1.0 / 255;
        bool everything = _choices.Everything;
        Add(
            new Rescaling
            {
                Name = "rescale",
                Scale =
                [
                    .. Enumerable.Range(0, everything && OneIn(4) ? _shape.Channels : 1).Select(_ => range * (0.5 + _random.NextDouble())),
                ],
                Offset =
                [
                    .. Enumerable
                        .Range(0, everything && OneIn(4) ? _shape.Channels : 1)
                        .Select(_ => everything && OneIn(3) ? _random.NextDouble() - 0.5 : 0),
                ],
            });
        if (everything && OneIn(4))
        {
            PaddedConvolution();
        }
        else
        {
            Convolution(_random.Next(1, 9), Kernel());
        }

        Activation();
    }

    /// <summary>Some layers that belong together.</summary>
    public void Block()
    {
        if (_choices.Forms)
        {
            Form();
        }

        switch (_random.Next(_choices.Everything ? 9 : 6))
        {
            case 0:
                Depthwise();
                Maybe(Activation);
                Convolution(_random.Next(1, 9), 1);
                break;
            case 1:
                Convolution(_random.Next(1, 9), Kernel());
                Maybe(Normalization);
                Maybe(Pooling);
                break;
            case 2:
                Skip();
                return;
            case 3:
                Convolution(_random.Next(1, 9), Kernel());
                Activation();
                Pooling();
                return;
            case 4:
                Branches();
                return;
            case 5:
                Transposed(_random.Next(1, 9));
                break;
            case 6:
                Separable(_random.Next(1, 9));
                break;
            case 7:
                ZeroPadding(_random.Next(3), _random.Next(3));
                Depthwise();
                break;
            default:
                PaddedConvolution();
                break;
        }

        Activation();
    }

    /// <summary>A layer that has no integers itself, but an exact form that has some.</summary>
    private void Form()
    {
        string name = Name("form");
        switch (_random.Next(_shape[0] < 4 || _shape[1] < 4 || _shape.Size > 3000 ? 5 : 9))
        {
            case 0:
                Add(new TrainingLayer { Name = name, Class = Pick("GaussianNoise", "SpatialDropout2D", "RandomFlip") });
                break;
            case 1:
                Add(new Resizing { Name = name, Height = _shape[0], Width = _shape[1] });
                break;
            case 2:
                Add(new Average { Name = name }, _last, _last);
                break;
            case 3:
                string source = _last;
                Convolution(_shape.Channels, 1, keepsSize: true);
                Maybe(Activation);
                Add(new Subtract { Name = name }, source, _last);
                break;
            case 4:
                int channels = _shape.Channels;
                Add(new Normalization
                {
                    Name = name,
                    Mean = Weights(channels),
                    Variance = Weights(channels).Map(value => 0.1f + MathF.Abs(value)),
                });
                break;
            case 5:
                Add(new UpSampling2D { Name = name, Size = Pick((2, 2), (1, 1)) });
                break;
            case 6:
                (int Before, int After) cut = (_random.Next(2), _random.Next(2));
                Add(new Cropping2D { Name = name, Rows = cut, Columns = (cut.After, _random.Next(2)) });
                break;
            case 7:
                Add(new CenterCrop { Name = name, Height = _shape[0] - _random.Next(3), Width = _shape[1] - _random.Next(3) });
                break;
            default:
                Add(new GlobalMaxPooling2D { Name = name, KeepDims = true });
                break;
        }
    }

    /// <summary>What ends the network: dense layers, or nothing but the last block.</summary>
    public void Head()
    {
        switch (_random.Next(_choices.Everything ? 6 : 4))
        {
            case < 2:
                Add(new GlobalAveragePooling2D { Name = "gap", KeepDims = _choices.Everything && OneIn(4) });
                break;
            case < 4:
                Add(new Flatten { Name = "flat" });
                break;
            case 4:
                Add(new Reshape { Name = "reshape", TargetShape = new Shape(_shape.Size) });
                break;
            default:
                Dense(_random.Next(2, 11), "map");
                return;
        }

        Maybe(() => Add(new Dropout { Name = "drop" }));
        if (OneIn(2))
        {
            Dense(_random.Next(2, 8), "hidden");
            Activation();
        }

        Dense(_random.Next(2, 11), "classifier");
        if (_choices.Everything && OneIn(4))
        {
            Add(new Activation { Name = "softmax", Function = "softmax" });
        }
    }

    private void Skip()
    {
        string skip = _last;
        int channels = _shape.Channels;
        Convolution(channels, 3, keepsSize: true);
        Activation();
        Convolution(channels, 3, keepsSize: true);
        Add(new Add { Name = Name("add"), Average = OneIn(3) }, skip, _last);
        if (OneIn(2))
        {
            Activation();
        }
    }

    /// <summary>Two or three convolutions of one input that are added or joined, each with or without an activation.</summary>
    private void Branches()
    {
        (string source, Shape shape) = (_last, _shape);
        bool joins = OneIn(2);
        int channels = _random.Next(1, 7);
        List<string> ends = [];
        for (int i = _choices.Everything ? _random.Next(2, 4) : 2; i > 0; i--)
        {
            (_last, _shape) = (source, shape);
            Convolution(joins ? _random.Next(1, 7) : channels, _choices.Everything ? Pick(1, 3, 5) : Pick(1, 3), keepsSize: true);
            if (!_choices.Everything || OneIn(2))
            {
                Activation();
            }

            ends.Add(_last);
        }

        if (joins)
        {
            Add(new Concatenate { Name = Name("join") }, [.. ends]);
        }
        else
        {
            _last = ends[0];
            foreach (string end in ends[1..])
            {
                Add(new Add { Name = Name("add"), Average = OneIn(3) }, _last, end);
            }
        }

        if (_choices.Everything)
        {
            Maybe(Activation);
        }
    }

    private void Convolution(int filters, int kernel, bool keepsSize = false)
    {
        bool bias = OneIn(2);
        bool square = keepsSize || !_choices.Everything || !OneIn(6);
        ConvolutionWindow window = Window(kernel, square ? kernel : Kernel(), keepsSize);
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

    /// <summary>As other frameworks pad: the same number of zeros on all sides, whatever the stride.</summary>
    private void PaddedConvolution()
    {
        int kernel = Pick(1, 3, 5, 7);
        int stride = _random.Next(1, 4);
        int filters = _random.Next(1, 9);
        ZeroPadding(kernel / 2, kernel / 2);
        Add(new Conv2D
        {
            Name = Name("conv"),
            Filters = filters,
            Window = new ConvolutionWindow { KernelSize = (kernel, kernel), Strides = (stride, stride), Padding = Padding.Valid },
            Kernel = Weights(kernel, kernel, _shape.Channels, filters),
            Bias = Weights(filters),
        });
    }

    private void Depthwise()
    {
        int kernel = Pick(_choices.DepthwiseKernels);
        Add(new DepthwiseConv2D
        {
            Name = Name("dw"),
            Window = Window(kernel, kernel),
            Kernel = Weights(kernel, kernel, _shape.Channels, 1),
            Bias = Weights(_shape.Channels),
        });
    }

    private void Separable(int filters) => Add(new SeparableConv2D
    {
        Name = Name("sep"),
        Filters = filters,
        Window = Window(3, 3),
        DepthwiseKernel = Weights(3, 3, _shape.Channels, 1),
        PointwiseKernel = Weights(1, 1, _shape.Channels, filters),
        Bias = Weights(filters),
    });

    private void Transposed(int filters)
    {
        int kernel = _choices.Everything ? Pick(2, 3, 4, 5) : Pick(3, 4);
        int stride = _shape.Size > 800 ? 1 : _choices.Everything ? _random.Next(1, 3) : 2;
        TransposedWindow window = new()
        {
            Forward = new ConvolutionWindow
            {
                KernelSize = (kernel, kernel),
                Strides = (stride, stride),
                Padding = !_choices.Everything || OneIn(2) ? Padding.Same : Padding.Valid,
            },
        };
        int channels = _shape.Channels;
        bool canBeDepthwise = stride == 2 && window.Forward.Padding == Padding.Same;
        Add(
            canBeDepthwise && OneIn(2)
                ? new DepthwiseConv2DTranspose
                {
                    Name = Name("up_dw"),
                    Window = window,
                    Kernel = Weights(kernel, kernel, channels, 1),
                    Bias = Weights(channels),
                }
                : new Conv2DTranspose
                {
                    Name = Name("up"),
                    Filters = filters,
                    Window = window,
                    Kernel = Weights(kernel, kernel, filters, channels),
                    Bias = Weights(filters),
                });
    }

    private void Dense(int units, string name) =>
        Add(
            new Dense
            {
                Name = name,
                Units = units,
                Kernel = Weights(_shape.Channels, units),
                Bias = Weights(units),
            });

    private void Activation() =>
        Add(
            _random.Next(8) switch
            {
                0 => new TableActivation
                {
                    Name = Name("table"),
                    Function = Pick("gelu", "swish", "hard_silu", "leaky_relu"),
                    Alpha = _random.Next(3) * 0.1,
                },
                1 when _choices.Everything => new Activation { Name = Name("activation"), Function = Pick("gelu", "swish", "relu") },
                _ => new ReLU { Name = Name("relu"), MaxValue = OneIn(3) ? 6f : null },
            });

    private void ZeroPadding(int before, int after) =>
        Add(new ZeroPadding2D { Name = Name("pad"), Rows = (before, after), Columns = (before, after) });

    private void Normalization()
    {
        int channels = _shape.Channels;
        Add(new BatchNormalization
        {
            Name = Name("bn"),
            Gamma = Weights(channels).Map(value => 0.5f + MathF.Abs(value)),
            Beta = Weights(channels),
            MovingMean = Weights(channels),
            MovingVariance = Weights(channels).Map(value => 0.1f + MathF.Abs(value)),
        });
    }

    private void Pooling()
    {
        int size = _choices.Everything ? _random.Next(2, 4) : 2;
        int stride = _choices.Everything ? _random.Next(1, 4) : 2;
        Add(new MaxPooling2D
        {
            Name = Name("pool"),
            Window = Padded(new ConvolutionWindow { KernelSize = (size, size), Strides = (stride, stride), Padding = Border(size, size) }),
        });
    }

    private ConvolutionWindow Window(int height, int width, bool keepsSize = false)
    {
        int stride = keepsSize ? 1 : _random.Next(1, _choices.Strides + 1);
        ConvolutionWindow window = new()
        {
            KernelSize = (height, width),
            Strides = (stride, stride),
            Padding = keepsSize ? Padding.Same : Border(height, width),
        };
        return keepsSize ? window : Padded(window);
    }

    /// <summary>
    /// The window with half of the kernel as pads on all sides, as PyTorch has it, any pads, or the larger half before; or as it
    /// is.
    /// </summary>
    private ConvolutionWindow Padded(ConvolutionWindow window)
    {
        (int height, int width) = window.KernelSize;
        return !_choices.Pads ? window : _random.Next(4) switch
        {
            0 => window with { Padding = Padding.SameUpper },
            1 => window with
            {
                Padding = Padding.Explicit,
                Pads = new EdgePads(height - 1, _random.Next(width), _random.Next(height), width - 1),
            },
            2 => window,
            _ => window with { Padding = Padding.Explicit, Pads = new EdgePads(height / 2, width / 2, height / 2, width / 2) },
        };
    }

    private Padding Border(int height, int width) =>
        _shape[0] < height || _shape[1] < width || OneIn(2) ? Padding.Same : Padding.Valid;

    private void Add(Layer layer, params string[] inputs)
    {
        _nodes.Add(new Node(layer, inputs.Length == 0 ? [_last] : inputs));
        _last = layer.Name;
        _shape = Model().Plan.Output.Shape;
    }

    private int Kernel() => Pick(_choices.Kernels);

    private void Maybe(Action add)
    {
        if (OneIn(2))
        {
            add();
        }
    }

    private bool OneIn(int count) => _random.Next(count) == 0;

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private string Name(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{_nodes.Count}");

    private NdArray<float> Weights(params int[] dimensions)
    {
        Shape shape = new(dimensions);
        float[] values = new float[shape.Size];
        for (int i = 0; i < values.Length; i++)
        {
            // Away from zero: a filter that is nearly dead next to its bias does not fit an accumulator, and is refused.
            double value = (_random.NextDouble() - 0.5) * 1.4;
            values[i] = (float)(value + (value < 0 ? -0.05 : 0.05));
        }

        return new NdArray<float>(shape, values);
    }
}
