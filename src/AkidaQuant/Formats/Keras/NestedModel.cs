using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// A model in the place of a layer, as long as a file is being read: files order weights by it (tools.md 4.1 and
/// 5.3). <see cref="NestedModels"/> then puts its layers in its place.
/// </summary>
internal sealed record NestedModel : Layer
{
    /// <summary>The model.</summary>
    public required Model Inner { get; init; }

    /// <summary>Whether training changes the model.</summary>
    public required bool Trainable { get; init; }

    /// <inheritdoc/>
    public override string ClassName => Inner.IsSequential ? "Sequential" : "Functional";

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => [.. Ordered().Select(entry => entry.Variable)];

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values)
    {
        List<(string Layer, int Index, Variable Variable)> ordered = [.. Ordered()];
        ExpectVariables(values, ordered.Count);
        Dictionary<string, NdArray<float>[]> byLayer = ordered
            .CountBy(entry => entry.Layer)
            .ToDictionary(pair => pair.Key, pair => new NdArray<float>[pair.Value], StringComparer.Ordinal);
        for (int i = 0; i < values.Count; i++)
        {
            byLayer[ordered[i].Layer][ordered[i].Index] = values[i];
        }

        return this with
        {
            Inner = Inner.WithLayers(layer =>
                byLayer.TryGetValue(layer.Name, out NdArray<float>[]? own) ? layer.WithVariables(own) : layer),
        };
    }

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        throw new InvalidOperationException($"The layers of the model '{Name}' have not been put in its place.");

    /// <summary>All trainable arrays, layer by layer, then all others; each with its layer and its place there.</summary>
    private IEnumerable<(string Layer, int Index, Variable Variable)> Ordered()
    {
        List<(string Layer, int Index, Variable Variable)> trained = [];
        List<(string Layer, int Index, Variable Variable)> others = [];
        foreach (Layer layer in Inner.GraphLayers)
        {
            bool trainable = layer is NestedModel nested ? nested.Trainable : !layer.IsFrozen;
            IReadOnlyList<Variable> variables = layer.Variables;
            for (int i = 0; i < variables.Count; i++)
            {
                Variable variable = trainable ? variables[i] : variables[i] with { Trainable = false };
                (variable.Trainable ? trained : others).Add((layer.Name, i, variable));
            }
        }

        return Trainable
            ? trained.Concat(others)
            : trained.Concat(others).Select(entry => entry with { Variable = entry.Variable with { Trainable = false } });
    }
}
