using AkidaQuant.Execution;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// A layer whose activation is a layer itself, as long as a file is being read: files order layers and weights without it.
/// <see cref="NestedModels"/> then puts both in its place, because layers here hold the names of functions only.
/// </summary>
internal sealed record ActivatedLayer : Layer
{
    /// <summary>The layer without the activation.</summary>
    public required Layer Inner { get; init; }

    /// <summary>The activation.</summary>
    public required Layer Behind { get; init; }

    /// <inheritdoc/>
    public override string ClassName => Inner.ClassName;

    /// <inheritdoc/>
    public override int InputCount => Inner.InputCount;

    /// <inheritdoc/>
    public override IReadOnlyList<Variable> Variables => Inner.Variables;

    /// <summary>The layer alone, with what is said of both.</summary>
    public Layer Plain => Inner with { StoredArguments = StoredArguments };

    /// <inheritdoc/>
    public override bool TakesInputs(int count) => Inner.TakesInputs(count);

    /// <inheritdoc/>
    public override Layer WithVariables(IReadOnlyList<NdArray<float>> values) => this with { Inner = Inner.WithVariables(values) };

    /// <inheritdoc/>
    public override PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs) =>
        throw new InvalidOperationException($"The activation of '{Name}' has not been put behind it.");
}
