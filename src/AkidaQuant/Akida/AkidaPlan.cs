using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida;

/// <summary>A layer of a plan: what goes in and comes out (akida-model.md 1.6).</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The positions of the steps that feed it; <see cref="AkidaPlan.ModelInput"/> for the model's input.</param>
/// <param name="InputTensors">What it takes.</param>
/// <param name="Prepared">What it gives, and how.</param>
public sealed record AkidaStep(AkidaLayer Layer, IReadOnlyList<int> Inputs, IReadOnlyList<AkidaTensor> InputTensors, AkidaPreparedLayer Prepared)
{
    /// <summary>The name of the layer.</summary>
    public string Name => Layer.Name;

    /// <summary>The dimensions of the first input.</summary>
    public Shape InputDims => InputTensors[0].Shape;

    /// <summary>The bits of the first input.</summary>
    public int InputBits => InputTensors[0].Bits;

    /// <summary>What the layer gives.</summary>
    public AkidaTensor Output => Prepared.Output;

    /// <summary>The dimensions of the output.</summary>
    public Shape OutputDims => Output.Shape;

    /// <summary>Whether outputs have a sign.</summary>
    public bool OutputSigned => Output.Signed;

    /// <summary>Multiplications and additions for one sample.</summary>
    public long Macs => Prepared.Macs;
}

/// <summary>
/// The way to run an Akida model: every tensor described, kernels made from the variables alone when the first
/// batch runs (convert.md 6, 9.4).
/// </summary>
public sealed class AkidaPlan
{
    /// <summary>Stands for the model's input among the positions of steps.</summary>
    public const int ModelInput = -1;

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly Lazy<AkidaOperation?[]> _operations;
    private readonly Lazy<AkidaOperation?> _dequantization;

    /// <summary>Prepares every layer of the model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs, or a variable does not fit the layer.</exception>
    public AkidaPlan(AkidaModel model)
    {
        Model = model;
        Input = ((IAkidaInput)model.Layers[0]).ModelInput;
        List<AkidaStep> steps = [];
        foreach (AkidaLayer layer in model.Layers)
        {
            int[] inputs = layer.Inbounds.Count == 0 ? [ModelInput] : [.. layer.Inbounds.Select(name => _positions[name])];
            AkidaTensor[] tensors = [.. inputs.Select(index => index == ModelInput ? Input : steps[index].Output)];
            _positions.Add(layer.Name, steps.Count);
            steps.Add(new AkidaStep(layer, inputs, tensors, layer.Prepare(tensors)));
        }

        Steps = steps;
        _operations = new Lazy<AkidaOperation?[]>(() => [.. Steps.Select(step => step.Prepared.Create?.Invoke())]);
        _dequantization = new Lazy<AkidaOperation?>(() => steps[^1].Layer.CreateDequantization(steps[^1].Output));
    }

    /// <summary>The model that this plan runs.</summary>
    public AkidaModel Model { get; }

    /// <summary>The layers in the order of the model.</summary>
    public IReadOnlyList<AkidaStep> Steps { get; }

    /// <summary>The tensor that the model takes.</summary>
    public AkidaTensor Input { get; }

    /// <summary>What the model gives: floats when it ends in a Dequantizer or in Akida 1.0 potentials, else integers.</summary>
    public AkidaTensor Output => Dequantization is null ? Steps[^1].Output : AkidaTensor.Floats(Steps[^1].Output.Shape);

    /// <summary>
    /// The position of the layer whose integers are the potentials: the one before a final Dequantizer, else the
    /// last. In Akida 1.0 they are the sums minus the threshold (convert.md 9.4).
    /// </summary>
    public int PotentialStep => Steps[^1].Output.IsFloat ? Steps[^1].Inputs[0] : Steps.Count - 1;

    /// <summary>The integers before the Dequantizer.</summary>
    public AkidaTensor Potentials => PotentialStep == ModelInput ? Input : Steps[PotentialStep].Output;

    /// <summary>The memory that one sample takes while it runs, scratch left out.</summary>
    public long BytesPerSample =>
        TensorData.ByteCount(Input.Spec)
        + Steps.Sum(step => (step.Prepared.Create is null ? 0 : TensorData.ByteCount(step.Output.Spec)) + step.Prepared.State.Sum(TensorData.ByteCount))
        + (Dequantization is null ? 0 : TensorData.ByteCount(Output.Spec));

    /// <summary>The step of the layer called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public AkidaStep this[string name] => Steps[Position(name)];

    internal IReadOnlyList<AkidaOperation?> Operations => _operations.Value;

    internal AkidaOperation? Dequantization => _dequantization.Value;

    /// <summary>The position of the layer called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int Position(string name) => _positions[name];

    /// <summary>Buffers for one worker.</summary>
    public AkidaRunner CreateRunner(int capacity) => new(this, capacity);
}
