using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>Puts an InputQuantizer behind a float input (quantize.md 7).</summary>
internal static class InputQuantizerPlacement
{
    /// <summary>Inserts the quantizer, and prepares the first kernel for a zero point where inputs become unsigned.</summary>
    /// <exception cref="QuantException">Unsigned inputs whose first kernel cannot take up a zero point.</exception>
    public static void Insert(List<Node> nodes, QuantizationParams parameters, LayerNames names, Action<string>? warning)
    {
        Node input = nodes.First(node => node.Layer is InputLayer);
        var layer = (InputLayer)input.Layer;
        if (layer.Type is { } type)
        {
            if (type != parameters.InputType)
            {
                warning?.Invoke(
                    $"The model's input is {type.FileName()}, but the parameters say {parameters.InputType.FileName()}. The model's type is kept.");
            }

            return;
        }

        bool perAxis = !parameters.PerTensorActivations && layer.Shape.Rank >= 2 && !MixesChannels(nodes, input.Name, layer.Shape.Channels);
        NdArray<float> zeros = NdArray<float>.Filled(perAxis ? new Shape(layer.Shape.Channels) : Shape.Scalar, 0f);
        InputQuantizer quantizer = new()
        {
            Name = names.Next("input_quantizer", taken => nodes.Any(node => node.Name == taken)),
            Bitwidth = parameters.InputType.Bits(),
            Signed = parameters.InputType.IsSigned(),
            PerAxis = perAxis,
            RangeMin = zeros,
            RangeMax = zeros.Map(_ => 1f),
        };
        if (!quantizer.Signed && FirstKernel(nodes, input.Name) is { } first)
        {
            nodes[first] = nodes[first] with { Layer = PrepareForZeroPoint(nodes[first].Layer, layer.Shape) };
        }

        for (int i = 0; i < nodes.Count; i++)
        {
            nodes[i] = nodes[i] with { Inputs = [.. nodes[i].Inputs.Select(name => name == input.Name ? quantizer.Name : name)] };
        }

        nodes.Add(new Node(quantizer, [input.Name]));
    }

    /// <summary>
    /// Inserts a quantizer behind a layer in float whose output is taken by layers that compute in integers, with a range for each channel
    /// where only kernels take it. It is signed: behind an unsigned one no layer of a processor stands but one that takes images.
    /// </summary>
    /// <param name="nodes">The layers.</param>
    /// <param name="name">The layer in float.</param>
    /// <param name="shape">What it gives.</param>
    /// <param name="parameters">The scheme.</param>
    /// <param name="names">Gives the name.</param>
    public static void InsertBehind(List<Node> nodes, string name, Shape shape, QuantizationParams parameters, LayerNames names)
    {
        bool perAxis = !parameters.PerTensorActivations && shape.Rank >= 2
            && nodes.Where(node => node.Inputs.Contains(name)).All(node => node.Layer.HasQuantizableWeights);
        NdArray<float> zeros = NdArray<float>.Filled(perAxis ? new Shape(shape.Channels) : Shape.Scalar, 0f);
        InputQuantizer quantizer = new()
        {
            Name = names.Next("input_quantizer", taken => nodes.Any(node => node.Name == taken)),
            Bitwidth = 8,
            Signed = true,
            PerAxis = perAxis,
            RangeMin = zeros,
            RangeMax = zeros.Map(_ => 1f),
        };
        for (int i = 0; i < nodes.Count; i++)
        {
            nodes[i] = nodes[i] with { Inputs = [.. nodes[i].Inputs.Select(input => input == name ? quantizer.Name : input)] };
        }

        nodes.Add(new Node(quantizer, [name]));
    }

    /// <summary>
    /// Whether a layer at the input needs one scale for all channels: images are made of something else, or a table is looked up.
    /// The reference fails there.
    /// </summary>
    private static bool MixesChannels(List<Node> nodes, string name, int channels)
    {
        Stack<string> names = new([name]);
        while (names.TryPop(out string? from))
        {
            foreach (Node consumer in nodes.Where(node => node.Inputs.Contains(from)))
            {
                switch (consumer.Layer)
                {
                    case QuantizedLayer table when table.ToFloat().AskedInputBits is not null:
                    case QuantizedReshape reshape when reshape.TargetShape.Channels != channels:
                        return true;
                    case QuantizedMaxPool2D or QuantizedRescaling:
                        names.Push(consumer.Name);
                        break;
                }
            }
        }

        return false;
    }

    /// <summary>The position of the layer that takes up the zero point; null where quantization stops before it.</summary>
    private static int? FirstKernel(List<Node> nodes, string name)
    {
        while (true)
        {
            List<Node> consumers = [.. nodes.Where(node => node.Inputs.Contains(name))];
            if (consumers is [{ Layer: QuantizedRescaling }])
            {
                name = consumers[0].Name;
                continue;
            }

            return consumers is [{ Layer: QuantizedConv2D or QuantizedDense or QuantizedBufferTempConv }] ? nodes.IndexOf(consumers[0])
                : consumers is [{ Layer: Conv2D or Dense or BufferTempConv }] ? null
                : throw new QuantException(
                    "ZeroPointNotPossible",
                    QuantErrorKind.NotSupported,
                    $"Unsigned inputs need one Conv2D, Dense or BufferTempConv right behind the input, to take up their zero point, but there is {(consumers.Count == 1 ? $"'{consumers[0].Name}' ({consumers[0].Layer.ClassName})" : $"a branch into {consumers.Count} layers")}. Use a signed input type such as int8, or give the model a typed input.",
                    name);
        }
    }

    private static Layer PrepareForZeroPoint(Layer layer, Shape input)
    {
        switch (layer)
        {
            case QuantizedConv2D convolution:
                if (!convolution.UseBias)
                {
                    convolution = convolution with { UseBias = true, Bias = NdArray<float>.Filled(new Shape(convolution.Filters), 0f) };
                }

                return convolution.PaddingValue is null && convolution.Window.PadsAnything
                    ? convolution with { PaddingValue = [0f], Window = ForBorderValue(convolution.Window, input) }
                    : convolution;
            case QuantizedDense dense when !dense.UseBias:
                return dense with { UseBias = true, Bias = NdArray<float>.Filled(new Shape(dense.Units), 0f) };
            case QuantizedBufferTempConv temporal when !temporal.UseBias:
                return temporal with { UseBias = true, Bias = NdArray<float>.Filled(new Shape(temporal.Filters), 0f) };
            default:
                return layer;
        }
    }

    /// <summary>
    /// "Same" amounts around a border of a value of its own are those of a kernel that is not dilated (layers.md 3): a dilated one
    /// states its pads, where the reference makes the image smaller.
    /// </summary>
    private static ConvolutionWindow ForBorderValue(ConvolutionWindow window, Shape input) =>
        window is { Padding: Padding.Same, Dilation: not (1, 1) }
            ? window with
            {
                Padding = Padding.Explicit,
                Pads = window.PadsOver(input),
            }
            : window.ForBorderValue();
}
