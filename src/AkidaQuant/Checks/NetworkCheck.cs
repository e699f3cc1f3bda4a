using AkidaQuant.Execution;
using AkidaQuant.Models;

namespace AkidaQuant.Checks;

/// <summary>Compares a quantized model with the float one layer by layer and finds where damage begins.</summary>
internal static class NetworkCheck
{
    /// <summary>Runs samples through both models.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">The rewritten float model.</param>
    /// <param name="samples">The samples, in the shape that both take.</param>
    /// <param name="streams">The number of parallel streams whose time steps the samples are; null for models that keep no state.</param>
    /// <param name="threads">The most threads, which never changes a result.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <param name="always">Whether to say where the error begins even where there is no damage.</param>
    /// <exception cref="OperationCanceledException">The work was stopped.</exception>
    /// <exception cref="QuantException">The samples do not fit the models, or a layer cannot run.</exception>
    public static QuantCheck Run(
        Model quantized,
        Model floating,
        SampleSet samples,
        int? streams,
        int threads,
        CancellationToken cancellation,
        bool always = false)
    {
        OutputSums[] outputs = OutputError.Outputs(quantized, floating);
        IReadOnlyList<LayerErrors> layers = LayerErrors.Of(quantized, floating, threads);
        new NetworkComparison(quantized, floating, [.. layers.Select(layer => layer.Compared), .. outputs.Select(sums => sums.Step)])
            .Run(samples, streams, threads, cancellation);
        OutputError error = OutputError.Of(outputs);
        LayerErrors? input = layers.FirstOrDefault(layer => layer.Compared.Expected == ExecutionPlan.ModelInput);
        InputErrors before = new(quantized, layers);
        QuantCheck check = new()
        {
            Model = quantized.Name,
            Count = samples.Count,
            Source = samples.Source,
            Cosine = error.Cosine,
            RelativeError = error.RelativeError,
            SignalToNoise = error.SignalToNoise,
            ClampedInputs = input?.Clamped,
            Rows = [.. layers.Select(layer => Row(quantized, layer, before.Of(layer.Node)))],
        };
        int? begins = check.IsDamaged || always ? InputErrors.Begins(check.Rows) : null;
        return begins is not { } first ? check
            : !check.IsDamaged ? check with { Begins = check.Rows[first].Layer }
            : Diagnosis.Add(check, quantized, floating, layers, layers[first], samples.Slice(0, Math.Min(streams ?? 4, samples.Count)));
    }

    private static QuantCheckRow Row(Model model, LayerErrors layer, double before) => new()
    {
        Model = model.Name,
        Layer = layer.Node.Name,
        Kind = layer.Node.Layer.ClassName,
        SignalToNoise = layer.Sums.SignalToNoise,
        InputSignalToNoise = before,
        Saturation = layer.Saturation,
        DeadChannels = Enumerable.Range(0, layer.Sums.Channels).Count(layer.IsDead),
        ZeroRanges = layer.Ranges.Count(range => range == 0),
        Channels = layer.Sums.Channels,
    };
}

/// <summary>What the inputs of layers have lost already.</summary>
/// <param name="model">The quantized model.</param>
/// <param name="layers">The layers that were compared.</param>
internal sealed class InputErrors(Model model, IReadOnlyList<LayerErrors> layers)
{
    /// <summary>A relative error of 5 %: what is lost above it does no harm.</summary>
    private const double Harmless = 26;

    private readonly Dictionary<string, double> _known =
        layers.ToDictionary(layer => layer.Node.Name, layer => layer.Sums.SignalToNoise, StringComparer.Ordinal);

    /// <summary>The least signal to noise of the inputs of a layer, in decibels.</summary>
    public double Of(Node node) => node.Inputs.Count == 0 ? Decibels.Most : node.Inputs.Min(Output);

    /// <summary>The first row with the greatest loss; null without rows.</summary>
    public static int? Begins(IReadOnlyList<QuantCheckRow> rows)
    {
        int? found = null;
        double greatest = double.NegativeInfinity;
        for (int i = 0; i < rows.Count; i++)
        {
            double loss = Math.Clamp(rows[i].InputSignalToNoise, 0, Harmless) - Math.Clamp(rows[i].SignalToNoise, 0, Harmless);
            if (loss > greatest)
            {
                greatest = loss;
                found = i;
            }
        }

        return found;
    }

    private double Output(string name)
    {
        if (!_known.TryGetValue(name, out double value))
        {
            value = Of(model.NodeOf(name));
            _known.Add(name, value);
        }

        return value;
    }
}
