namespace AkidaQuant.Layers.Integers;

/// <summary>A layer of given integers with weights (onnx.md 7.1).</summary>
public abstract record IntegerWeightedLayer : IntegerLayer
{
    /// <summary>The weights; each layer says in which shape.</summary>
    public required NdArray<sbyte> Kernel
    {
        get;
        init => field = value.Compact();
    }

    /// <summary>What follows the sums of products.</summary>
    public required IntegerTail Tail { get; init; }

    /// <inheritdoc/>
    public override int? WeightBits => IntegerBits;

    /// <inheritdoc/>
    public override int? OutputBits => Tail.Rescaling is null ? null : IntegerBits;

    /// <summary>The integers as stored scalars, for summaries; files of Keras cannot hold them.</summary>
    public override IReadOnlyList<Variable> Variables =>
        [new($"{Name}/kernel:0", Kernel.MapNonzero(weight => (float)weight), Trainable: false), .. Tail.Variables(Name)];

    /// <summary>The weights as the kernels take them.</summary>
    private protected NdArray<int> Weights => Kernel.MapNonzero(weight => (int)weight);
}
