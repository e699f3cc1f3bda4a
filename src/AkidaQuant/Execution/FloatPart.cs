using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Execution;

/// <summary>What a float layer computes, to which layers behind it may add what they do to single values.</summary>
public sealed class FloatPart
{
    private const int BlockElements = 4096;

    private FloatPart(long work, Kernel run)
    {
        Work = work;
        Run = run;
    }

    /// <summary>
    /// Computes a part of the work on <paramref name="batch"/> samples: fills the output with results, or with what
    /// <paramref name="finish"/> makes of them.
    /// </summary>
    public delegate void Kernel(ReadOnlySpan<TensorData> inputs, Span<float> output, int batch, WorkShare share, FloatFinish? finish);

    /// <summary>Fills rows of the output, counted through all samples from <paramref name="row"/> on.</summary>
    public delegate void RowKernel(ReadOnlySpan<TensorData> inputs, int row, Span<float> result);

    /// <summary>The work of a sample, as <see cref="Stage"/> counts it.</summary>
    public long Work { get; }

    /// <summary>The computation.</summary>
    public Kernel Run { get; }

    /// <summary>A part that threads share.</summary>
    /// <param name="work">The work of a sample in products.</param>
    /// <param name="run">The computation, which takes the first input.</param>
    public static FloatPart Divided(long work, Kernel run) => new(Math.Max(work, 1), run);

    /// <summary>A function of single values and their channels, as a layer of its own.</summary>
    /// <param name="shape">The shape of a sample, channels last.</param>
    /// <param name="function">What is done to each value.</param>
    public static FloatPart Of(Shape shape, FloatFinish function)
    {
        int channels = shape.Rank == 0 ? 1 : shape.Channels;
        return OfRows(shape.Size / channels, channels, (inputs, row, result) =>
        {
            var input = (FloatData)inputs[0];
            input.Values(input.Capacity).Slice(row * channels, result.Length).CopyTo(result);
            function(result, 0);
        });
    }

    /// <summary>What is computed row by row, each row of the output from the rows in the same place of the inputs.</summary>
    /// <param name="rows">The rows of a sample.</param>
    /// <param name="channels">The values of a row of the output.</param>
    /// <param name="run">Fills some rows.</param>
    public static FloatPart OfRows(int rows, int channels, RowKernel run)
    {
        // Whole rows, so few that they stay in the first-level cache between one function and the next.
        int block = Math.Max(BlockElements / channels, 1);
        return Divided((long)rows * channels * Stage.WorkOfElement, (inputs, output, batch, share, finish) =>
        {
            (int start, int end) = share.Of(batch * rows);
            for (int row = start; row < end; row += block)
            {
                Span<float> result = output[(row * channels)..(Math.Min(row + block, end) * channels)];
                run(inputs, row, result);
                finish?.Invoke(result, 0);
            }
        });
    }

    /// <summary>The stage of a float layer with functions behind it.</summary>
    /// <param name="result">What comes out.</param>
    /// <param name="finish">What is done to its values, in order; none for nothing.</param>
    internal Stage ToStage(TensorSpec result, IReadOnlyList<FloatFinish> finish)
    {
        FloatFinish? all = finish switch
        {
            [] => null,
            [FloatFinish only] => only,
            _ => (values, channel) =>
            {
                foreach (FloatFinish function in finish)
                {
                    function(values, channel);
                }
            },
        };
        return new Stage(result, Work, (inputs, output, batch, share) => Run(inputs, ((FloatData)output).Values(batch), batch, share, all));
    }
}
