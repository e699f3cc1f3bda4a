using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Akida.Layers;

/// <summary>What follows the linear part of a layer: a bias, then one step after another over the sums of a batch.</summary>
internal sealed class AccumulatorStages
{
    private readonly IntegerChain _chain;
    private readonly BiasAddition? _bias;

    /// <summary>No step yet.</summary>
    /// <param name="sums">What the linear part gives, the bias added.</param>
    /// <param name="bias">The bias; null for none.</param>
    public AccumulatorStages(AkidaTensor sums, BiasAddition? bias = null)
    {
        _chain = new IntegerChain(sums.Shape.Size, Storage(sums));
        _bias = bias;
        Result = sums;
    }

    /// <summary>What the last step gives.</summary>
    public AkidaTensor Result { get; private set; }

    /// <summary>Adds a step.</summary>
    /// <param name="result">What it gives.</param>
    /// <param name="run">Reads the first buffer, fills the second, for a number of samples.</param>
    /// <param name="inPlace">Whether both may be the same buffer.</param>
    public void Add(AkidaTensor result, Action<IntegerData, IntegerData, int> run, bool inPlace)
    {
        _chain.Add(result.Shape.Size, Storage(result), run, inPlace);
        Result = result;
    }

    /// <summary>Replaces the description of the result, the integers being the same.</summary>
    public void Describe(AkidaTensor result) => Result = result;

    /// <summary>A layer whose linear part is one kernel over its only input.</summary>
    /// <param name="macs">The multiplications of a sample.</param>
    /// <param name="kernel">Reads the input, fills the sums, for a number of samples.</param>
    public AkidaPreparedLayer Prepare(long macs, Action<IntegerData, IntegerData, int> kernel) =>
        new(Result, macs, () => CreateOperation((tensors, sums, batch) => kernel((IntegerData)tensors[0], sums, batch)));

    /// <summary>The whole operation: the linear part, then the steps.</summary>
    public AkidaOperation CreateOperation(Action<ReadOnlySpan<TensorData>, IntegerData, int> linear)
    {
        Action<ReadOnlySpan<TensorData>, IntegerData, int> run = _chain.Create(_bias is null ? linear : (inputs, sums, batch) =>
        {
            linear(inputs, sums, batch);
            _bias.Run(sums, batch);
        });
        return (inputs, output, batch) => run(inputs, (IntegerData)output, batch);
    }

    private static IntegerStorage Storage(AkidaTensor tensor) => ((QuantizedSpec)tensor.Spec).Storage;
}
