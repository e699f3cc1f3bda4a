using AkidaQuant.Kernels;

namespace AkidaQuant.Akida.Layers;

/// <summary>What follows the linear part of a layer: a bias, then one step after another over the sums of a batch.</summary>
internal sealed class AccumulatorStages
{
    private readonly AkidaTensor _sums;
    private readonly BiasAddition? _bias;
    private readonly List<Stage> _stages = [];

    /// <summary>No step yet.</summary>
    /// <param name="sums">What the linear part gives, the bias added.</param>
    /// <param name="bias">The bias; null for none.</param>
    public AccumulatorStages(AkidaTensor sums, BiasAddition? bias = null)
    {
        _sums = sums;
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
        _stages.Add(new Stage(result, run, inPlace && Storage(result) == Storage(Result)));
        Result = result;
    }

    /// <summary>Replaces the description of the result, the integers being the same.</summary>
    public void Describe(AkidaTensor result) => Result = result;

    /// <summary>The whole operation: the linear part, then the steps.</summary>
    public AkidaOperation CreateOperation(Action<ReadOnlySpan<TensorData>, IntegerData, int> linear)
    {
        Stage[] stages = [.. _stages];
        if (stages.Length == 0)
        {
            return (inputs, output, batch) =>
            {
                linear(inputs, (IntegerData)output, batch);
                _bias?.Run((IntegerData)output, batch);
            };
        }

        return (inputs, output, batch) =>
        {
            IntegerData current = Rent(_sums, batch);
            try
            {
                linear(inputs, current, batch);
                _bias?.Run(current, batch);
                for (int i = 0; i < stages.Length - 1; i++)
                {
                    if (stages[i].InPlace)
                    {
                        stages[i].Run(current, current, batch);
                        continue;
                    }

                    IntegerData next = Rent(stages[i].Result, batch);
                    stages[i].Run(current, next, batch);
                    current.Dispose();
                    current = next;
                }

                stages[^1].Run(current, (IntegerData)output, batch);
            }
            finally
            {
                current.Dispose();
            }
        };
    }

    private static IntegerStorage Storage(AkidaTensor tensor) => ((QuantizedSpec)tensor.Spec).Storage;

    private static IntegerData Rent(AkidaTensor tensor, int batch) => IntegerData.Rent(tensor.Shape.Size, batch, Storage(tensor));

    private sealed record Stage(AkidaTensor Result, Action<IntegerData, IntegerData, int> Run, bool InPlace);
}
