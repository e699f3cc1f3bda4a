using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>
/// A convolution over time: the frame joins a queue of the last ones, which is shifted left by <c>input_shift</c> and
/// multiplied at each position with weights of shape (1, 1, T x C, F), the oldest frame first (akida-model.md 1.4,
/// convert.md 4.9 and 6.2).
/// </summary>
public sealed record AkidaBufferTempConv : AkidaFrameLayer
{
    /// <summary>The number of output channels.</summary>
    public required int Filters { get; init; }

    /// <inheritdoc/>
    public override string TypeName => "BufferTempConv";

    /// <inheritdoc/>
    public override ValueList<KeyValuePair<string, object>> Parameters => [new("filters", Filters), .. FrameParameters];

    /// <inheritdoc/>
    internal override IEnumerable<AkidaVariableRule> Rules(Shape? input) =>
    [
        AkidaVariableRule.Kernel("weights", WeightsBits, 1, 1, input is { } frame ? FifoSize * frame.Channels : Shape.Unknown, Filters),
        AkidaVariableRule.LeftShift("input_shift", Channels(input)),
        .. TailRules(Filters),
    ];

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs)
    {
        TensorSpec frame = inputs[0];
        FrameWindow window = new(Integers(frame), FifoSize);
        int channels = frame.Shape.Channels;
        int depth = FifoSize * channels;
        int[]? shifts = InputShift("input_shift", channels) is { } shift
            ? [.. Enumerable.Repeat(shift, FifoSize).SelectMany(values => values)]
            : null;
        IntegerDense product = new(depth, Filters, Weights("weights", 1, 1, depth, Filters), shifts, window.Queue.Range, BufferBits - 1);
        return Finish(
            frame.Shape.WithChannels(Filters),
            product.OutputRange,
            window.Linear(product.Run),
            (long)frame.Shape[0] * frame.Shape[1] * depth * Filters,
            [window.Queue]);
    }

    /// <inheritdoc/>
    internal override LayerProducts CreateProducts(IReadOnlyList<TensorSpec> inputs) =>
        LayerProducts.OfFrames(inputs[0].Shape, FifoSize, Filters);
}
