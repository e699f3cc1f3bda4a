using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;

namespace AkidaQuant.Akida.Conversion;

/// <summary>Brings the input of a model into the three dimensions of Akida, and makes InputData (convert.md 3.1).</summary>
internal static class InputShapes
{
    private const int Dimensions = 3;
    private const int Version1Bits = 4;

    /// <summary>A shape with dimensions of 1 put before it.</summary>
    /// <exception cref="QuantException">It has more than three.</exception>
    public static Shape Pad(ConversionContext context, Shape shape) => shape.Rank <= Dimensions
        ? new Shape([.. Enumerable.Repeat(1, Dimensions - shape.Rank), .. shape])
        : throw context.Error("AkidaInputRank", $"its input {shape} has more than three dimensions.");

    /// <summary>The shape of a sample of the model in the order in which it may come: channels first for a network from PyTorch.</summary>
    /// <exception cref="QuantException">It has more than three dimensions.</exception>
    public static Shape OfSamples(ConversionContext context)
    {
        Shape shape = Pad(context, context.Model.InputShape);
        return TakesChannelsFirst(context) ? shape.WithLastAxisFirst() : shape;
    }

    /// <summary>
    /// Whether samples may come to the Quantizer with their channels first; what a form made of them has its channels last always.
    /// </summary>
    public static bool TakesChannelsFirst(ConversionContext context) => context.Model.Input is { IsChannelsFirst: true, Form: null };

    /// <summary>The InputData for a layer that is no input layer itself, behind a Quantizer or for the model's input.</summary>
    /// <exception cref="QuantException">The model's input is unsigned, or not of the bits that the version takes.</exception>
    public static AkidaInputData InputData(ConversionContext context, IReadOnlyList<string> inbounds)
    {
        AkidaInputData? behind = inbounds.Count == 1 ? BehindQuantizer(context, (AkidaQuantizer)context.Layers[^1]) : null;
        if (context.Version == AkidaVersion.V1)
        {
            IntegerType type = context.Model.Input.Type ?? IntegerType.Int8;
            (int bits, bool isSigned) = behind is null ? (type.Bits(), type.IsSigned()) : (behind.InputBits, behind.InputSigned);
            return behind is not null && bits <= Version1Bits && !isSigned ? behind : throw context.Error(
                "AkidaV1InputBits",
                $"its first layer is not a convolution over images of 1 or 3 channels of unsigned bytes with a ReLU, and every other layer takes unsigned integers of at most {Version1Bits} bits, but the input is {(isSigned ? "signed" : "unsigned")} with {bits}. Begin with such a convolution, which Repair-QuantModel -Version 1.0 puts in front of images of 1 or 3 channels, or convert to Akida 2.0.{context.WayOut}");
        }

        return behind ?? ForModelInput(context, context.Model.Input);
    }

    private static AkidaInputData BehindQuantizer(ConversionContext context, AkidaQuantizer quantizer) => new()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"InputData_{context.Layers.Count + 1}"),
        Inbounds = [quantizer.Name],
        InputShape = quantizer.OutputShape,
        InputBits = quantizer.OutputBits,
        InputSigned = quantizer.OutputSigned,
    };

    private static AkidaInputData ForModelInput(ConversionContext context, InputLayer input)
    {
        IntegerType type = input.Type ?? IntegerType.Int8;
        return type.IsSigned()
            ? new AkidaInputData { Name = input.Name, InputShape = Pad(context, input.Shape), InputBits = type.Bits(), InputSigned = true }
            : throw context.Error(
                "AkidaInputUnsigned",
                $"its input '{input.Name}' is {type.FileName()}, which only a convolution over images of 1 or 3 channels takes, followed by a ReLU, a max pool between them or not, and by no global pooling; every other first layer takes signed integers. Begin with such a convolution, or give the model an int8 input.{context.WayOut}");
    }
}
