using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>
/// The greatest magnitudes in each channel of what layers of a float network give for some samples. The samples run when the first of them
/// is asked for, once for all layers.
/// </summary>
internal sealed class SeenMagnitudes
{
    private readonly Lazy<CalibratedRanges> _seen;

    /// <summary>Says what can be asked for: the sums of kernels, what rectifiers make of them, and whatever is quantized.</summary>
    /// <param name="calibrated">The calibrated model.</param>
    /// <param name="floating">The rewritten float network with the same layer names.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="options">Threads and cancellation; batches where the model keeps state.</param>
    public SeenMagnitudes(Model calibrated, Model floating, SampleSet samples, QuantizeOptions options)
    {
        string[] layers =
        [
            .. from layer in calibrated.GraphLayers
               where layer is QuantizedWeightedLayer or QuantizedReLU or QuantizedLayer { OutputQuantizer: not null }
               select layer.Name,
        ];
        _seen = new Lazy<CalibratedRanges>(() => Calibration.Magnitudes(floating, layers, samples, options));
    }

    /// <summary>One magnitude a channel.</summary>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public float[] this[string layer] => _seen.Value[layer].Values;
}
