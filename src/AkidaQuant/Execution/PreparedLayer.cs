namespace AkidaQuant.Execution;

/// <summary>A layer of any dialect seen with its inputs: what it gives and how to compute it.</summary>
public sealed class PreparedLayer
{
    private readonly Func<Operation> _create;

    /// <summary>A prepared layer whose operation is made on demand, with whatever was not needed to describe the output.</summary>
    public PreparedLayer(TensorSpec output, Func<Operation> create)
    {
        Output = output;
        _create = create;
    }

    private PreparedLayer(TensorSpec output)
    {
        Output = output;
        IsView = true;
        _create = () => throw new InvalidOperationException("A view has no operation of its own.");
    }

    /// <summary>The tensor that the layer gives.</summary>
    public TensorSpec Output { get; }

    /// <summary>Whether the output is the input's buffer under another description, with nothing to compute.</summary>
    public bool IsView { get; }

    /// <summary>
    /// What the layer remembers from call to call, one tensor for each stream of a runner: zeros at first, then what
    /// the operation leaves in the buffers that it gets behind its inputs.
    /// </summary>
    public IReadOnlyList<TensorSpec> State { get; init; } = [];

    /// <summary>The integers that quantization derived from the layer's weights and ranges (numerics.md 8).</summary>
    public RecordedVariables Recorded { get; init; } = new();

    /// <summary>Multiplications and additions for one sample, where a dialect counts them (akida-model.md 1.6); else 0.</summary>
    public long Macs { get; init; }

    /// <summary>The first input's buffer under another description.</summary>
    public static PreparedLayer View(TensorSpec output) => new(output);

    /// <summary>Makes the computation, weights packed.</summary>
    public Operation CreateOperation() => _create();
}
