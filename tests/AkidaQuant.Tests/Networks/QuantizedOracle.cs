using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Numerics;
using AkidaQuant.Numerics.Quantizers;
using AkidaQuant.Tests.Reference;

namespace AkidaQuant.Tests.Networks;

/// <summary>
/// A quantized model computed as layers.md states it, one operation of numerics.md after the other on the plain
/// tensors of AkidaQuant.Numerics: slow, and independent of how layers prepare and run themselves.
/// </summary>
public sealed partial class QuantizedOracle
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly int _batch;

    private QuantizedOracle(int batch) => _batch = batch;

    /// <summary>The tensor that each quantized layer gives for all samples, by name.</summary>
    public static IReadOnlyDictionary<string, Value> Run(Model model, SampleSet samples)
    {
        QuantizedOracle oracle = new(samples.Count);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is not InputLayer && !node.Inputs.All(oracle._values.ContainsKey))
            {
                continue;
            }

            Value? value = node.Layer switch
            {
                InputLayer input => Input(input, samples),
                InputQuantizer quantizer => Quantize(quantizer, samples),
                QuantizedLayer layer => oracle.Compute(layer, [.. node.Inputs.Select(input => oracle._values[input])]),
                _ => null,
            };
            if (value is not null)
            {
                oracle._values[node.Name] = value;
            }
        }

        return oracle._values;
    }

    /// <summary>The tensor that one quantized layer gives.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="inputs">What it takes, the batch first.</param>
    public static Value Of(QuantizedLayer layer, int batch, params Value[] inputs) => new QuantizedOracle(batch).Compute(layer, inputs);

    private static Value? Input(InputLayer layer, SampleSet samples)
    {
        if (layer.Type is not { } type)
        {
            return new Value(new FixedPoint(NdArray<long>.Scalar(0), 1, 0), null);
        }

        long[] values = new long[samples.Count * layer.Shape.Size];
        samples.CopyTo(0, samples.Count, values);
        return new Value(new FixedPoint(new NdArray<long>(layer.Shape.Prepend(samples.Count), values), type.ValueBits(), 0), null);
    }

    /// <summary>numerics.md 6.1.</summary>
    private static Value Quantize(InputQuantizer layer, SampleSet samples)
    {
        float[] values = new float[samples.Count * samples.SampleShape.Size];
        samples.CopyTo(0, samples.Count, values);
        NdArray<float> x = new(samples.SampleShape.Prepend(samples.Count), values);
        ScalarOrVector<float> min = ScalarOrVector<float>.From(layer.RangeMin);
        ScalarOrVector<float> max = ScalarOrVector<float>.From(layer.RangeMax);
        ScalarOrVector<float> magnitude = max.Zip(min, (high, low) =>
            layer.Signed ? MathF.Max(MathF.Abs(high), MathF.Abs(low)) : high - low);
        ScalarOrVector<int> fracBits = magnitude.Map(range => Rounding.MaxFracBits(layer.ValueBits, range));
        FixedPoint quantized = FixedPoint.Quantize(x, layer.ValueBits, fracBits);
        if (layer.Signed)
        {
            return new Value(quantized, null);
        }

        NdArray<float> zeros = min.Map(low => -low).ToArray();
        FixedPoint zero = FixedPoint.Quantize(zeros, layer.ValueBits, fracBits);
        return new Value(quantized + zero, ScalarOrVector<float>.Scalar(1f), IsConstant: true);
    }

    private Value Compute(QuantizedLayer layer, Value[] inputs) =>
        layer switch
        {
            QuantizedRescaling rescaling => Rescale(rescaling, inputs[0]),
            QuantizedConv2D convolution => Convolve(convolution, inputs[0]),
            QuantizedDepthwiseConv2D depthwise => Convolve(depthwise, inputs[0]),
            QuantizedSeparableConv2D separable => Convolve(separable, inputs[0]),
            QuantizedDense dense => Multiply(dense, inputs[0]),
            QuantizedReLU relu => Rectify(relu, inputs[0]),
            QuantizedAdd add => Sum(add, inputs[0].Tensor, inputs[1].Tensor),
            QuantizedGlobalAveragePooling2D pooling => Average(pooling, inputs[0]),
            QuantizedMaxPool2D pooling => inputs[0] with
            {
                Tensor = Pooling.MaxPool(inputs[0].Tensor, pooling.Window.KernelSize, Steps(pooling.Window)),
            },
            QuantizedFlatten => Flatten(inputs[0]),
            QuantizedReshape reshape => inputs[0] with { Tensor = Reshape(inputs[0].Tensor, reshape.TargetShape) },
            QuantizedDropout => inputs[0],
            QuantizedConv2DTranspose transposed => Scatter(transposed, inputs[0]),
            QuantizedDepthwiseConv2DTranspose transposed => Scatter(transposed, inputs[0]),
            QuantizedActivation activation => Tabulate(activation, inputs[0]),
            QuantizedConcatenate join => new Value(Joining.Concat(inputs[0].Tensor, inputs[1].Tensor, join.Axis), null),
            QuantizedPermute permute => Permute(permute, inputs[0]),
            QuantizedExtractToken token => Extract(token, inputs[0]),
            _ => throw new InvalidOperationException($"The oracle does not know {layer.ClassName}."),
        };

    /// <summary>layers.md 8.</summary>
    private static Value Rescale(QuantizedRescaling layer, Value input)
    {
        float factor = (float)layer.Scale;
        return input with
        {
            Scales = input.Scales is { } scales ? scales.Map(scale => scale * factor) : ScalarOrVector<float>.Scalar(factor),
            IsConstant = input.Scales is null || input.IsConstant,
        };
    }

    /// <summary>layers.md 4.1 and 4.2.</summary>
    private static Value Convolve(QuantizedConv2D layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer - 1);
        QuantizedWeights weights = settings.Quantize("weight_quantizer", layer.Kernel);
        FixedPoint image = input.Tensor;
        ConvolutionSteps steps = Steps(layer.Window);
        if (layer.PaddingValue is { } border)
        {
            image = Pad(
                image,
                Align(
                    border.Length == 1 ? NdArray<float>.Scalar(border[0]) : NdArray<float>.Vector(border),
                    input,
                    settings.Bits("weight_quantizer", 4),
                    settings.Signed("weight_quantizer")),
                layer.Window);
            steps = steps with { Padding = Padding.Valid };
        }

        return Finish(
            layer,
            settings,
            new Value(Convolutions.Convolution(image, Kernel(weights), steps), Product(input.Scales, weights)),
            layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 4.4.</summary>
    private static Value Convolve(QuantizedDepthwiseConv2D layer, Value given)
    {
        LayerSettings settings = new(layer);
        QuantizedWeights weights = settings.Quantize("weight_quantizer", layer.Kernel);
        FixedPoint sums = Convolutions.DepthwiseConvolution(
            given.Tensor.Promote(settings.Buffer - 1),
            Kernel(weights),
            Steps(layer.Window));
        return Finish(layer, settings, new Value(sums, Product(null, weights)), layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 4.6.</summary>
    private static Value Convolve(QuantizedSeparableConv2D layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer - 1);
        QuantizedWeights depthwise = settings.Quantize("dw_weight_quantizer", layer.DepthwiseKernel);
        QuantizedWeights pointwise = settings.Quantize("pw_weight_quantizer", layer.PointwiseKernel);
        FixedPoint middle = Convolutions.DepthwiseConvolution(input.Tensor, Kernel(depthwise), Steps(layer.Window));
        FixedPoint sums = Convolutions.Convolution(middle, Kernel(pointwise), new ConvolutionSteps());
        return Finish(layer, settings, new Value(sums, Product(Product(null, depthwise), pointwise)), layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 4.7.</summary>
    private static Value Multiply(QuantizedDense layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer - 1);
        QuantizedWeights weights = settings.Quantize("weight_quantizer", layer.Kernel);
        return Finish(
            layer,
            settings,
            new Value(Linear.MatMul(input.Tensor, Kernel(weights)), Product(input.Scales, weights)),
            layer.UseBias ? layer.Bias : null);
    }

    /// <summary>layers.md 5.1.</summary>
    private static Value Rectify(QuantizedReLU layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = given with
        {
            Tensor = given.Tensor.Promote(settings.Buffer),
            Scales = given.Scales ?? ScalarOrVector<float>.Scalar(1f),
            IsConstant = given.Scales is null || given.IsConstant,
        };
        FixedPoint result = Elementwise.Maximum(input.Tensor, Elementwise.ZerosLike(input.Tensor));
        if (layer.MaxValue is { } most)
        {
            AlignedTensor bound = Align(NdArray<float>.Scalar(most), input, settings.Bits("max_value_quantizer", 8), signed: false);
            result = Elementwise.Clip(result, Elementwise.ZerosLike(result), Tensor(bound, result));
        }

        return Finish(layer, settings, input with { Tensor = result }, null);
    }

    /// <summary>layers.md 7.1.</summary>
    private static Value Sum(QuantizedAdd layer, FixedPoint left, FixedPoint right)
    {
        LayerSettings settings = new(layer);
        int valueBits = settings.Buffer - 1;
        FixedPoint sum = left.Align(right, valueBits).Result + right.Align(left, valueBits).Result;
        return Finish(layer, settings, new Value(layer.Average ? Halve(sum) : sum, null), null);
    }

    private static FixedPoint Halve(FixedPoint sum) => new(sum.Values, sum.ValueBits, sum.FracBits.Map(bits => bits + 1));

    /// <summary>layers.md 6.2.</summary>
    private static Value Average(QuantizedGlobalAveragePooling2D layer, Value given)
    {
        LayerSettings settings = new(layer);
        Value input = Prepare(given, settings.Buffer);
        int positions = input.Tensor.Shape[1] * input.Tensor.Shape[2];
        ScalarOrVector<float> scales = input.Scales?.Map(scale => scale * (1f / positions))
            ?? ScalarOrVector<float>.Scalar((float)(1.0 / positions));
        FixedPoint sum = Reductions.Sum(input.Tensor, [1, 2], layer.KeepDims);
        return Finish(layer, settings, new Value(sum, scales, IsConstant: input.Scales is null || input.IsConstant), null);
    }

    /// <summary>layers.md 8; channels whose shift exceeds the value bits saturate instead of being refused.</summary>
    private Value Flatten(Value input)
    {
        FixedPoint x = input.Tensor;
        int finest = x.FracBits.Span.ToArray().Max();
        long[] values = new long[x.Values.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int shift = finest - x.FracBits[x.FracBits.Count == 1 ? 0 : i % x.FracBits.Count];
            values[i] = Rounding.Saturate((Int128)x.Values.Values[i] << shift, x.ValueBits);
        }

        return new Value(new FixedPoint(new NdArray<long>(new Shape(_batch, values.Length / _batch), values), x.ValueBits, finest), null);
    }

    private FixedPoint Reshape(FixedPoint x, Shape target) =>
        new(new NdArray<long>(Resolved(x.Shape.Size / _batch, target).Prepend(_batch), x.Values.Values), x.ValueBits, x.FracBits);

    private static Shape Resolved(int size, Shape target)
    {
        int known = target.Where(dimension => dimension > 0).Aggregate(1, (product, dimension) => product * dimension);
        return new Shape([.. target.Select(dimension => dimension == Shape.Unknown ? size / known : dimension)]);
    }

    /// <summary>layers.md 2.3, steps 3 and 4.</summary>
    private static Value Prepare(Value input, int valueBits)
    {
        FixedPoint prepared = input.Tensor.IsPerTensor ? input.Tensor.Promote(valueBits) : input.Tensor.Expand(valueBits).Result;
        return input with { Tensor = prepared };
    }

    /// <summary>layers.md 2.4 and 2.5.</summary>
    private static Value Finish(QuantizedLayer layer, LayerSettings settings, Value sums, NdArray<float>? bias)
    {
        Value result = sums;
        if (bias is not null)
        {
            AlignedTensor aligned = Align(bias, sums, settings.Bits("bias_quantizer", 8), settings.Signed("bias_quantizer"));
            result = result with { Tensor = result.Tensor + Tensor(aligned, result.Tensor) };
        }

        if (layer.OutputQuantizer is not { } quantizer)
        {
            return result;
        }

        FixedPoint x = result.Tensor;
        if (result.Scales is { } scales)
        {
            ScalarOrVector<float> rate = ScalarOrVector<float>.From(quantizer.RescalingRate);
            x = new QFloat(x, scales.Zip(rate, (scale, by) => scale * by))
                .Promote(quantizer.BufferBitwidth)
                .ToFixedPoint(quantizer.ScaleBits)
                .Result;
        }

        ScalarOrVector<int> fracBits = ScalarOrVector<float>
            .From(quantizer.RangeMax)
            .Map(range => Rounding.MaxFracBits(quantizer.ValueBits, range));

        // In more bits than a shift needs: what lies beyond the output's saturates after it.
        FixedPoint wide = x.Rescale(fracBits, 62).Result;
        return new Value(new FixedPoint(wide.Values, quantizer.ValueBits, wide.FracBits), null);
    }

    /// <summary>numerics.md 5.3.</summary>
    private static AlignedTensor Align(NdArray<float> x, Value target, int bitwidth, bool signed) => AlignedQuantization.Quantize(
        x, target.Scales!.Value, target.Tensor.FracBits, target.Tensor.ValueBits, bitwidth, signed, target.IsConstant);

    private static FixedPoint Tensor(AlignedTensor aligned, FixedPoint target)
    {
        long[] values =
            aligned.Values.Count == 1 ? [.. Enumerable.Repeat(aligned.Values[0], target.Shape.Channels)] : aligned.Values.Span.ToArray();
        return new FixedPoint(NdArray<long>.Vector(values), target.ValueBits, target.FracBits);
    }

    /// <summary>layers.md 3, explicit padding.</summary>
    private static FixedPoint Pad(FixedPoint image, AlignedTensor border, ConvolutionWindow window)
    {
        (int top, int height) = window.Padding == Padding.Explicit ? (window.Pads.Top, window.Pads.Top + window.Pads.Bottom)
            : Side(image.Shape[1], window.KernelSize.Height, window.Strides.Height, window.Dilation.Height, window.Padding);
        (int left, int width) = window.Padding == Padding.Explicit ? (window.Pads.Left, window.Pads.Left + window.Pads.Right)
            : Side(image.Shape[2], window.KernelSize.Width, window.Strides.Width, window.Dilation.Width, window.Padding);
        Shape padded = new(image.Shape[0], image.Shape[1] + height, image.Shape[2] + width, image.Shape[3]);
        long[] values = new long[padded.Size];
        int next = 0;
        for (int sample = 0; sample < padded[0]; sample++)
        {
            for (int y = -top; y < padded[1] - top; y++)
            {
                for (int x = -left; x < padded[2] - left; x++)
                {
                    for (int channel = 0; channel < padded[3]; channel++)
                    {
                        bool isInside = y >= 0 && y < image.Shape[1] && x >= 0 && x < image.Shape[2];
                        values[next++] = isInside
                            ? image.Values.Values[(((((sample * image.Shape[1]) + y) * image.Shape[2]) + x) * padded[3]) + channel]
                            : border.Values[border.Values.Count == 1 ? 0 : channel];
                    }
                }
            }
        }

        return new FixedPoint(new NdArray<long>(padded, values), image.ValueBits, image.FracBits);
    }

    /// <summary>The amounts of "same" as if there were no dilation, unless the window says that the larger half goes before.</summary>
    private static (int Before, int Total) Side(int size, int kernel, int stride, int dilation, Padding padding)
    {
        int extent = padding == Padding.SameUpper ? ((kernel - 1) * dilation) + 1 : kernel;
        int total = Math.Max(size % stride == 0 ? extent - stride : extent - (size % stride), 0);
        return (padding == Padding.SameUpper ? total - (total / 2) : total / 2, total);
    }

    private static ConvolutionSteps Steps(ConvolutionWindow window) => new(
        window.Strides.Height, window.Strides.Width, window.Dilation.Height, window.Dilation.Width, window.Padding, window.Pads);

    private static FixedPoint Kernel(QuantizedWeights weights) =>
        new(weights.Values.Map(value => (long)value), weights.ValueBits, weights.FracBits);

    private static ScalarOrVector<float>? Product(ScalarOrVector<float>? input, QuantizedWeights weights)
    {
        if (weights.Scales is not { } scales)
        {
            return null;
        }

        bool isDepthwise = scales.Shape.Rank == 2;
        ScalarOrVector<float> own = scales.Shape.Rank == 0 || (isDepthwise && scales.Values.Length == 1)
            ? ScalarOrVector<float>.Scalar(scales.Values[0])
            : ScalarOrVector<float>.Vector(scales.Values);
        return input is { } given ? given.Zip(own, (left, right) => left * right) : own;
    }

    /// <summary>A tensor of integers with its scales.</summary>
    /// <param name="Tensor">The integers, the batch first.</param>
    /// <param name="Scales">The scales of a QFloat.</param>
    /// <param name="IsConstant">Whether the scales do not come from weights (numerics.md 1.2).</param>
    public sealed record Value(FixedPoint Tensor, ScalarOrVector<float>? Scales, bool IsConstant = false);

    /// <summary>The settings of a layer with the defaults of quantize.md 6.2.</summary>
    private sealed class LayerSettings(QuantizedLayer layer)
    {
        public int Buffer => (int)layer.Settings!["buffer_bitwidth"]!;

        public int Bits(string quantizer, int defaultBits) => Setting(quantizer, "bitwidth", defaultBits);

        public bool Signed(string quantizer) => Setting(quantizer, "signed", true);

        public QuantizedWeights Quantize(string quantizer, NdArray<float> weights) =>
            WeightQuantization.Quantize(
                weights,
                Bits(quantizer, 4),
                Signed(quantizer),
                Setting<int?>(quantizer, "axis", -1),
                Setting(quantizer, "fp_quantizer", false));

        private T Setting<T>(string quantizer, string key, T defaultValue) =>
            layer.Settings!.GetValueOrDefault(quantizer) is QuantSettings settings && settings.TryGetValue(key, out object? value)
                ? (T)value!
                : defaultValue;
    }
}
