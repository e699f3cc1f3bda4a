using AkidaQuant.Layers;
using AkidaQuant.Numerics;

namespace AkidaQuant.Quantization;

/// <summary>
/// The greatest magnitudes in each channel of what layers of a float network give for some samples. The samples run when the first of them
/// is asked for, once for all layers and for all forms of the network whose channels are scaled by powers of two.
/// </summary>
internal sealed class SeenMagnitudes
{
    private readonly Lazy<CalibratedRanges> _seen;
    private readonly Func<string, int[]>? _exponents;

    /// <summary>Says what can be asked for: the sums of kernels, what rectifiers make of them, and whatever is quantized.</summary>
    /// <param name="calibrated">The calibrated model, or the quantized one before that.</param>
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

    private SeenMagnitudes(Lazy<CalibratedRanges> seen, Func<string, int[]> exponents) => (_seen, _exponents) = (seen, exponents);

    /// <summary>One magnitude a channel.</summary>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    public float[] this[string layer]
    {
        get
        {
            float[] seen = _seen.Value[layer].Values;
            return _exponents is null
                ? seen
                : [.. seen.Zip(_exponents(layer), (magnitude, exponent) => magnitude * Rounding.Pow2(exponent))];
        }
    }

    /// <summary>The magnitudes in the network that <see cref="PowerScaling"/> makes: the same to the last bit, times the powers.</summary>
    /// <param name="exponents">The exponents of the channels of what a layer gives.</param>
    public SeenMagnitudes Scaled(Func<string, int[]> exponents) => new(_seen, exponents);
}
