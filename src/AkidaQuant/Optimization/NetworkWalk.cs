using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Takes all samples through the quantized network and the float one at the same time, a layer after the other, so that a layer
/// can be changed when what it gets is known. Tensors are kept as long as a layer needs them.
/// </summary>
internal sealed class NetworkWalk
{
    private readonly Model _quantized;
    private readonly Model _floating;
    private readonly LayerRunner _runner;
    private readonly Dictionary<string, TensorBatches> _integers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorBatches> _floats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _integerUses;
    private readonly Dictionary<string, int> _floatUses;

    /// <summary>Loads the samples.</summary>
    /// <param name="quantized">The quantized network.</param>
    /// <param name="floating">The float network, whose layers have the same names.</param>
    /// <param name="samples">The samples, fitted to the input.</param>
    /// <param name="runner">Runs single layers.</param>
    public NetworkWalk(Model quantized, Model floating, SampleSet samples, LayerRunner runner)
    {
        _quantized = quantized;
        _floating = floating;
        _runner = runner;
        _integerUses = Uses(quantized);
        _floatUses = Uses(floating);
        Load(quantized, samples, _integers);
        Load(floating, samples, _floats);
    }

    /// <summary>Whether the layer computes in integers, or makes them, and all that it takes is known.</summary>
    public bool Has(Node node) => node.Layer is QuantizedLayer or InputQuantizer && node.Inputs.All(_integers.ContainsKey);

    /// <summary>The tensors that a layer of the quantized network takes.</summary>
    public TensorBatches[] Inputs(Node node) => [.. node.Inputs.Select(input => _integers[input])];

    /// <summary>What the float network gives at that layer; runs it up to there.</summary>
    public TensorBatches Float(string layer)
    {
        if (!_floats.TryGetValue(layer, out TensorBatches? tensor))
        {
            Node node = _floating.NodeOf(layer);
            TensorBatches[] inputs = [.. node.Inputs.Select(Float)];
            tensor = _runner.Run(node.Layer.PrepareNamed([.. inputs.Select(input => input.Spec)]), inputs);
            _floats[layer] = tensor;
            Release(node.Inputs, _floats, _floatUses);
        }

        return tensor;
    }

    /// <summary>Runs a layer, as it is now, in the quantized network.</summary>
    public TensorBatches Run(Node node, Layer layer)
    {
        TensorBatches[] inputs = Inputs(node);
        TensorBatches result = _runner.Run(layer.PrepareNamed([.. inputs.Select(input => input.Spec)]), inputs);
        _integers[node.Name] = result;
        if (_floating.Find(node.Name) is not null)
        {
            Float(node.Name);
        }

        Release(node.Inputs, _integers, _integerUses);
        return result;
    }

    /// <summary>The memory of one sample, in bytes, at the step that takes the most.</summary>
    public static long BytesPerSample(Model quantized, Model floating) => Largest(quantized) + Largest(floating);

    private static long Largest(Model model)
    {
        Dictionary<string, int> uses = Uses(model);
        Dictionary<string, long> alive = new(StringComparer.Ordinal);
        long largest = 0;
        foreach (PlanStep<Node> step in model.Plan.Steps)
        {
            alive[step.Node.Name] = step.Prepared.IsView ? 0 : TensorData.ByteCount(step.Prepared.Output);
            largest = Math.Max(largest, alive.Values.Sum());
            foreach (string input in step.Node.Inputs)
            {
                if (--uses[input] == 0 && !step.Prepared.IsView)
                {
                    alive.Remove(input);
                }
            }
        }

        return largest;
    }

    private static Dictionary<string, int> Uses(Model model) => model.Nodes.ToDictionary(
        node => node.Name, node => model.Consumers(node.Name).Count, StringComparer.Ordinal);

    private static void Release(IEnumerable<string> inputs, Dictionary<string, TensorBatches> tensors, Dictionary<string, int> uses)
    {
        foreach (string input in inputs)
        {
            if (--uses[input] == 0)
            {
                tensors.Remove(input);
            }
        }
    }

    private void Load(Model model, SampleSet samples, Dictionary<string, TensorBatches> tensors)
    {
        SampleParts parts = _runner.Parts;
        TensorData[] chunks = new TensorData[parts.Chunks];
        for (int chunk = 0; chunk < chunks.Length; chunk++)
        {
            chunks[chunk] = TensorData.Allocate(model.Plan.Input, parts.Length(chunk));
            SampleInput.Load(samples, parts.Start(chunk), parts.Length(chunk), chunks[chunk], model.Input.Integers, model.Name);
        }

        tensors[model.Input.Name] = new TensorBatches(model.Plan.Input, chunks);
    }
}
