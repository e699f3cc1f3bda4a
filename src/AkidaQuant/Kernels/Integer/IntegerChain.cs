namespace AkidaQuant.Kernels.Integer;

/// <summary>
/// Sums of a layer and the steps that follow them over a batch, each step in a buffer of its own storage where it cannot
/// work in place. Buffers are rented while the chain runs.
/// </summary>
/// <param name="size">The number of sums of a sample.</param>
/// <param name="storage">How they are stored.</param>
public sealed class IntegerChain(int size, IntegerStorage storage)
{
    private readonly List<Step> _steps = [];

    /// <summary>Adds a step.</summary>
    /// <param name="resultSize">The number of integers that it gives for a sample.</param>
    /// <param name="resultStorage">How they are stored.</param>
    /// <param name="run">Reads the first buffer, fills the second, for a number of samples.</param>
    /// <param name="inPlace">Whether both may be the same buffer, if they are stored alike.</param>
    public void Add(int resultSize, IntegerStorage resultStorage, Action<IntegerData, IntegerData, int> run, bool inPlace)
    {
        IntegerStorage current = _steps.Count == 0 ? storage : _steps[^1].Storage;
        _steps.Add(new Step(resultSize, resultStorage, run, inPlace && resultStorage == current));
    }

    /// <summary>The whole computation.</summary>
    /// <param name="sums">Fills a buffer with the sums of a number of samples.</param>
    public Action<ReadOnlySpan<TensorData>, IntegerData, int> Create(Action<ReadOnlySpan<TensorData>, IntegerData, int> sums)
    {
        Step[] steps = [.. _steps];
        if (steps.Length == 0)
        {
            return sums;
        }

        return (inputs, output, batch) =>
        {
            IntegerData current = IntegerData.Rent(size, batch, storage);
            try
            {
                sums(inputs, current, batch);
                for (int i = 0; i < steps.Length - 1; i++)
                {
                    if (steps[i].InPlace)
                    {
                        steps[i].Run(current, current, batch);
                        continue;
                    }

                    IntegerData next = IntegerData.Rent(steps[i].Size, batch, steps[i].Storage);
                    steps[i].Run(current, next, batch);
                    current.Dispose();
                    current = next;
                }

                steps[^1].Run(current, output, batch);
            }
            finally
            {
                current.Dispose();
            }
        };
    }

    private sealed record Step(int Size, IntegerStorage Storage, Action<IntegerData, IntegerData, int> Run, bool InPlace);
}
