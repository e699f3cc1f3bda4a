using System.Globalization;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Execution;
using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida;

/// <summary>
/// Counts the values of samples that a Quantizer at the beginning of a model clamps because they are beyond its integers, below the
/// calibrated minimum or above the maximum (convert.md 8.4). Several workers may observe at once.
/// </summary>
public sealed class ClampAnalysis : IPlanObserver
{
    /// <summary>The share of clamped values from which on <see cref="Warning"/> warns: a few outliers cost a network nothing.</summary>
    public const double WarningShare = 0.001;

    private readonly AkidaModel _model;
    private readonly ClampCounting? _counting;
    private long _clamped;
    private long _values;

    /// <summary>A count for a model; nothing is clamped of one that takes integers.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ClampAnalysis(AkidaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _counting = (model.Layers[0] as AkidaQuantizer)?.CreateClampCounting();
    }

    /// <inheritdoc/>
    public ExecutionPlan Plan => _model.Plan;

    /// <inheritdoc/>
    public IReadOnlyList<int> Steps => [];

    /// <summary>The values that were clamped so far.</summary>
    public long Clamped => Interlocked.Read(ref _clamped);

    /// <summary>All values so far.</summary>
    public long Values => Interlocked.Read(ref _values);

    /// <summary>What to tell the user, once the samples have run; null where next to nothing was clamped.</summary>
    public string? Warning => WarningOf(_model.Name, Clamped, Values);

    /// <summary>What to tell the user of a count.</summary>
    /// <param name="model">The name of the model.</param>
    /// <param name="clamped">The values that were clamped.</param>
    /// <param name="values">All values.</param>
    public static string? WarningOf(string model, long clamped, long values) => clamped == 0 || clamped < WarningShare * values
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{clamped} of {values} values of the samples ({100.0 * clamped / values:0.0#} %) are outside of the range that '{model}' was calibrated for, and were clamped to it. Scale the samples as those of the calibration were, or quantize again with samples of the whole range.");

    /// <inheritdoc/>
    public void Observe(int step, TensorData data, int batch)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (step == ExecutionPlan.ModelInput)
        {
            Interlocked.Add(ref _values, (long)batch * data.SampleSize);
            if (_counting is not null)
            {
                Interlocked.Add(ref _clamped, _counting.Count(((FloatData)data).Values(batch)));
            }
        }
    }
}
