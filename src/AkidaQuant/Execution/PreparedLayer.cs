using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Execution;

/// <summary>A layer of any dialect seen with its inputs: what it gives and how to compute it.</summary>
public sealed class PreparedLayer
{
    private readonly Func<IReadOnlyList<Stage>> _create;

    /// <summary>A prepared layer whose operation is made on demand, with whatever was not needed to describe the output.</summary>
    public PreparedLayer(TensorSpec output, Func<Operation> create)
        : this(output, () => [Stage.Whole(output, create())])
    {
    }

    private PreparedLayer(TensorSpec output, Func<IReadOnlyList<Stage>> create)
    {
        Output = output;
        _create = create;
    }

    /// <summary>The tensor that the layer gives.</summary>
    public TensorSpec Output { get; }

    /// <summary>Whether the output is the input's buffer under another description, with nothing to compute.</summary>
    public bool IsView { get; private init; }

    /// <summary>
    /// What the layer remembers from call to call, one tensor for each stream of a runner: zeros at first, then what
    /// the operation leaves in the buffers that it gets behind its inputs.
    /// </summary>
    public IReadOnlyList<TensorSpec> State { get; init; } = [];

    /// <summary>The integers that quantization derived from the layer's weights and ranges (numerics.md 8).</summary>
    public RecordedVariables Recorded { get; init; } = new();

    /// <summary>Multiplications and additions for one sample, where a dialect counts them (akida-model.md 1.6); else 0.</summary>
    public long Macs { get; init; }

    /// <summary>A float layer's computation and the functions that end it; null where no function can be added.</summary>
    internal (Lazy<FloatPart> Part, IReadOnlyList<Lazy<FloatFinish>> Functions)? Float { get; private init; }

    /// <summary>The function that the layer is, where it is one of single values, which the layer in front of it can take in.</summary>
    internal Lazy<FloatFinish>? Function { get; private init; }

    /// <summary>What the layer gives: <c>signed 8-bit (14, 14, 16)</c>.</summary>
    public override string ToString() => Output.ToString();

    /// <summary>The first input's buffer under another description.</summary>
    public static PreparedLayer View(TensorSpec output) =>
        new(output, () => Array.Empty<Stage>()) { IsView = true };

    /// <summary>A layer whose work several threads can share.</summary>
    /// <param name="output">The tensor that the layer gives.</param>
    /// <param name="create">Makes the operation on demand.</param>
    /// <param name="work">The work of a sample, as <see cref="Stage"/> counts it; null for one step an element of the output.</param>
    public static PreparedLayer Divided(TensorSpec output, Func<DividedOperation> create, long? work = null) =>
        new(output, () => [new Stage(output, work ?? (long)output.Shape.Size * Stage.WorkOfElement, create())]);

    /// <summary>A float layer, which can take in the functions of layers behind it.</summary>
    /// <param name="output">The shape of what it gives.</param>
    /// <param name="create">Makes the computation, weights packed.</param>
    /// <param name="function">Makes what is done to each value of it, as part of the layer; null for nothing.</param>
    public static PreparedLayer OfFloats(Shape output, Func<FloatPart> create, Func<FloatFinish>? function = null)
    {
        FloatSpec spec = new(output);
        Lazy<FloatPart> part = new(create);
        Lazy<FloatFinish>? own = function is null ? null : new Lazy<FloatFinish>(function);
        return new PreparedLayer(spec, () => [part.Value.ToStage(spec, own is null ? [] : [own.Value])])
        {
            Float = (part, own is null ? [] : [own]),
        };
    }

    /// <summary>A float layer that is a function of single values and their channels.</summary>
    /// <param name="output">The shape of what it takes and gives.</param>
    /// <param name="function">Makes what is done to each value.</param>
    public static PreparedLayer OfFunction(Shape output, Func<FloatFinish> function)
    {
        Lazy<FloatFinish> own = new(function);
        PreparedLayer layer = OfFloats(output, () => FloatPart.Of(output, own.Value));
        return new PreparedLayer(layer.Output, layer.CreateStages) { Float = layer.Float, Function = own };
    }

    /// <summary>A layer of several stages, which are made on demand.</summary>
    /// <param name="output">The tensor that the layer gives.</param>
    /// <param name="create">Makes the stages.</param>
    /// <param name="state">What the layer remembers; none by default.</param>
    /// <param name="recorded">What was derived from the layer's weights and ranges; nothing by default.</param>
    /// <param name="macs">Multiplications of a sample.</param>
    public static PreparedLayer Staged(
        TensorSpec output,
        Func<IReadOnlyList<Stage>> create,
        IReadOnlyList<TensorSpec>? state = null,
        RecordedVariables? recorded = null,
        long macs = 0) =>
        new(output, create) { State = state ?? [], Recorded = recorded ?? new RecordedVariables(), Macs = macs };

    /// <summary>The same values under another description, as those of a layer in the form of another one.</summary>
    /// <param name="output">What the layer gives, of as many values.</param>
    internal PreparedLayer As(TensorSpec output) => new(output, CreateStages)
    {
        IsView = IsView,
        State = State,
        Recorded = Recorded,
        Macs = Macs,
        Float = Float,
        Function = Function,
    };

    /// <summary>Makes the computation, weights packed: one stage at least, but none for a view.</summary>
    public IReadOnlyList<Stage> CreateStages() => _create();

    /// <summary>
    /// Makes the computation as one operation, for callers that run the layer by itself; no such thing is there for a view.
    /// </summary>
    public Operation CreateOperation()
    {
        IReadOnlyList<Stage> stages = CreateStages();
        if (stages.Count == 0)
        {
            throw new InvalidOperationException("A view has no operation of its own.");
        }

        return (inputs, output, batch) =>
        {
            for (int i = 0; i < stages.Count; i++)
            {
                TensorData result = i == stages.Count - 1 ? output : TensorData.Allocate(stages[i].Result, batch);
                stages[i].Run(inputs, result, batch, default);
                inputs = new TensorData[] { result };
            }
        };
    }
}
