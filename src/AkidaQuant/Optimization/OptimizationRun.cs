using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>One pass over a quantized network, in its order, the layers before each already chosen (optimization.md).</summary>
internal sealed class OptimizationRun
{
    /// <summary>The memory that tensors of all samples may take together.</summary>
    private const long MostBytes = 1L << 30;

    private const int MostSamples = 1024;
    private const int LeastSamples = 8;

    /// <summary>Samples of a chunk, which one thread takes.</summary>
    private const int ChunkSamples = 16;

    /// <summary>The width that the output of a global average gets where it had fewer bits (optimization.md, step 0).</summary>
    private const int AverageBits = 8;

    /// <summary>Channels of a shared scale are raised at most by the inverse of this.</summary>
    private const float LeastBalance = 1f / 256;

    private readonly Model _given;
    private readonly Model _floating;
    private readonly OptimizationOptions _options;
    private readonly HashSet<string> _changeable;
    private readonly RescalingDomains _before;
    private readonly RescalingDomains _domains;
    private readonly RateFreedom _freedom;
    private readonly ChannelImportance _importance;
    private readonly LayerRunner _runner;
    private readonly NetworkWalk _walk;
    private readonly Dictionary<string, Layer> _layers = new(StringComparer.Ordinal);

    /// <summary>Prepares a pass.</summary>
    /// <param name="given">The quantized model.</param>
    /// <param name="floating">The float network.</param>
    /// <param name="samples">The samples, fitted to the input.</param>
    /// <param name="streams">The parallel streams of a model that keeps state.</param>
    /// <param name="options">What to change, threads, progress.</param>
    public OptimizationRun(Model given, Model floating, SampleSet samples, int streams, OptimizationOptions options)
    {
        _given = given;
        _floating = floating;
        _options = options;
        _changeable = Changeable(given, options.Until);
        _before = given.Domains;
        _domains = new RescalingDomains(given);
        _freedom = new RateFreedom(given, _changeable.Contains);
        int threads = SampleBatches.Threads(options.Threads);
        samples = Fewer(samples);
        _runner = new LayerRunner(
            new SampleParts(samples.Count, given.IsStateful ? streams : Math.Min(ChunkSamples, samples.Count), given.IsStateful),
            given.Name,
            threads,
            options.Cancellation);
        _floating = Balanced(samples);
        _importance = new ChannelImportance(_floating);
        _freedom.Choose(SharedSamples(samples));
        _walk = new NetworkWalk(given, _floating, samples, _runner);
    }

    /// <summary>The float network, whose channels may be scaled where it computes the same.</summary>
    public Model Floating => _floating;

    /// <summary>The model with the layers that were chosen.</summary>
    public Model Run()
    {
        IReadOnlyList<PlanStep<Node>> steps = _given.Plan.Steps;
        for (int i = 0; i < steps.Count; i++)
        {
            Node node = steps[i].Node;
            _options.Progress?.Report(new OptimizationProgress(i, steps.Count, node.Name));
            _options.Cancellation.ThrowIfCancellationRequested();
            Layer layer = Chosen(node);
            _layers[node.Name] = layer;
            _domains.Follow(node with { Layer = layer });
            if (layer is not InputLayer && _walk.Has(node))
            {
                _walk.Run(node, layer);
            }
        }

        return _given.WithLayers(layer => _layers[layer.Name]);
    }

    /// <summary>The layers up to the last one to change, in the order of the network.</summary>
    private static HashSet<string> Changeable(Model model, string? until)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (PlanStep<Node> step in model.Plan.Steps)
        {
            if (step.Node.Layer is QuantizedLayer)
            {
                names.Add(step.Node.Name);
            }

            if (step.Node.Name == until)
            {
                break;
            }
        }

        return names;
    }

    /// <summary>As many samples as memory allows, evenly.</summary>
    private SampleSet Fewer(SampleSet samples)
    {
        if (_given.IsStateful)
        {
            return samples;
        }

        long bytes = Math.Max(NetworkWalk.BytesPerSample(_given, _floating), 1);
        int count = (int)Math.Min(samples.Count, Math.Clamp(MostBytes / bytes, LeastSamples, MostSamples));
        return count == samples.Count
            ? samples
            : samples.Select([.. Enumerable.Range(0, count).Select(index => (int)((long)index * samples.Count / count))]);
    }

    /// <summary>The float values of tensors that meet in additions, whose scale is chosen before any of them is quantized.</summary>
    private Dictionary<string, (ChannelSamples Samples, float[] Importance)> SharedSamples(SampleSet samples)
    {
        Dictionary<string, (ChannelSamples, float[])> shared = new(StringComparer.Ordinal);
        NetworkWalk? walk = null;
        foreach (string name in _freedom.Shared)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            walk ??= new NetworkWalk(_given, _floating, samples, _runner);
            TensorBatches values = walk.Float(name);
            shared[name] = (ChannelSamples.Of(values, values, ScalarOrVector<float>.Scalar(1f), _runner), ImportanceOf(name));
        }

        return shared;
    }

    private Model Balanced(SampleSet samples)
    {
        ChannelBalance balance = new(_given, _freedom, _changeable.Contains);
        Model floating = _floating;
        IReadOnlyList<ChannelBalance.Place> places = balance.Places();
        if (places.Count == 0)
        {
            return floating;
        }

        NetworkWalk walk = new(_given, _floating, samples, _runner);
        Dictionary<string, float[]> greatest = new(StringComparer.Ordinal);
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        HashSet<string> wanted = [.. places.SelectMany(place => place.Quantizers)];
        foreach (Node node in _given.Nodes.Where(node => wanted.Contains(node.Name)))
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            TensorBatches values = walk.Float(node.Name);
            ChannelSamples channels = ChannelSamples.Of(values, values, ScalarOrVector<float>.Scalar(1f), _runner);
            greatest[node.Name] = channels.Greatest();
            counts[node.Name] = channels.Count;
        }

        foreach (ChannelBalance.Place place in places)
        {
            float[] all = greatest[place.Quantizers[0]];
            foreach (string other in place.Quantizers.Skip(1))
            {
                all = [.. all.Zip(greatest[other], Math.Max)];
            }

            floating = balance.Apply(floating, place, all, place.Quantizers.Min(quantizer => counts[quantizer]));
        }

        return floating;
    }

    private float[] ImportanceOf(string layer) => _importance.Of(layer, _given.Plan[layer].Prepared.Output.Shape.Channels);

    private Layer Chosen(Node node)
    {
        Layer layer = node.Layer;
        ScalarOrVector<float> factors = _domains.OfInput(node);
        bool mayChange = _changeable.Contains(node.Name);
        if (layer is QuantizedWeightedLayer weighted && mayChange)
        {
            layer = WithKernel(node, weighted, factors);
        }
        else if (layer.Equalization is Equalization.Absorbs or Equalization.AbsorbsOneRate)
        {
            layer = Adapted(node, layer, factors);
        }

        layer = mayChange && layer is QuantizedGlobalAveragePooling2D average ? Widened(average) : layer;
        return mayChange && layer is QuantizedLayer { OutputQuantizer: not null } quantized && HasRange(layer)
            ? WithRange(node, quantized)
            : layer;
    }

    /// <summary>Whether the output quantizer is the common one, whose range the values before it decide.</summary>
    private static bool HasRange(Layer layer) =>
        layer is not (QuantizedStatefulRecurrent or QuantizedPicoPostProcessing)
        && (layer is QuantizedAdd || RescalingDomains.Rated(layer) is not null);

    /// <summary>A kernel that takes up other factors than it did.</summary>
    private Layer Adapted(Node node, Layer layer, ScalarOrVector<float> factors)
    {
        ScalarOrVector<float> before = _before.OfInput(node);
        return factors == before
            ? layer
            : layer.DivideInputs(Repeated(node, RescalingDomains.Product(factors, before.Map(factor => 1f / factor))));
    }

    private ScalarOrVector<float> Repeated(Node node, ScalarOrVector<float> factors) =>
        RescalingDomains.Repeat(factors, _given.Plan[node.Inputs[0]].Prepared.Output.Shape.Channels)!.Value;

    private QuantizedWeightedLayer WithKernel(Node node, QuantizedWeightedLayer layer, ScalarOrVector<float> factors)
    {
        Layer floating = _floating.NodeOf(node.Name).Layer;
        NdArray<float>[] kernels = [.. Fitting(node, floating, layer).Variables
            .Where(variable => !variable.Name.EndsWith("/bias:0", StringComparison.Ordinal)).Select(variable => variable.Value)];
        var start = (QuantizedWeightedLayer)layer.WithVariables(
            [.. kernels, .. layer.Variables.Skip(kernels.Length).Select(variable => variable.Value)]);
        if (!RescalingDomains.IsOne(factors))
        {
            start = (QuantizedWeightedLayer)start.DivideInputs(Repeated(node, factors));
        }

        return new KernelStep(_walk, _runner).Run(node with { Layer = WithEqualChannels(start) });
    }

    /// <summary>The float layer with zeros around its kernel where the quantized one has them (convert.md 4, layers.md 4.1).</summary>
    private Layer Fitting(Node node, Layer floating, QuantizedWeightedLayer layer)
    {
        if (SpatialKernel.Window(floating) is not { } own || layer.Variables[0].Value.Shape is not { Rank: 4 } shape
            || own.KernelSize == (shape[0], shape[1]))
        {
            return floating;
        }

        Shape input = _given.Plan[node.Inputs[0]].Prepared.Output.Shape;
        return SpatialKernel.Place(own.Over(floating, input, input.Channels), (shape[0], shape[1])) is { } place
            ? SpatialKernel.Extend(floating, (shape[0], shape[1]), place)
            : floating;
    }

    /// <summary>
    /// The channels of a depthwise kernel that share one scale brought to the same magnitude; the pointwise kernel behind takes it up.
    /// </summary>
    private static QuantizedWeightedLayer WithEqualChannels(QuantizedWeightedLayer layer)
    {
        if (layer is not QuantizedSeparableConv2D separable)
        {
            return layer;
        }

        int channels = separable.DepthwiseKernel.Shape[2];
        float[] largest = new float[channels];
        float[] values = separable.DepthwiseKernel.Values;
        for (int i = 0; i < values.Length; i++)
        {
            largest[i % channels] = Math.Max(largest[i % channels], MathF.Abs(values[i]));
        }

        float most = largest.Max();
        float[] factors = Array.ConvertAll(largest, own => most > 0 ? Math.Max(own / most, LeastBalance) : 1f);
        float[] pointwise = [.. separable.PointwiseKernel.Values];
        for (int i = 0; i < pointwise.Length; i++)
        {
            pointwise[i] *= factors[i / separable.Filters];
        }

        return separable with
        {
            DepthwiseKernel = separable.DepthwiseKernel with
            {
                Values = [.. values.Select((value, index) => value / factors[index % channels])],
            },
            PointwiseKernel = separable.PointwiseKernel with { Values = pointwise },
        };
    }

    private QuantizedGlobalAveragePooling2D Widened(QuantizedGlobalAveragePooling2D average)
    {
        if (_options.KeepBits || average.OutputQuantizer is not { Bitwidth: < AverageBits } quantizer
            || average.Settings is not { } settings)
        {
            return average;
        }

        QuantSettings wider = settings.Clone();
        ((QuantSettings)wider[SettingKeys.OutputQuantizer]!)[SettingKeys.Bitwidth] = AverageBits;
        return average with { Settings = wider, OutputQuantizer = quantizer with { Bitwidth = AverageBits } };
    }

    /// <summary>
    /// The widest range that the quantizer had, in units of the float network, where it has so many bits that sums may have needed it
    /// wider than values are; 0 elsewhere.
    /// </summary>
    private float Widest(Node node, OutputQuantizer quantizer)
    {
        ScalarOrVector<float> before = _before[node.Name];
        return quantizer.Bitwidth <= AverageBits
            ? 0f
            : quantizer.RangeMax.Values.Select((range, channel) => range / before[before.Count == 1 ? 0 : channel]).Max();
    }

    private QuantizedLayer WithRange(Node node, QuantizedLayer layer)
    {
        Node own = node with { Layer = layer };
        ScalarOrVector<float> passed = _domains.Passed(own);
        float? required = _freedom.Required(node.Name);
        return new RangeStep(_walk, _runner).Run(
            own,
            passed,
            required,
            RescalingDomains.Rated(layer) is not null,
            ImportanceOf(node.Name),
            Widest(node, layer.OutputQuantizer!));
    }
}
