namespace AkidaQuant.Execution;

/// <summary>What a plan runs: a layer of any dialect with the names of those that feed it.</summary>
public interface IPlanNode
{
    /// <summary>The name, unique within a model.</summary>
    string Name { get; }

    /// <summary>The names of the nodes that feed this one, in the order of its inputs; none for one that takes the model's input.</summary>
    IReadOnlyList<string> Inputs { get; }

    /// <summary>The node as errors name it: <c>Layer 'conv' (Conv2D)</c>.</summary>
    string Title { get; }

    /// <summary>
    /// Works out the output for the given inputs and how to compute it. No buffer is allocated yet, and weights are packed only
    /// where the range of the output follows from them.
    /// </summary>
    /// <param name="inputs">What the nodes give that feed this one; the model's input where there is none.</param>
    /// <exception cref="QuantException">The inputs do not fit the layer.</exception>
    PreparedLayer Prepare(IReadOnlyList<TensorSpec> inputs);
}
