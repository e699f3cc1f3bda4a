using AkidaQuant.Execution;

namespace AkidaQuant.Layers;

/// <summary>The softmax of the last axis as a layer, in float.</summary>
[LayerClass("Softmax")]
public sealed record Softmax : Layer
{
    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Arguments => [new("axis", -1L)];

    /// <summary>Makes the layer from stored arguments.</summary>
    public static Softmax Read(LayerArguments arguments) => arguments.Int("axis", -1) == -1
        ? new Softmax { Name = arguments.Name }
        : throw arguments.Wrong("axis", arguments["axis"], "-1");

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        new Activation { Name = Name, Function = "softmax" }.Prepare(inputs);
}
