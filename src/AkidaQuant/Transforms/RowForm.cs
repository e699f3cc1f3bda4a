using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Transforms;

/// <summary>What a layer over rows in time becomes in a network of images of height 1: another layer, or an obstacle.</summary>
internal sealed record RowForm
{
    /// <summary>Of tensors of rows: time and channels.</summary>
    public const int Rank = 2;

    /// <summary>The layer; null when there is none to be.</summary>
    public Layer? Layer { get; private init; }

    /// <summary>Why there is no such form, as the end of a sentence about the layer; null when there is one.</summary>
    public string? Obstacle { get; private init; }

    /// <summary>The form of a layer; one that neither takes nor gives rows stays as it is.</summary>
    public static RowForm Of(Model model, Node node)
    {
        Shape output = Output(model, node.Name);
        if (node.Inputs.Count == 0)
        {
            return To(output.Rank == Rank ? OfInput((InputLayer)node.Layer) : node.Layer);
        }

        Shape input = Output(model, node.Inputs[0]);
        return node.Layer is SequenceLayer sequence ? To(sequence.Image)
            : output.Rank != Rank && node.Inputs.All(name => Output(model, name).Rank != Rank) ? To(node.Layer)
            : node.Layer switch
            {
                Reshape layer => To(output.Rank == Rank ? layer with { TargetShape = output.Prepend(1) } : layer),
                Permute layer when input.Rank == Rank => To(layer with { Dims = [1, .. layer.Dims.Select(axis => axis + 1)] }),
                BatchNormalization layer => To(layer with { Axis = Moved(layer.Axis) }),
                Concatenate layer => To(layer with { Axis = Moved(layer.Axis) }),
                LayerNormalization layer => To(layer with { Axes = [.. layer.Axes.Select(Moved)] }),
                UnitNormalization layer => To(layer with { Axes = [.. layer.Axes.Select(Moved)] }),
                Normalization layer => To(layer with { Axes = [.. layer.Axes.Select(Moved)] }),
                PReLU layer => To(layer with
                {
                    Alpha = layer.Alpha with { Shape = layer.Alpha.Shape.Prepend(1) },
                    SharedAxes = [.. layer.SharedAxes.Select(axis => axis + 1)],
                }),
                Dense or Flatten or GroupNormalization or Add or Multiply or Subtract or Minimum or Maximum or Average or Activation
                    or Softmax or Rescaling or LeakyReLU or Dropout or TrainingLayer or ActivityRegularization
                    or { IsActivation: true } => To(node.Layer),
                _ => new RowForm { Obstacle = $"layers of class {node.Layer.ClassName} over rows have no form over images" },
            };
    }

    /// <summary>The shape of what a layer gives.</summary>
    public static Shape Output(Model model, string name) => model.Plan[name].Prepared.Output.Shape;

    /// <summary>Callers go on giving rows.</summary>
    private static InputLayer OfInput(InputLayer input) => input with
    {
        Shape = input.Shape.Prepend(1),
        Form = input.Form ?? new SampleForm { Shape = input.Shape },
    };

    /// <summary>An axis that is counted from the front, the batch as 0, behind that of the one row.</summary>
    private static int Moved(int axis) => axis > 0 ? axis + 1 : axis;

    private static RowForm To(Layer layer) => new() { Layer = layer };
}
