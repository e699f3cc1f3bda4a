using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>Leaves values as they are; in training, large ones cost something. Temporal models lose it (transforms.md 4.4).</summary>
[LayerClass("ActivityRegularization")]
public sealed record ActivityRegularization : Layer
{
    /// <summary>The cost of absolute values.</summary>
    public double L1 { get; init; }

    /// <summary>The cost of squares.</summary>
    public double L2 { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("l1", L1), new("l2", L2)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static ActivityRegularization Read(LayerArguments arguments) =>
        new() { Name = arguments.Name, L1 = arguments.Number("l1", 0), L2 = arguments.Number("l2", 0) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) => PreparedLayer.View(FloatInput(inputs));
}
