using AkidaQuant.Kernels;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using CsCheck;

namespace AkidaQuant.Tests.Networks;

/// <summary>Random image networks of the kind that people quantize: stem, blocks with or without a skip, head.</summary>
public static class RandomNetwork
{
    /// <summary>A network with random weights, and any scheme to quantize it with.</summary>
    public static Gen<(Model Model, QuantizationParams Parameters, ulong Seed)> Any => Of(Scheme(Gen.Int[2, 8], Gen.Int[2, 16], Gen.Int[3, 12]), separable: true);

    /// <summary>A network of layers and bit-widths that Akida 2.0 has.</summary>
    public static Gen<(Model Model, QuantizationParams Parameters, ulong Seed)> Convertible => Of(
        Scheme(Gen.OneOf(Gen.Const(4), Gen.Const(8)), Gen.OneOf(Gen.Const(4), Gen.Const(8)), Gen.Int[4, 8]), separable: false);

    private static Gen<(Model Model, QuantizationParams Parameters, ulong Seed)> Of(Gen<QuantizationParams> scheme, bool separable) =>
        from seed in Gen.UInt
        from height in Gen.Int[5, 13]
        from width in Gen.Int[5, 13]
        from channels in Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(4))
        from typed in Gen.Bool
        from blocks in Gen.Int[1, 4]
        from parameters in scheme
        select (Build(new Random((int)seed), height, width, channels, typed ? IntegerType.UInt8 : null, blocks, separable), parameters, (ulong)seed);

    private static Gen<QuantizationParams> Scheme(Gen<int> weightBits, Gen<int> inputWeightBits, Gen<int> outputBits) =>
        from weights in weightBits
        from first in inputWeightBits
        from activations in Gen.Int[1, 8]
        from outputs in outputBits
        from perTensor in Gen.Bool
        from last in Gen.OneOf(Gen.Const((int?)null), Gen.Const((int?)8), Gen.Const((int?)16))
        from signed in Gen.Bool
        select new QuantizationParams
        {
            WeightBits = weights,
            InputWeightBits = first,
            ActivationBits = activations,
            OutputBits = outputs,
            PerTensorActivations = perTensor,
            LastOutputBits = last,
            InputType = signed ? IntegerType.Int8 : IntegerType.UInt8,
        };

    private static Model Build(Random random, int height, int width, int channels, IntegerType? type, int blocks, bool separable)
    {
        Builder builder = new(random, new InputLayer { Name = "image", Shape = new Shape(height, width, channels), Type = type });
        builder.Add(new Rescaling { Name = "rescale", Scale = [type is null ? 0.5 : 1.0 / 255] });
        builder.Convolution(random.Next(1, 9), random.Next(2) == 0 ? 3 : 5);
        builder.Activation();
        for (int i = 0; i < blocks; i++)
        {
            builder.Block(separable);
        }

        builder.Head(random.Next(2, 11));
        return builder.Model();
    }

    private sealed class Builder(Random random, InputLayer input)
    {
        private static readonly string[] TableFunctions = ["gelu", "swish", "hard_silu", "leaky_relu"];

        private readonly List<Node> _nodes = [new Node(input, [])];
        private string _last = input.Name;
        private Shape _shape = input.Shape;

        public Model Model() => AkidaQuant.Model.Create("random", isSequential: false, _nodes, [_last]);

        public void Add(Layer layer, params string[] inputs)
        {
            string[] from = inputs.Length == 0 ? [_last] : inputs;
            _nodes.Add(new Node(layer, from));
            _last = layer.Name;
            _shape = new ExecutionPlan(Model()).Output.Shape;
        }

        public void Convolution(int filters, int kernel, int stride = 1, bool same = false, string? input = null)
        {
            bool bias = random.Next(2) == 0;
            if (input is not null)
            {
                _last = input;
                _shape = new ExecutionPlan(Model()).Output.Shape;
            }

            Add(new Conv2D
            {
                Name = Name("conv"),
                Filters = filters,
                Window = Window(kernel, stride, same),
                UseBias = bias,
                Kernel = Weights(kernel, kernel, _shape.Channels, filters),
                Bias = bias ? Weights(filters) : new NdArray<float>(new Shape(0), []),
            });
        }

        public void Block(bool separable)
        {
            int stride = _shape[0] >= 5 && _shape[1] >= 5 ? random.Next(1, 3) : 1;
            switch (random.Next(6))
            {
                case 0:
                    Depthwise(3, stride);
                    Maybe(Activation);
                    Convolution(random.Next(1, 9), 1);
                    break;
                case 1:
                    Convolution(random.Next(1, 9), random.Next(2) == 0 ? 1 : 3, stride);
                    Maybe(Normalization);
                    Maybe(Pooling);
                    break;
                case 2 when separable:
                    Separable(random.Next(1, 9));
                    break;
                case 3:
                    Transposed();
                    break;
                case 4:
                    string branch = _last;
                    Convolution(random.Next(1, 9), 3, same: true);
                    Activation();
                    string left = _last;
                    Convolution(random.Next(1, 5), 1, same: true, input: branch);
                    Activation();
                    Add(new Concatenate { Name = Name("cat") }, left, _last);
                    return;
                default:
                    string skip = _last;
                    Convolution(_shape.Channels, 3, same: true);
                    Activation();
                    Convolution(_shape.Channels, 3, same: true);
                    Add(new Add { Name = Name("add"), Average = random.Next(3) == 0 }, skip, _last);
                    return;
            }

            Activation();
        }

        public void Activation() => Add(random.Next(4) == 0
            ? new TableActivation { Name = Name("act"), Function = TableFunctions[random.Next(TableFunctions.Length)], Alpha = random.Next(3) * 0.1 }
            : new ReLU { Name = Name("relu"), MaxValue = random.Next(3) == 0 ? 6f : null });

        public void Head(int units)
        {
            Add(random.Next(2) == 0 ? new GlobalAveragePooling2D { Name = "gap" } : new Flatten { Name = "flat" });
            Maybe(() => Add(new Dropout { Name = "drop" }));
            if (random.Next(2) == 0)
            {
                Dense(random.Next(2, 8), "hidden");
                Activation();
            }

            Dense(units, "classifier");
        }

        private void Transposed()
        {
            int kernel = random.Next(3, 5);
            TransposedWindow window = new() { Forward = new ConvolutionWindow { KernelSize = (kernel, kernel), Strides = (2, 2), Padding = Padding.Same } };
            int channels = _shape.Channels;
            int filters = random.Next(1, 9);
            Add(random.Next(2) == 0
                ? new DepthwiseConv2DTranspose { Name = Name("tdw"), Window = window, Kernel = Weights(kernel, kernel, channels, 1), Bias = Weights(channels) }
                : new Conv2DTranspose { Name = Name("t"), Filters = filters, Window = window, Kernel = Weights(kernel, kernel, filters, channels), Bias = Weights(filters) });
        }

        private void Depthwise(int kernel, int stride) => Add(new DepthwiseConv2D
        {
            Name = Name("dw"),
            Window = Window(kernel, stride),
            Kernel = Weights(kernel, kernel, _shape.Channels, 1),
            Bias = Weights(_shape.Channels),
        });

        private void Separable(int filters) => Add(new SeparableConv2D
        {
            Name = Name("sep"),
            Filters = filters,
            Window = Window(3, 1),
            DepthwiseKernel = Weights(3, 3, _shape.Channels, 1),
            PointwiseKernel = Weights(1, 1, _shape.Channels, filters),
            Bias = Weights(filters),
        });

        private void Dense(int units, string name) => Add(new Dense { Name = name, Units = units, Kernel = Weights(_shape.Channels, units), Bias = Weights(units) });

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
            if (_shape[0] >= 2 && _shape[1] >= 2)
            {
                Add(new MaxPooling2D
                {
                    Name = Name("pool"),
                    Window = new ConvolutionWindow { KernelSize = (2, 2), Strides = (2, 2), Padding = random.Next(2) == 0 ? Padding.Same : Padding.Valid },
                });
            }
        }

        private void Maybe(Action add)
        {
            if (random.Next(2) == 0)
            {
                add();
            }
        }

        private ConvolutionWindow Window(int kernel, int stride, bool same = false) => new()
        {
            KernelSize = (kernel, kernel),
            Strides = (stride, stride),
            Padding = same || Math.Min(_shape[0], _shape[1]) < kernel || random.Next(2) == 0 ? Padding.Same : Padding.Valid,
        };

        private string Name(string kind) => $"{kind}_{_nodes.Count}";

        private NdArray<float> Weights(params int[] dimensions)
        {
            Shape shape = new(dimensions);
            float[] values = new float[shape.Size];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)((random.NextDouble() - 0.5) * 1.4);
            }

            return new NdArray<float>(shape, values);
        }
    }
}
