using AkidaQuant.Checks;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Quantization;

namespace AkidaQuant.Analysis;

/// <summary>How to measure the quantization error.</summary>
public sealed record QuantErrorOptions
{
    /// <summary>What to compare.</summary>
    public QuantErrorMode Mode { get; init; } = QuantErrorMode.Single;

    /// <summary>The only layer to measure, channel by channel; null for all layers.</summary>
    public string? Target { get; init; }

    /// <summary>The samples to run; null for a batch of random ones.</summary>
    public SampleSet? Samples { get; init; }

    /// <summary>
    /// The number of random samples, or the most given ones that are run at a time; the number of parallel streams of a model
    /// that keeps state.
    /// </summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The most threads that compute at once, which never changes a result; null for one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>The seed of random samples; null for other ones each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Told the number of samples done.</summary>
    public Action<int>? Progress { get; init; }

    /// <summary>Stops between batches.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>Measures how far the layers of a quantized model are from those of the float one (tools.md 2).</summary>
public static class QuantErrorAnalysis
{
    /// <summary>So many samples tell whether two float networks compute the same.</summary>
    private const int TwinSamples = 4;

    /// <summary>Below this relative error they do, but for float rounding.</summary>
    private const double SameFunction = 1e-3;

    /// <summary>Where the error enters shows with so many samples.</summary>
    private const int MostChecked = 64;

    /// <summary>Measures the error.</summary>
    /// <param name="quantized">The quantized model.</param>
    /// <param name="floating">
    /// The float model that it came from; null for the one that it remembers or that its variables lead back to.
    /// </param>
    /// <param name="options">What to compare, and with which samples.</param>
    /// <exception cref="QuantException">
    /// <c>ModelNotQuantized</c>, <c>AlreadyQuantized</c>, <c>LayerNotFound</c>, <c>LayerNotMeasurable</c>, <c>WeightsMissing</c>,
    /// <c>FloatLayerMissing</c>, <c>FloatSourceMissing</c>, or the samples do not fit the model.
    /// </exception>
    public static QuantErrorReport Run(Model quantized, Model? floating, QuantErrorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSize);
        int threads = SampleBatches.Threads(options.Threads);
        FloatRecovery.RequireFloatForms(quantized);
        if (options.Mode == QuantErrorMode.Weight)
        {
            return new QuantErrorReport(quantized.Name, options.Mode, WeightError.Measure(quantized, options.Target))
            {
                Bits = quantized.Bits,
            };
        }

        IReadOnlyList<Node> nodes = MeasuredLayers.Of(quantized, options.Target);
        SampleSet samples = quantized.Input.Fit(
            options.Samples ?? RandomSamples.Create(quantized, options.BatchSize, options.Seed),
            quantized.Name);
        Model sanitized = Twin(quantized, floating, samples, threads, options.Cancellation);
        QuantErrorMeter[] meters = [.. nodes.Select(node => Meter(quantized, node, options.Target is not null))];
        SumProbe?[] probes = [.. nodes.Select(node => options.Target is null ? SumProbe.Of(quantized.Plan[node.Name]) : null)];
        Action<PlanRunner, int, int> compare = options.Mode == QuantErrorMode.Single
            ? Single(quantized, sanitized, nodes, meters, Math.Min(options.BatchSize, samples.Count))
            : Cumulative(quantized, sanitized, nodes, meters, samples, options.BatchSize, threads);
        if (quantized.IsStateful)
        {
            SampleBatches.Chunks(quantized.Plan, RunnerResults.All, samples, options.BatchSize, threads);
        }

        PlanRunner runner = new(quantized.Plan, Math.Min(options.BatchSize, samples.Count), threads: threads);
        for (int start = 0; start < samples.Count; start += options.BatchSize)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            int batch = Math.Min(options.BatchSize, samples.Count - start);
            SampleInput.Load(samples, start, batch, runner.Input, quantized.Input.Integers, quantized.Name);
            runner.Run(batch);
            compare(runner, start, batch);
            for (int i = 0; i < probes.Length; i++)
            {
                probes[i]?.Run(quantized.Plan[nodes[i].Name], runner, batch);
            }

            options.Progress?.Invoke(start + batch);
        }

        return new QuantErrorReport(
            quantized.Name,
            options.Mode,
            [
                .. nodes
                    .Zip(meters, probes)
                    .SelectMany(measured =>
                        Rows(
                            (quantized.Name, options.Mode),
                            measured.First.Layer.ToString(),
                            measured.First.Name,
                            measured.First.Layer.ClassName,
                            measured.Second)
                        .Select(row => row with { SumSaturation = SumSaturation(quantized, measured.First, row, measured.Third) })
                    ),
            ])
        {
            Bits = quantized.Bits,
            Count = samples.Count,
            Source = samples.Source,
            Check = options.Target is null ? Check(quantized, sanitized, samples, options, threads) : null,
        };
    }

    /// <summary>The rows of a meter, numbered from 1 where there is one a channel.</summary>
    internal static IEnumerable<QuantErrorRow> Rows(
        (string Model, QuantErrorMode Mode) origin, string name, string layer, string kind, QuantErrorMeter meter) =>
        meter.Results.Select((result, channel) => new QuantErrorRow(
            origin.Model,
            origin.Mode,
            meter.IsPerChannel ? $"{name}:{channel + 1}" : name,
            layer,
            kind,
            meter.IsPerChannel ? channel : null,
            result.Smape,
            result.Saturation)
        {
            SignalToNoise = meter.Errors.ElementAt(channel).SignalToNoise,
            RelativeError = meter.Errors.ElementAt(channel).Relative,
            SaturatedError = meter.Errors.ElementAt(channel).OfSaturated,
        });

    /// <summary>Sums that are the output are seen there, all others by a probe where they can saturate.</summary>
    private static double? SumSaturation(Model model, Node node, QuantErrorRow row, SumProbe? probe) =>
        row.Channel is not null || model.Plan[node.Name].Prepared.State.Count > 0 ? null
        : node.Layer is QuantizedLayer { OutputQuantizer: null } ? Math.Max(row.Saturation, probe?.Share ?? 0)
        : probe?.Share ?? 0;

    /// <summary>Both models end to end, on the first samples, or the first time steps of the streams.</summary>
    private static QuantCheck Check(Model quantized, Model sanitized, SampleSet samples, QuantErrorOptions options, int threads)
    {
        int? streams = quantized.IsStateful ? options.BatchSize : null;
        int count = streams is { } wide ? Math.Max(MostChecked / wide, 1) * wide : MostChecked;
        return NetworkCheck.Run(
            quantized, sanitized, samples.Slice(0, Math.Min(count, samples.Count)), streams, threads, options.Cancellation, always: true);
    }

    /// <summary>
    /// The float network to compare with, layer by layer. The one that a model remembers may have scaled channels; where a given one
    /// computes the same, the remembered one is its twin.
    /// </summary>
    private static Model Twin(Model quantized, Model? floating, SampleSet samples, int threads, CancellationToken cancellation)
    {
        if (floating is null)
        {
            return Quantizer.FloatSource(quantized);
        }

        Model given = Quantizer.FloatSource(quantized, floating);
        return quantized.FloatSource is { } own && !quantized.IsStateful && own.Outputs.Count == given.Outputs.Count
            && OutputError.Measure(own, given, samples.Slice(0, Math.Min(TwinSamples, samples.Count)), threads, cancellation).RelativeError
                < SameFunction
            ? own
            : given;
    }

    private static QuantErrorMeter Meter(Model quantized, Node node, bool perChannel)
    {
        TensorSpec output = quantized.Plan[node.Name].Prepared.Output;
        return new QuantErrorMeter(ValueRange.OfBits(((QuantizedSpec)output).ValueBits), perChannel ? output.Shape.Channels : null);
    }

    private static Action<PlanRunner, int, int> Single(
        Model quantized,
        Model sanitized,
        IReadOnlyList<Node> nodes,
        QuantErrorMeter[] meters,
        int capacity)
    {
        ExecutionPlan<Node> plan = quantized.Plan;
        RescalingDomains domains = quantized.Domains;
        FloatTwin[] twins =
        [
            .. nodes.Select(node => new FloatTwin(
                sanitized,
                node.Name,
                node.Inputs.Select(input => plan[input].Prepared.Output.Shape),
                capacity)),
        ];
        return (runner, _, batch) =>
        {
            for (int i = 0; i < nodes.Count; i++)
            {
                Node node = nodes[i];
                float[][] inputs = [.. node.Inputs.Select((input, index) =>
                    LayerInputs.ToFloat(
                        quantized, node, index, Integers(runner, plan.Position(input), batch), domains.OfInput(node, index)))];
                Compare(plan, domains, node, runner, batch, twins[i].Run(inputs, batch), meters[i]);
            }
        };
    }

    private static Action<PlanRunner, int, int> Cumulative(
        Model quantized,
        Model sanitized,
        IReadOnlyList<Node> nodes,
        QuantErrorMeter[] meters,
        SampleSet samples,
        int batchSize,
        int threads)
    {
        foreach (Node node in nodes)
        {
            FloatTwin.Find(sanitized, node.Name);
        }

        RescalingDomains domains = quantized.Domains;
        PlanRunner floats = new(sanitized.Plan, Math.Min(batchSize, samples.Count), threads: threads);
        return (runner, start, batch) =>
        {
            SampleInput.Load(samples, start, batch, floats.Input, sanitized.Input.Integers, sanitized.Name);
            floats.Run(batch);
            for (int i = 0; i < nodes.Count; i++)
            {
                var output = (FloatData)floats[sanitized.Plan.Position(nodes[i].Name)];
                Compare(quantized.Plan, domains, nodes[i], runner, batch, output.Values(batch).ToArray(), meters[i]);
            }
        };
    }

    /// <summary>Compares the output of a layer, its equalization undone (tools.md 2.3, step 7), with float values.</summary>
    private static void Compare(
        ExecutionPlan<Node> plan,
        RescalingDomains domains,
        Node node,
        PlanRunner runner,
        int batch,
        float[] expected,
        QuantErrorMeter meter)
    {
        var spec = (QuantizedSpec)plan[node.Name].Prepared.Output;
        long[] integers = Integers(runner, plan.Position(node.Name), batch);
        ScalarOrVector<float>? scales = spec.Scales;
        if (domains[node.Name] is var factors && !RescalingDomains.IsOne(factors))
        {
            ScalarOrVector<float> inverse = factors.Map(factor => 1 / factor);
            scales = scales is { } own ? own.Zip(inverse, (scale, rate) => scale * rate) : inverse;
        }

        meter.Update(expected, integers, QuantErrorMeter.Dequantize(integers, spec.FracBits, scales));
    }

    private static long[] Integers(PlanRunner runner, int step, int batch)
    {
        var data = (IntegerData)runner[step];
        long[] values = new long[batch * data.SampleSize];
        data.CopyTo(values, batch);
        return values;
    }
}
