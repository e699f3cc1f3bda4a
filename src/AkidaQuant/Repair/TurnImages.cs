using AkidaQuant.Execution;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Turns the image and all kernels by 180 degrees where pads have their larger half before the image, as symmetric pads of stride 2 have
/// (convert.md 5.6): behind it they are the "same" of Akida, pools included. Samples are turned on their way in, and images that the
/// network gives on their way out. It is done as a whole or not at all.
/// </summary>
/// <param name="rules">The rules that it is for.</param>
internal sealed class TurnImages(params string[] rules) : IRepair
{
    /// <summary>Where a convolution has its larger half before the image, which only a turn mends.</summary>
    public static TurnImages ForConvolutions { get; } =
        new("AkidaSameUpperStrides", "AkidaSameUpperKernel", "AkidaSameUpperPool", "AkidaV1SameUpper");

    /// <summary>Where other repairs, which leave the image as it is, do not help.</summary>
    public static TurnImages ForAll { get; } = new("AkidaPadding", "AkidaPoolPadding");

    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (model.Input.Form is { IsTurned: true } || !IsImage(model.InputShape)
            || model.Nodes.Select(node => context.Problem(node.Name, rules)).FirstOrDefault(found => found is not null) is not { } problem)
        {
            return model;
        }

        if (Turned(model) is not { } turned)
        {
            return model;
        }

        GraphEditor editor = new(model);
        SampleForm form = model.Input.Form ?? new SampleForm { Shape = model.InputShape };
        editor.Replace(model.Input with { Form = form with { IsTurned = true } });
        List<string> touched = [];
        foreach (Layer layer in turned)
        {
            editor.Replace(layer);
            touched.Add(layer.Name);
        }

        foreach (string output in model.Outputs.Where(output => IsImage(ShapeOf(model, output))))
        {
            TFOpLambda reverse = Reverse(editor.FreeName($"{output}_turned"));
            editor.InsertAfter(output, reverse, consumers: [], moveOutputs: true);
            touched.Add(reverse.Name);
        }

        context.Changed(
            problem,
            problem.Layer!,
            "gets its larger pads behind the image: the image and all kernels are turned by 180 degrees",
            touched);
        return editor.Build();
    }

    /// <summary>The layers that turned images change; null where some layer cannot take them.</summary>
    private static List<Layer>? Turned(Model model)
    {
        List<Layer> turned = [];
        foreach (Node node in model.Nodes.Where(node =>
            node.Inputs.Any(input => IsImage(ShapeOf(model, input))) || (node.Inputs.Count > 0 && IsImage(ShapeOf(model, node.Name)))))
        {
            if (node.Layer is Flatten or Reshape && ShapeOf(model, node.Name).Rank == 1)
            {
                if (DensesBehind(node.Name, model) is not { } denses)
                {
                    return null;
                }

                turned.AddRange(denses.Select(dense => TurnedWindow.OfRows(dense, ShapeOf(model, node.Inputs[0]).Channels)));
            }
            else if (Turned(node, model) is not { } layer)
            {
                return null;
            }
            else if (!ReferenceEquals(layer, node.Layer))
            {
                turned.Add(layer);
            }
        }

        return turned;
    }

    /// <summary>The layer for turned images; the same object where that makes no difference, null where there is none.</summary>
    private static Layer? Turned(Node node, Model model)
    {
        Shape input = ShapeOf(model, node.Inputs[0]);
        return node.Layer switch
        {
            Conv2D or DepthwiseConv2D or SeparableConv2D => TurnedWindow.OfConvolution(node.Layer, input),
            MaxPooling2D pool => TurnedWindow.OfPool(pool.Window, pool, input) is { } window ? Same(pool, window) : null,
            AveragePooling2D { Window.Padding: Padding.Valid } pool =>
                TurnedWindow.OfPool(pool.Window, pool, input) is { Padding: Padding.Valid } ? pool : null,
            Dense or GlobalAveragePooling2D or ReLU or LeakyReLU or ELU or ThresholdedReLU or TableActivation or Activation
                or BatchNormalization or Add or Multiply or Dropout or Softmax or Rescaling => node.Layer,
            PReLU slopes when slopes.Alpha.Shape is { Rank: 3 } shape && shape[0] == 1 && shape[1] == 1 => slopes,
            Concatenate join when join.Axis is -1 or 3 => join,
            _ => null,
        };
    }

    private static MaxPooling2D Same(MaxPooling2D pool, ConvolutionWindow window) =>
        window == pool.Window ? pool : pool with { Window = window };

    /// <summary>
    /// The dense layers that take a row of values, through layers that treat each value by itself; null where others take it.
    /// </summary>
    private static List<Dense>? DensesBehind(string row, Model model)
    {
        List<Dense> found = [];
        Queue<string> open = new([row]);
        while (open.TryDequeue(out string? name))
        {
            if (model.Outputs.Contains(name))
            {
                return null;
            }

            foreach (Node consumer in model.Consumers(name))
            {
                switch (consumer.Layer)
                {
                    case Dense dense:
                        found.Add(dense);
                        break;
                    case Dropout or ReLU or LeakyReLU or TableActivation or Activation { Function: not "softmax" } or Flatten:
                        open.Enqueue(consumer.Name);
                        break;
                    default:
                        return null;
                }
            }
        }

        return found;
    }

    private static TFOpLambda Reverse(string name) => new()
    {
        Name = name,
        Function = "reverse",
        Call = [new OperatorArgument(null, IsTensor: true), new OperatorArgument("axis", IsTensor: false, (object?[])[1L, 2L])],
    };

    private static Shape ShapeOf(Model model, string layer) => model.Plan[layer].Prepared.Output.Shape;

    /// <summary>Whether a tensor has rows or columns that can be turned.</summary>
    private static bool IsImage(Shape shape) => shape.Rank == 3 && shape[0] * shape[1] > 1;
}
