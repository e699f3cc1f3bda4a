using AkidaQuant.Kernels.Integer;

namespace AkidaQuant.Execution;

/// <summary>The linear part of a layer of integers: what it computes, and how several threads share it.</summary>
public sealed class LinearPart
{
    private LinearPart(long work, Kernel run)
    {
        Work = work;
        Run = run;
    }

    /// <summary>
    /// Computes a part of the work on <paramref name="batch"/> samples: fills the output with sums, or with what
    /// <paramref name="finish"/> makes of them.
    /// </summary>
    public delegate void Kernel(
        ReadOnlySpan<TensorData> inputs, IntegerData output, int batch, WorkShare share, IntegerFinish? finish);

    /// <summary>A kernel over the only input of a layer, as <see cref="Kernel"/>.</summary>
    public delegate void InputKernel(IntegerData input, IntegerData output, int batch, WorkShare share, IntegerFinish? finish);

    /// <summary>Computes the sums of <paramref name="batch"/> samples.</summary>
    public delegate void WholeKernel(ReadOnlySpan<TensorData> inputs, IntegerData sums, int batch);

    /// <summary>
    /// The work of a sample, as <see cref="Stage"/> counts it; 0 where it cannot be divided, and sums are finished later.
    /// </summary>
    public long Work { get; }

    /// <summary>The computation.</summary>
    public Kernel Run { get; }

    /// <summary>Stages before it, whose last result it takes; without them it takes the layer's inputs.</summary>
    public IReadOnlyList<Stage> Before { get; init; } = [];

    /// <summary>This part behind another one of the same layer.</summary>
    /// <param name="first">The part that takes the layer's inputs.</param>
    /// <param name="between">What it gives.</param>
    public LinearPart After(LinearPart first, QuantizedSpec between)
    {
        Stage stage = new(between, first.Work, (inputs, output, batch, share) =>
            first.Run(inputs, (IntegerData)output, batch, share, null));
        return new LinearPart(Work, Run) { Before = [.. first.Before, stage] };
    }

    /// <summary>A linear part that threads share and that finishes its sums itself.</summary>
    /// <param name="work">The work of a sample in products.</param>
    /// <param name="run">The computation.</param>
    public static LinearPart Divided(long work, Kernel run) => new(Math.Max(work, 1), run);

    /// <summary>A kernel over the only input, which threads share and which finishes its sums itself.</summary>
    /// <param name="work">The work of a sample in products.</param>
    /// <param name="run">The computation.</param>
    public static LinearPart Over(long work, InputKernel run) => Divided(work, (inputs, output, batch, share, finish) =>
        run((IntegerData)inputs[0], output, batch, share, finish));

    /// <summary>A linear part that one thread computes.</summary>
    public static LinearPart Whole(WholeKernel run) => new(0, (inputs, sums, batch, _, _) => run(inputs, sums, batch));
}
