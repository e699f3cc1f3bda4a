using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Turns networks whose images have their channels first, and what a softmax over the first axis takes: every layer here has channels last.
/// Images keep the turned order from layer to layer; where a layer needs the order of the file, a Permute is put in front of it, and
/// weights behind a flattened image are reordered.
/// </summary>
internal sealed class ChannelsLast
{
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Layer, bool IsTurned), Tensor> _others = [];
    private readonly HashSet<string> _taken;

    private ChannelsLast(Model model) => _taken = [.. model.Nodes.Select(node => node.Name)];

    /// <summary>The model with channels last in all layers; the same object where they are.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public static Model Turn(Model model)
    {
        bool isTurned = model.GraphLayers.Any(ChannelOrder.IsFirst);
        if (!isTurned && !model.GraphLayers.Any(layer => layer is Softmax softmax && ChannelOrder.IsOverOther(softmax)))
        {
            return model;
        }

        ChannelsLast turned = new(model);
        foreach (Node node in model.Nodes)
        {
            turned._tensors.Add(node.Name, node.Layer is InputLayer input ? turned.Enter(input, isTurned) : turned.Add(node));
        }

        // Images of turned networks keep their channels last where they leave; rows get the order of the file.
        string[] outputs =
        [
            .. model.Outputs.Select(name => turned._tensors[name])
                .Select(tensor => tensor.Row is null && isTurned ? tensor.Name : turned.Plain(tensor).Name),
        ];
        return Model.Create(model.Name, model.IsSequential, turned._nodes, outputs);
    }

    private Tensor Enter(InputLayer input, bool isTurned)
    {
        const int ImageRank = 3;
        bool isImage = isTurned && input.Shape.Rank == ImageRank;
        InputLayer entered = isImage ? input with { Shape = input.Shape.WithFirstAxisLast(), IsChannelsFirst = true } : input;
        return Place(entered, [], entered.Shape, isImage, null);
    }

    private Tensor Add(Node node)
    {
        Tensor[] inputs = [.. node.Inputs.Select(input => _tensors[input])];
        Layer layer = node.Layer;
        int rank = inputs[0].Shape.Rank;
        if (inputs is [{ Row: { } row }])
        {
            return TurnedAxes.Reorder(layer, TurnedAxes.RowOrder(row)) is { } reordered
                ? Follow(reordered, inputs, isTurned: false, layer is Dense ? null : row)
                : Follow(layer, [Plain(inputs[0])], isTurned: false, null);
        }

        if (inputs is [{ IsTurned: true }] && layer is Permute permute && permute.Dims.Count == rank)
        {
            int[] dims = [.. permute.Dims.Select(axis => TurnedAxes.Last(axis, rank))];
            return dims.Order().SequenceEqual(dims)
                ? inputs[0] with { IsTurned = false }
                : Follow(permute with { Dims = dims }, inputs, isTurned: false, null);
        }

        if (layer is Flatten && rank > 1 && (ChannelOrder.IsFirst(layer) || inputs[0] is { IsTurned: true, Shape.IsKnown: true }))
        {
            // A Flatten of channels first has them last before it flattens, so that dense layers have one order of weights.
            bool isOfFile = !ChannelOrder.IsFirst(layer);
            Tensor image = Turned(inputs[0]);
            return Follow(layer, [image], isTurned: false, isOfFile ? image.Shape : null);
        }

        bool isOverFirst = layer is Softmax softmax && IsOverFirst(softmax, rank);
        bool isImage = rank > 1 && inputs.All(input => input.Shape.Rank == rank)
            && (ChannelOrder.IsFirst(layer) || isOverFirst || inputs.Any(input => input.IsTurned));
        return isImage && TurnedAxes.Turn(layer, rank) is { } turned
            ? Follow(turned, [.. inputs.Select(Turned)], isTurned: true, null)
            : Follow(layer, [.. inputs.Select(Plain)], isTurned: false, null);
    }

    /// <summary>Whether a softmax is over the first axis of a sample in the order of the file, rather than over the last.</summary>
    private static bool IsOverFirst(Softmax softmax, int rank)
    {
        int axis = ChannelOrder.AxisOf(softmax);
        bool isOverFirst = TurnedAxes.Last(axis, rank) == rank;
        return isOverFirst || axis == rank || axis == -1
            ? isOverFirst
            : throw new LayerArguments(softmax.Name, softmax.StoredArguments).Wrong("axis", axis, "-1 or 1");
    }

    /// <summary>Adds a layer, whose output is an image only where it has as many axes as its input.</summary>
    private Tensor Follow(Layer layer, Tensor[] inputs, bool isTurned, Shape? row)
    {
        Shape[] shapes = [.. inputs.Select(input => input.Shape)];
        Shape output = Array.TrueForAll(shapes, shape => shape.IsKnown)
            ? layer.PrepareNamed([.. shapes.Select(shape => new FloatSpec(shape))]).Output.Shape
            : Guess(layer, shapes[0]);
        return Place(
            ChannelOrder.Settled(layer),
            [.. inputs.Select(input => input.Name)],
            output,
            isTurned && output.Rank == shapes[0].Rank,
            row);
    }

    private Tensor Place(Layer layer, string[] inputs, Shape output, bool isTurned, Shape? row)
    {
        _nodes.Add(new Node(layer, inputs));
        return new Tensor(layer.Name, output, isTurned, row);
    }

    /// <summary>The tensor in the order of the file.</summary>
    private Tensor Plain(Tensor tensor)
    {
        if (tensor.Row is { } row)
        {
            Tensor image = Place(new Reshape { Name = Free(tensor, "image"), TargetShape = row }, [tensor.Name], row, isTurned: true, null);
            return Follow(new Flatten { Name = Free(tensor, "row") }, [Plain(image)], isTurned: false, null);
        }

        return tensor.IsTurned ? Other(tensor, "channels_first", TurnedAxes.ToFirst(tensor.Shape.Rank)) : tensor;
    }

    /// <summary>The tensor with its channels last.</summary>
    private Tensor Turned(Tensor tensor) =>
        tensor.IsTurned ? tensor : Other(tensor, "channels_last", TurnedAxes.ToLast(tensor.Shape.Rank));

    /// <summary>The tensor in the other order, made once.</summary>
    private Tensor Other(Tensor tensor, string order, IReadOnlyList<int> dims)
    {
        if (!_others.TryGetValue((tensor.Name, tensor.IsTurned), out Tensor? other))
        {
            other = Follow(new Permute { Name = Free(tensor, order), Dims = dims }, [tensor], isTurned: !tensor.IsTurned, null);
            _others.Add((tensor.Name, tensor.IsTurned), other);
        }

        return other;
    }

    private string Free(Tensor tensor, string what)
    {
        string name = new LayerNames().Next($"{tensor.Name}_{what}", _taken.Contains);
        _taken.Add(name);
        return name;
    }

    /// <summary>A shape of as many axes as the output has, where sizes are open until samples come.</summary>
    private static Shape Guess(Layer layer, Shape input) => layer switch
    {
        Reshape reshape => reshape.TargetShape,
        Flatten => new Shape(Shape.Unknown),
        _ when layer.ClassName.StartsWith("Global", StringComparison.Ordinal)
            && layer.StoredArguments.GetValueOrDefault("keepdims") is not true => new Shape(Shape.Unknown),
        _ => new Shape([.. Enumerable.Repeat(Shape.Unknown, input.Rank)]),
    };

    /// <summary>What a layer gives.</summary>
    /// <param name="Name">The layer.</param>
    /// <param name="Shape">The shape as it is here.</param>
    /// <param name="IsTurned">Whether its channels are last here, and first in the file.</param>
    /// <param name="Row">For a row of a turned image, whose order is another one than in the file, the shape of the image.</param>
    private sealed record Tensor(string Name, Shape Shape, bool IsTurned, Shape? Row);
}
