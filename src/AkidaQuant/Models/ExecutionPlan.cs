using AkidaQuant.Layers;

namespace AkidaQuant.Models;

/// <summary>A layer of a plan: what goes in and comes out, and how it is computed.</summary>
/// <param name="Node">The layer and its connections.</param>
/// <param name="Inputs">The positions in the plan of the steps that feed it.</param>
/// <param name="Prepared">The layer seen with its inputs.</param>
public sealed record PlanStep(Node Node, IReadOnlyList<int> Inputs, PreparedLayer Prepared);

/// <summary>
/// The way to run a model: every tensor described, every layer prepared in order, its operation made when the
/// first batch runs.
/// </summary>
public sealed class ExecutionPlan
{
    /// <summary>The most elements of one sample's tensor: more would not fit an array of 64-bit integers.</summary>
    private const long ElementLimit = 1L << 27;

    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly Lazy<Operation?[]> _operations;

    /// <summary>Prepares every layer of the model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ExecutionPlan(Model model)
    {
        Model = model;
        if (model.Layers.Count(layer => layer is InputLayer) is var inputCount and > 1)
        {
            throw new QuantException(
                "ModelSeveralInputs", QuantErrorKind.NotSupported, $"The model '{model.Name}' has {inputCount} inputs. Networks that run here have one.", model.Name);
        }

        bool quantized = model.IsQuantized;
        List<PlanStep> steps = [];
        foreach (Node node in model.Nodes)
        {
            int[] inputs = [.. node.Inputs.Select(input => _positions[input])];
            if (!node.Layer.TakesInputs(inputs.Length))
            {
                throw new QuantException(
                    "LayerInputCount",
                    QuantErrorKind.InvalidData,
                    $"Layer '{node.Name}' ({node.Layer.ClassName}) takes {node.Layer.InputCount} inputs, but {inputs.Length} are connected.",
                    node.Name);
            }

            PreparedLayer prepared = node.Layer is InputLayer input
                ? PreparedLayer.View(input.Spec(quantized))
                : node.Layer.PrepareNamed([.. inputs.Select(index => steps[index].Prepared.Output)]);
            RequireSize(node, prepared.Output.Shape);
            _positions.Add(node.Name, steps.Count);
            steps.Add(new PlanStep(node, inputs, prepared));
        }

        Steps = steps;
        _operations = new Lazy<Operation?[]>(() => [.. Steps.Select(step => step.Prepared.IsView ? null : step.Prepared.CreateOperation())]);
    }

    /// <summary>The model that this plan runs.</summary>
    public Model Model { get; }

    /// <summary>The layers in the order of the model.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>The position of the input layer.</summary>
    public int InputStep => Position(Model.Input.Name);

    /// <summary>The position of the layer whose output the model gives.</summary>
    public int OutputStep => Position(Model.Outputs[0]);

    /// <summary>The tensor that the model gives.</summary>
    public TensorSpec Output => Steps[OutputStep].Prepared.Output;

    /// <summary>The memory that one sample takes while it runs.</summary>
    public long BytesPerSample => Steps.Sum(step =>
        (step.Prepared.IsView && step.Inputs.Count > 0 ? 0 : TensorData.ByteCount(step.Prepared.Output)) + step.Prepared.State.Sum(TensorData.ByteCount));

    /// <summary>The step of the layer called <paramref name="name"/>.</summary>
    public PlanStep this[string name] => Steps[Position(name)];

    internal IReadOnlyList<Operation?> Operations => _operations.Value;

    /// <summary>A worker with buffers for <paramref name="capacity"/> samples.</summary>
    public PlanRunner CreateRunner(int capacity) => new(this, capacity);

    /// <summary>The position of the layer called <paramref name="name"/>.</summary>
    public int Position(string name) => _positions[name];

    private static void RequireSize(Node node, Shape shape)
    {
        long size = 1;
        foreach (int dimension in shape)
        {
            size = Math.Min(size * Math.Max(dimension, 1), int.MaxValue);
        }

        if (size > ElementLimit)
        {
            throw new QuantException(
                "TensorTooLarge",
                QuantErrorKind.NotSupported,
                $"Layer '{node.Name}' ({node.Layer.ClassName}): one sample of its output {shape} has more than {ElementLimit} values. Use smaller samples.",
                node.Name);
        }
    }
}
