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
}
