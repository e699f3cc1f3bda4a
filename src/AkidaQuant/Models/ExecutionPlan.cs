using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>A layer of a plan: what goes in and comes out, and how it is computed.</summary>
/// <param name="Node">The layer and its connections.</param>
/// <param name="Inputs">The positions in the plan of the steps that feed it.</param>
/// <param name="Prepared">The layer seen with its inputs.</param>
public sealed record PlanStep(Node Node, IReadOnlyList<int> Inputs, PreparedLayer Prepared);

/// <summary>
/// The way to run a model: every tensor described, every layer prepared in order. Weights are packed when the
/// first batch runs, so that a plan made to look at shapes or integers costs little.
/// </summary>
public sealed class ExecutionPlan
{
    private readonly Lazy<Operation?[]> _operations;

    /// <summary>Prepares every layer of the model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ExecutionPlan(Model model)
    {
        Model = model;
        bool quantized = model.IsQuantized;
        List<PlanStep> steps = [];
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        foreach (Node node in model.Nodes)
        {
            int[] inputs = [.. node.Inputs.Select(input => positions[input])];
            if (inputs.Length != node.Layer.InputCount)
            {
                throw new QuantException(
                    "LayerInputCount",
                    QuantErrorKind.InvalidData,
                    $"Layer '{node.Name}' ({node.Layer.ClassName}) takes {node.Layer.InputCount} inputs, but {inputs.Length} are connected.",
                    node.Name);
            }

            PreparedLayer prepared = node.Layer is InputLayer input
                ? PreparedLayer.View(input.Spec(quantized))
                : node.Layer.Prepare([.. inputs.Select(index => steps[index].Prepared.Output)]);
            positions.Add(node.Name, steps.Count);
            steps.Add(new PlanStep(node, inputs, prepared));
        }

        Steps = steps;
        _operations = new Lazy<Operation?[]>(() => [.. Steps.Select(step => step.Prepared.IsView ? null : step.Prepared.CreateOperation())]);
    }

    /// <summary>The model that this plan runs.</summary>
    public Model Model { get; }

    /// <summary>The layers in the order of the model.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>The step of the layer called <paramref name="name"/>.</summary>
    public PlanStep this[string name] => Steps.First(step => step.Node.Name == name);

    internal Operation?[] Operations => _operations.Value;
}
