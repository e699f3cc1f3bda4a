using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters of convolutions check and read alike (convert.md 3.4, 3.5 and 4).</summary>
internal static class ConvolutionRules
{
    /// <summary>Refuses dilated kernels.</summary>
    public static void RequireNoDilation(ConversionContext context, PlanStep<Node> step, ConvolutionWindow window)
    {
        if (window.Dilation != (1, 1))
        {
            throw context.Error(
                "AkidaDilation",
                step,
                $"its dilation_rate is {window.Dilation}, and Akida has none. Use a dilation_rate of 1.");
        }
    }

    /// <summary>Refuses kernels and strides that are not square.</summary>
    public static void RequireSquare(ConversionContext context, PlanStep<Node> step, ConvolutionWindow window)
    {
        context.Attempt(() => RequireNoDilation(context, step, window));
        if (window.KernelSize.Height != window.KernelSize.Width)
        {
            context.Attempt(() => throw context.Error(
                "AkidaKernelNotSquare",
                step,
                context.Input(step).Shape is [1, _, _] && window.KernelSize.Height == 1
                    ? $"its kernel is 1x{window.KernelSize.Width}, as those of layers of one dimension are, and Akida has square ones. With the padding 'same', Repair-QuantModel puts it among the zeros of a square one."
                    : $"its kernel is {window.KernelSize.Height}x{window.KernelSize.Width}. Use a square kernel."));
        }

        if (window.Strides.Height != window.Strides.Width)
        {
            context.Attempt(() => throw context.Error(
                "AkidaStridesNotEqual",
                step,
                $"its strides are {window.Strides.Height} and {window.Strides.Width}. Use equal strides."));
        }
    }

    /// <summary>Refuses weights of other widths.</summary>
    public static void RequireWeightBits(ConversionContext context, PlanStep<Node> step, string quantizer, int bits, params int[] allowed)
    {
        if (!allowed.Contains(bits))
        {
            throw context.Error(
                "AkidaWeightBits",
                step,
                $"its {quantizer} has {bits} bits, and this Akida layer takes {string.Join(" or ", allowed)}. Quantize again with such weights.");
        }
    }

    /// <summary>The integers around an image, one a channel; zeros when there is no padding value (convert.md 3.4).</summary>
    /// <exception cref="QuantException">One is not a byte.</exception>
    public static byte[] PaddingValues(ConversionContext context, PlanStep<Node> step, int channels)
    {
        if (step.Prepared.Recorded.Tensor("padding_value_quantizer/qweights") is not { } values)
        {
            return new byte[channels];
        }

        foreach (long value in values.Values.Values)
        {
            if (value is < 0 or > byte.MaxValue)
            {
                throw context.Error(
                    "AkidaPaddingValueRange",
                    step,
                    $"its padding value is {value} as an integer, and must be from 0 to 255. Rescale the input so that its zero lies among the bytes.");
            }
        }

        return Array.ConvertAll(RecordedIntegers.Expand(values.Values.Values, channels), value => (byte)value);
    }

    /// <summary>Refuses a padding value other than 0 inside the network.</summary>
    public static void RequireZeroPadding(ConversionContext context, PlanStep<Node> step)
    {
        if (
            step.Prepared.Recorded.Tensor("padding_value_quantizer/qweights") is { } values
            && values.Values.Values.Any(value => value != 0))
        {
            throw context.Error(
                "AkidaPaddingValueInside",
                step,
                context.Version == AkidaVersion.V1
                    ? "it pads with a value, which only a first convolution over images of 1 or 3 channels can do. Use padding 'valid', or a Rescaling without offset."
                    : "it pads with a value, which only the first convolution of an image network can do. Use padding 'valid' or a Rescaling without offset; an input of real numbers needs none with the type int8 (New-QuantParameter -InputType), and Repair-QuantModel has it pad with zeros.");
        }
    }

    /// <summary>How a block pools.</summary>
    public static (PoolType Type, ConvolutionWindow? Window) Pool(Block block)
    {
        if (block.Find<QuantizedMaxPool2D>() is { } max)
        {
            return (PoolType.Max, ((QuantizedMaxPool2D)max.Node.Layer).Window);
        }

        return (block.Find<QuantizedGlobalAveragePooling2D>() is null ? PoolType.NoPooling : PoolType.Average, null);
    }
}
