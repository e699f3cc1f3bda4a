using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Layers;

namespace AkidaQuant.Formats.Onnx.Operators;

/// <summary>Concat as Concatenate.</summary>
internal sealed class ConcatOperator : OnnxOperator
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> OpTypes => ["Concat"];

    /// <inheritdoc/>
    public override void Import(OnnxNode node, OnnxImport import)
    {
        List<OnnxActivation> inputs = [.. node.Inputs.Select((_, index) => import.Activation(node, index))];
        if (inputs.Count == 0)
        {
            throw node.Error(
                "OnnxInputMissing",
                "it has no inputs. The file is damaged; export the model again",
                QuantErrorKind.InvalidData);
        }

        int rank = inputs[0].Rank;
        long given = node.Int("axis", 1);
        long axis = given < 0 ? given + rank + 1 : given;
        if (axis < 1 || axis > rank || inputs.Exists(input => input.Rank != rank))
        {
            throw node.Error(
                "OnnxConcat",
                $"it joins tensors of the shapes {string.Join(", ", inputs.Select(input => input.Shape))} behind the batch along axis {given}. Join tensors of as many axes along one of them");
        }

        inputs = inputs.Exists(input => input.Flattened is not null)
            ? [.. inputs.Select(input => import.Ordered(input, OnnxActivation.InOrder(rank), node))]
            : [.. import.Alike(inputs, node)];
        OnnxActivation first = inputs[0];
        if (inputs.Count == 1)
        {
            import.Set(node, first);
            return;
        }

        if (first.IsImage && first.Axes[^1] == (int)axis - 1 && OnnxSelection.Joined(node, import, inputs) is { } whole)
        {
            import.Set(node, whole);
            return;
        }

        int position = first.Axes.ToList().IndexOf((int)axis - 1);
        Concatenate layer = new() { Name = import.NameOf(node), Axis = position == first.Axes.Count - 1 ? -1 : position + 1 };
        import.Set(node, import.Add(layer, first.Axes, [.. inputs]));
    }
}
