using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Tests.Akida.Conversion;

/// <summary>Small quantized networks made by hand.</summary>
internal static class Networks
{
    public static InputLayer Image() => new() { Name = "image", Shape = new Shape(8, 8, 1), Type = IntegerType.UInt8 };

    /// <summary>An image, a convolution changed by the caller, a ReLU.</summary>
    public static Model Image(Func<QuantizedConv2D, QuantizedConv2D> change) => Chain(Image(), change(Conv("conv")), Relu("relu"));

    public static QuantizedConv2D Conv(string name, int channels = 1, int width = 3, int bits = 8) => new()
    {
        Name = name,
        Filters = 2,
        Window = new ConvolutionWindow { KernelSize = (3, width), Padding = Padding.Same },
        Kernel = Ramp(3, width, channels, 2),
        UseBias = false,
        Settings = Settings(bits),
    };

    /// <summary>A kernel of 5x5 with stride 2 that pads an even image as PyTorch does.</summary>
    public static QuantizedConv2D Large(string name) =>
        Conv(name) with
        {
            Window = new ConvolutionWindow
            {
                KernelSize = (5, 5),
                Strides = (2, 2),
                Padding = Padding.Explicit,
                Pads = new EdgePads(2, 2, 2, 2),
            },
            Kernel = Ramp(5, 5, 2, 2),
        };

    public static QuantizedConv2D WithBias(QuantizedConv2D layer, int bits)
    {
        QuantSettings settings = layer.Settings!.Clone();
        settings["bias_quantizer"] = new QuantSettings { ["bitwidth"] = bits };
        return layer with { UseBias = true, Bias = NdArray<float>.Vector([0.3f, -0.7f]), Settings = settings };
    }

    public static QuantizedDense Dense(string name, int inputs, int units = 2, int bits = 8) => new()
    {
        Name = name,
        Units = units,
        Kernel = Ramp(inputs, units),
        UseBias = false,
        Settings = Settings(bits),
    };

    public static QuantizedSeparableConv2D Separable(string name, int depthwiseBits, int pointwiseBits) => new()
    {
        Name = name,
        Filters = 2,
        Window = new ConvolutionWindow { KernelSize = (3, 3), Padding = Padding.Same },
        DepthwiseKernel = Ramp(3, 3, 2, 1),
        PointwiseKernel = Ramp(1, 1, 2, 2),
        UseBias = false,
        Settings = new QuantSettings
        {
            ["dw_weight_quantizer"] = new QuantSettings { ["bitwidth"] = depthwiseBits, ["axis"] = null },
            ["pw_weight_quantizer"] = new QuantSettings { ["bitwidth"] = pointwiseBits },
        },
    };

    public static QuantizedReLU Relu(string name, float? maximum = null) => new()
    {
        Name = name,
        MaxValue = maximum,
        Settings = [],
        OutputQuantizer = new OutputQuantizer { RangeMax = NdArray<float>.Scalar(200f) },
    };

    /// <summary>A bounded ReLU with unsigned outputs of 4 bits, as Akida 1.0 has.</summary>
    public static QuantizedReLU Relu4(string name) => Relu(name, 250f) with
    {
        OutputQuantizer = new OutputQuantizer { Bitwidth = 4, Signed = false, RangeMax = NdArray<float>.Scalar(200f) },
    };

    public static QuantizedMaxPool2D Pool(string name) => Pool(name, (2, 2));

    public static QuantizedMaxPool2D Pool(string name, (int Height, int Width) size) =>
        new() { Name = name, Window = new ConvolutionWindow { KernelSize = size, Strides = size } };

    public static QuantizedConv2DTranspose Transposed(int size) =>
        new()
        {
            Name = "transposed",
            Filters = 2,
            Window = new TransposedWindow
            {
                Forward = new ConvolutionWindow
                {
                    KernelSize = (size, size),
                    Strides = (2, 2),
                    Padding = Padding.Same,
                },
            },
            Kernel = Ramp(size, size, 2, 2),
            UseBias = false,
            Settings = Settings(8),
        };

    /// <summary>An image, a convolution, a ReLU, and a transposed convolution of its output.</summary>
    public static Model Decoder(QuantizedConv2DTranspose layer) => Chain(Image(), Conv("conv"), Relu("relu"), layer);

    /// <summary>A convolution whose outputs an activation has a table for.</summary>
    public static Model Table(int bits, int bufferBits = 32) =>
        Chain(
            Image(),
            Conv("conv") with
            {
                OutputQuantizer = new OutputQuantizer
                {
                    Bitwidth = bits,
                    BufferBitwidth = bufferBits,
                    RangeMax = NdArray<float>.Scalar(200f),
                },
            },
            new QuantizedActivation
            {
                Name = "gelu",
                Function = "gelu",
                Settings = [],
                OutputQuantizer = new OutputQuantizer { RangeMax = NdArray<float>.Scalar(200f) },
            });

    /// <summary>Two convolutions of one image, their activations joined.</summary>
    public static Model Join(QuantizedReLU a, QuantizedReLU b, int axis) => Graph(
        "cat",
        (Image(), []),
        (Conv("stem"), ["image"]),
        (Relu("relu"), ["stem"]),
        (Conv("ca", channels: 2), ["relu"]),
        (a, ["ca"]),
        (Conv("cb", channels: 2), ["relu"]),
        (b, ["cb"]),
        (new QuantizedConcatenate { Name = "cat", Axis = axis }, [a.Name, b.Name]));

    public static Model Chain(params Layer[] layers) => Model.Create(
        "model", false, layers.Select((layer, index) => new Node(layer, index == 0 ? [] : [layers[index - 1].Name])), [layers[^1].Name]);

    public static Model Graph(string output, params (Layer Layer, string[] Inputs)[] nodes) =>
        Model.Create("model", false, nodes.Select(node => new Node(node.Layer, node.Inputs)), [output]);

    private static QuantSettings Settings(int bits) => new()
    {
        ["weight_quantizer"] = new QuantSettings { ["bitwidth"] = bits },
        ["buffer_bitwidth"] = 28,
    };

    private static NdArray<float> Ramp(params int[] shape)
    {
        Shape dimensions = new(shape);
        return new NdArray<float>(dimensions, [.. Enumerable.Range(0, dimensions.Size).Select(i => ((i * 7 % 11) - 5) / 10f)]);
    }
}
