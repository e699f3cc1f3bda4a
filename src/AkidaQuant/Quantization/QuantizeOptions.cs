using System.Diagnostics.CodeAnalysis;
using AkidaQuant.Models;

namespace AkidaQuant.Quantization;

/// <summary>How to quantize a model.</summary>
public sealed record QuantizeOptions
{
    private readonly QuantizationParams? _parameters;

    /// <summary>
    /// The scheme for all layers. Null stands for the default one, or for a quantized model for one that quantizes
    /// its input as it is now.
    /// </summary>
    [AllowNull]
    public QuantizationParams Parameters
    {
        get => _parameters ?? new QuantizationParams();
        init => _parameters = value;
    }

    /// <summary>Whether a scheme was given.</summary>
    internal bool HasParameters => _parameters is not null;

    /// <summary>Settings of layers, which have priority over <see cref="Parameters"/> (quantize.md 6.2).</summary>
    public QuantConfig? Config { get; init; }

    /// <summary>
    /// The samples to calibrate with; null for the ranges that the model brings (<see cref="Model.Ranges"/>), or else random ones.
    /// </summary>
    public SampleSet? Samples { get; init; }

    /// <summary>The number of samples that count; null for all given ones, or 1,024 random ones. Models that keep state see all.</summary>
    public int? SampleCount { get; init; }

    /// <summary>
    /// The samples of a calibration batch; null for as many batches as samples. For models that keep frames it is the
    /// number of parallel streams and must be given (quantize.md 10.2).
    /// </summary>
    public int? BatchSize { get; init; }

    /// <summary>How often calibration goes through the samples.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The most threads that compute at once; null for one a core. Ranges do not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>The last layer to quantize; null for all.</summary>
    public string? Until { get; init; }

    /// <summary>
    /// Whether quantization goes on behind layers that stay in float, where one tensor comes out of them: an InputQuantizer is put there.
    /// </summary>
    public bool Hybrid { get; init; }

    /// <summary>The seed of random samples; null for other ones each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Ranges that were calibrated before; calibration is left out.</summary>
    public CalibratedRanges? Ranges { get; init; }

    /// <summary>Where automatic names continue; null to start anew (quantize.md 16).</summary>
    public LayerNames? Names { get; init; }

    /// <summary>Told of every finished calibration batch.</summary>
    public IProgress<CalibrationProgress>? Progress { get; init; }

    /// <summary>Told what was rewritten and why.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Told what the user should know, such as where quantization stops.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Stops the work.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>How far calibration is.</summary>
/// <param name="Done">Batches done, over all epochs.</param>
/// <param name="Total">Batches to do in all.</param>
/// <param name="Elapsed">The time since it began.</param>
public readonly record struct CalibrationProgress(int Done, int Total, TimeSpan Elapsed)
{
    /// <summary>An estimate of the time left.</summary>
    public TimeSpan Remaining => Done == 0 ? TimeSpan.Zero : Elapsed / Done * (Total - Done);
}
