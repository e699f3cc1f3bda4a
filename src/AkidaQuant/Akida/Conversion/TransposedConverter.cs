using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Akida.Conversion;

/// <summary>What the converters of transposed convolutions share (convert.md 4.5).</summary>
internal abstract class TransposedConverter<TLayer> : BlockConverter
    where TLayer : QuantizedWeightedLayer
{
    /// <inheritdoc/>
    public override IReadOnlyList<Type[]> Patterns { get; } = BlockTail.AnyActivation.Behind(typeof(TLayer));

    /// <inheritdoc/>
    public override bool Supports(AkidaVersion version) => version == AkidaVersion.V2;

    /// <summary>How the kernel moves.</summary>
    protected abstract TransposedWindow WindowOf(TLayer layer);

    /// <inheritdoc/>
    public override bool AllowsInnerQuantizer(Block block, PlanStep<Node> step) => BlockActivation.IsReadFrom(block, step);

    /// <inheritdoc/>
    public override void Check(Block block, ConversionContext context)
    {
        PlanStep<Node> main = block.Find<TLayer>()!;
        var layer = (TLayer)main.Node.Layer;
        ConvolutionWindow window = WindowOf(layer).Forward;
        ConvolutionRules.RequireSquare(context, main, window);
        if (window.KernelSize.Height is not 3 and not 4)
        {
            throw context.Error(
                "AkidaTransposedKernel",
                main,
                $"its kernel is {window.KernelSize.Height}x{window.KernelSize.Width}, and Akida has transposed ones of 3x3 and 4x4.");
        }

        Shape input = context.Input(main).Shape;
        Shape output = main.Prepared.Output.Shape;
        if (window.Strides.Height != AkidaTransposedLayer.Stride || window.Padding != Padding.Same
            || output[0] != input[0] * AkidaTransposedLayer.Stride || output[1] != input[1] * AkidaTransposedLayer.Stride)
        {
            throw context.Error(
                "AkidaTransposedWindow",
                main,
                $"it makes an output of {output[0]}x{output[1]} of an input of {input[0]}x{input[1]}, with strides of {window.Strides.Height} and {window.PaddingText}, and Akida has strides of 2, padding 'same' and twice the size only.");
        }

        ConvolutionRules.RequireWeightBits(context, main, "weight_quantizer", Settings(layer).Weights().Bitwidth, 4, 8);
        BlockActivation.CheckIn(block, context);
    }

    /// <summary>The settings of the quantized layer.</summary>
    protected static QuantizerSettings Settings(TLayer layer) => QuantizerSettings.OfKernel(layer.Name, layer.Settings);

    /// <summary>The variables of the linear part: weights in the shape that quantization records them in, shifts, bias.</summary>
    protected static AkidaVariables Linear(ConversionContext context, PlanStep<Node> main, int channels, int filters)
    {
        AkidaVariables variables = [];
        Shape kernel = main.Prepared.Recorded.Tensor("weight_quantizer/qweights")!.Values.Shape;
        variables.Add("weights", RecordedIntegers.Weights(context, main, "weight_quantizer", kernel.ToArray()));
        RecordedIntegers.AddShift(context, main, "input_shift", "input_shift", channels, variables);
        RecordedIntegers.AddBias(context, main, filters, variables);
        return variables;
    }
}
