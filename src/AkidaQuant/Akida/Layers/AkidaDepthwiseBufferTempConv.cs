using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution over time of every channel with its own weights, of shape (1, 1, T, C): the frame joins a queue of the
/// last ones, which is shifted left by <c>input_shift</c>, weighted and summed, the oldest frame first (akida-model.md
/// 1.4, convert.md 4.9 and 6.2).
/// </summary>
public sealed record AkidaDepthwiseBufferTempConv : AkidaFrameLayer
{
    /// <inheritdoc/>
    public override string TypeName => "DepthwiseBufferTempConv";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [.. FrameParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, 1, 1, FifoSize, Channels(input)),
        AkidaVariableRule.LeftShift("input_shift", Channels(input)),
        .. TailRules(Channels(input)),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        TensorSpec frame = inputs[0];
        FrameWindow window = new(Integers(frame), FifoSize);
        int channels = frame.Shape.Channels;
        IntegerDepthwiseConvolution sum = new(
            FrameWindow.PerChannel(window.Queue.Shape),
            Weights("weights", 1, 1, FifoSize, channels),
            InputShift("input_shift", channels),
            window.Queue.Range,
            BufferBits - 1);
        return Finish(
            frame.Shape,
            sum.OutputRange,
            window.Linear(sum.Run),
            (long)frame.Shape.Size * FifoSize,
            [window.Queue]);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.OfFrames(inputs[0].Shape, FifoSize, 1);
}
