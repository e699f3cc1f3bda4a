using AkidaQuant.Execution;

namespace AkidaQuant.Akida;

/// <summary>
/// Counts what the layers of an Akida model have to do while samples run: of every layer of Akida, those of parts behind floats of the host
/// included. It serves one run, with streams that are new.
/// </summary>
public sealed class WorkAnalysis
{
    private readonly AkidaModel _model;
    private readonly PlanWork[] _parts;
    private readonly ClampAnalysis _clamps;

    /// <summary>An analysis of all layers.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public WorkAnalysis(AkidaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _clamps = new ClampAnalysis(model);
        _parts = [new PlanWork(model), .. model.Tail.Where(part => part.Akida is not null).Select(part => new PlanWork(part.Akida!))];
    }

    /// <summary>What sees the samples run (<see cref="EmulationOptions.Observers"/>).</summary>
    public IReadOnlyList<IPlanObserver> Observers => [.. _parts, _clamps];

    /// <summary>What to tell the user of clamped samples; null where next to nothing was clamped.</summary>
    public string? Warning => _clamps.Warning;

    /// <summary>What was counted so far.</summary>
    public AkidaWork Result
    {
        get
        {
            LayerWork[] layers = [.. _parts.SelectMany(part => part.Results)];
            layers[0] = layers[0] with { Clamped = _clamps.Clamped };
            return new AkidaWork(_model.Name, layers);
        }
    }

    /// <summary>Runs samples through a model and counts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">The samples; labels are not needed.</param>
    /// <param name="batchSize">The most samples held in memory, or the number of parallel streams, as for other models.</param>
    /// <param name="threads">The most threads that compute at once, which never changes a result; null for one a core.</param>
    /// <param name="warn">Takes a warning about clamped samples; null to leave it out.</param>
    /// <param name="progress">Told the number of samples done.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="QuantException">The samples do not fit the model.</exception>
    public static AkidaWork Run(
        AkidaModel model,
        SampleSet samples,
        int? batchSize = null,
        int? threads = null,
        Action<string>? warn = null,
        Action<int>? progress = null,
        CancellationToken cancellation = default)
    {
        WorkAnalysis analysis = new(model);
        EmulationOptions options = new() { BatchSize = batchSize, Threads = threads, Observers = analysis.Observers };
        foreach (OutputBatch batch in Emulator.Run(model, samples, options, cancellation))
        {
            progress?.Invoke(batch.Start + batch.Count);
        }

        if (analysis.Warning is { } warning)
        {
            warn?.Invoke(warning);
        }

        return analysis.Result;
    }
}
