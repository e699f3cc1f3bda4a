namespace AkidaQuant.Layers;

/// <summary>A layer that computes in integers, with the settings it was quantized with (layers.md 2).</summary>
public abstract record QuantizedLayer : Layer
{
    /// <summary>The settings, defaults filled in; none for layers that have none (layers.md 2.1).</summary>
    public QuantSettings? Settings { get; init; }

    /// <summary>The quantizer of the output; none for raw accumulators.</summary>
    public OutputQuantizer? OutputQuantizer { get; init; }
}
