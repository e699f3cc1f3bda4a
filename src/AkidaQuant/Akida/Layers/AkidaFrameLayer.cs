namespace AkidaQuant.Akida.Layers;

/// <summary>What the temporal convolutions of Akida 2.0 share: a queue of frames for each stream (akida-model.md 1.4).</summary>
public abstract record AkidaFrameLayer : AkidaIntegerLayer
{
    /// <summary>A layer that rectifies sums of 32 bits.</summary>
    protected AkidaFrameLayer()
    {
        BufferBits = 32;
        Activation = ActivationType.ReLU;
    }

    /// <summary>The number of frames that an output sees.</summary>
    public required int FifoSize { get; init; }

    /// <summary>Bits of the weights.</summary>
    public int WeightsBits { get; init; } = 8;

    /// <summary>The parameters of the queue and the output.</summary>
    protected IEnumerable<KeyValuePair<string, object>> FrameParameters =>
        [new("fifo_size", FifoSize), .. OutputParameters, new("weights_bits", WeightsBits)];

    /// <summary>The queue over frames, which begins with zeros.</summary>
    /// <exception cref="QuantException">The input is float.</exception>
    private protected QuantizedSpec Queue(TensorSpec frame)
    {
        QuantizedSpec integers = Integers(frame);
        return integers with
        {
            Shape = new Shape(frame.Shape[0], frame.Shape[1], FifoSize, frame.Shape[2]),
            Range = new ValueRange(Math.Min(integers.Range.Min, 0), Math.Max(integers.Range.Max, 0)),
        };
    }
}
