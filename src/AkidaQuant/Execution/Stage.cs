namespace AkidaQuant.Execution;

/// <summary>
/// A step of a layer's computation, which is finished before the next one begins. The first takes the layer's inputs and its
/// state, each other one what the stage before it gives; the last gives the layer's output.
/// </summary>
/// <param name="Result">What it gives.</param>
/// <param name="Work">
/// About how many products one sample takes, an integer or a float that is only moved counting as 16; 0 where the work cannot be
/// divided.
/// </param>
/// <param name="Run">The computation.</param>
public sealed record Stage(TensorSpec Result, long Work, DividedOperation Run)
{
    /// <summary>What an element that is read, changed and stored counts, measured in products of a convolution.</summary>
    public const int WorkOfElement = 16;

    /// <summary>Less than this, some microseconds, is not worth another thread.</summary>
    private const long LeastWork = 1 << 17;

    /// <summary>A stage that is computed by one thread.</summary>
    public static Stage Whole(TensorSpec result, Operation run) => new(result, 0, (inputs, output, batch, _) => run(inputs, output, batch));

    /// <summary>The number of parts that are worth computing by themselves.</summary>
    /// <param name="batch">The number of samples.</param>
    /// <param name="threads">The most parts.</param>
    public int Shares(int batch, int threads) => (int)Math.Clamp(Work * batch / LeastWork, 1, threads);
}
