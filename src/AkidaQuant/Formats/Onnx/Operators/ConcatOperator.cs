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

        int rank = inputs[0].Axes.Count;
        long given = node.Int("axis", 1);
        long axis = given < 0 ? given + rank + 1 : given;
        if (axis < 1 || axis > rank || inputs.Exists(input => input.Axes.Count != rank))
        {
            throw node.Error(
                "OnnxConcat",
                $"it joins tensors of the shapes {string.Join(", ", inputs.Select(input => input.Shape))} behind the batch along axis {given}. Join tensors of as many axes along one of them");
        }

        IReadOnlyList<int> axes = rank == 3 ? OnnxActivation.ChannelsLast : OnnxActivation.InOrder(rank);
        if (inputs.Exists(input => input.Flattened is not null || !input.Axes.SequenceEqual(inputs[0].Axes)))
        {
            inputs = [.. inputs.Select(input => import.Ordered(input, axes, node))];
        }

        OnnxActivation first = inputs[0];
        if (inputs.Count == 1)
        {
            import.Set(node, first);
            return;
        }

        int position = first.Axes.ToList().IndexOf((int)axis - 1);
        Concatenate layer = new() { Name = import.NameOf(node), Axis = position == rank - 1 ? -1 : position + 1 };
        import.Set(node, import.Add(layer, first.Axes, [.. inputs]));
    }
}
