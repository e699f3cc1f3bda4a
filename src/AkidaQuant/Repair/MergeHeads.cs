using AkidaQuant.Akida.Conversion;
using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Text;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Makes the last kernels of a network, which take one tensor, into one with the filters of all: an Akida model has one output (convert.md
/// 2.1). Slices of its channels take their places, in float, and run behind it.
/// </summary>
internal sealed class MergeHeads : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        if (context.AnyProblem("AkidaSeveralOutputs", "AkidaSeveralDequantizers") is not { } problem
            || context.Judgement.Quantized is not { } quantized
            || Heads(quantized) is not { Count: > 1 } names)
        {
            return model;
        }

        Node[] heads = [.. model.Nodes.Where(node => names.Contains(node.Name))];
        string input = Source(model, heads[0]);
        if (heads.Any(head => Source(model, head) != input)
            || Merge([.. heads.Select(head => head.Layer)], model.Plan[input].Prepared.Output.Shape) is not { } merged)
        {
            return model;
        }

        GraphEditor editor = new(model);
        string name = editor.FreeName($"{heads[0].Name}_heads");
        editor.Add(new Node(merged with { Name = name }, [input]));
        Slice(model, editor, heads, name);
        foreach (Node head in heads)
        {
            RemoveUnused(editor, head.Inputs[0]);
        }

        context.Changed(
            problem,
            heads[0].Name,
            $"is computed together with {Listing.Of(heads.Skip(1).Select(head => $"'{head.Name}'"))} by the new layer '{name}', of which each takes its channels",
            [name, .. heads.Select(head => head.Name)],
            isOwnForm: model.Outputs.Count > 1);
        return editor.Build();
    }

    /// <summary>
    /// Puts slices in the place of the heads. More than two take the rest that the one before leaves: what more than two layers take would be
    /// handed on by convolutions (transforms.md 5.5.5).
    /// </summary>
    private static void Slice(Model model, GraphEditor editor, Node[] heads, string merged)
    {
        int rank = model.Plan[heads[0].Name].Prepared.Output.Shape.Rank;
        int left = heads.Sum(head => model.Plan[head.Name].Prepared.Output.Shape.Channels);
        int start = 0;
        string source = merged;
        for (int i = 0; i < heads.Length; i++)
        {
            int stop = start + model.Plan[heads[i].Name].Prepared.Output.Shape.Channels;
            editor.Replace(SlicingOpLambda.OfChannels(heads[i].Name, rank, start, stop));
            editor.Connect(heads[i].Name, source);
            start = stop;
            if (i < heads.Length - 2)
            {
                string rest = editor.FreeName($"{merged}_rest");
                editor.Add(new Node(SlicingOpLambda.OfChannels(rest, rank, start, left), [source]));
                (source, left, start) = (rest, left - start, 0);
            }
        }
    }

    /// <summary>The layers whose integers the floats at the end take; null where one of them feeds other integers, too.</summary>
    private static HashSet<string>? Heads(Model quantized)
    {
        HashSet<string> heads = new(StringComparer.Ordinal);
        foreach (string input in quantized.Nodes.Where(node => node.Layer is Dequantizer).SelectMany(node => node.Inputs))
        {
            Node head = quantized.NodeOf(input);
            while (head.Layer is QuantizedReshape or QuantizedFlatten or QuantizedPermute or QuantizedDropout && head.Inputs.Count == 1)
            {
                head = quantized.NodeOf(head.Inputs[0]);
            }

            if (quantized.Consumers(head.Name).Any(consumer =>
                consumer.Layer is not (Dequantizer or QuantizedReshape or QuantizedFlatten or QuantizedPermute or QuantizedDropout)))
            {
                return null;
            }

            heads.Add(head.Name);
        }

        return heads;
    }

    /// <summary>The tensor that a head takes, convolutions that only hand it on left out.</summary>
    private static string Source(Model model, Node head)
    {
        string source = head.Inputs[0];
        while (IdentityConvolution.IsOne(model.NodeOf(source).Layer))
        {
            source = model.NodeOf(source).Inputs[0];
        }

        return source;
    }

    private static void RemoveUnused(GraphEditor editor, string name)
    {
        while (editor.IsTaken(name) && IdentityConvolution.IsOne(editor[name].Layer) && editor.Consumers(name).Count == 0 && !editor.IsOutput(name))
        {
            string before = editor[name].Inputs[0];
            editor.Remove(name);
            name = before;
        }
    }

    /// <summary>One layer with the filters of all, in their order; null where their windows or kinds differ.</summary>
    private static WeightedLayer? Merge(IReadOnlyList<Layer> heads, Shape input)
    {
        if (heads.All(head => head is Dense { QuantizationObstacle: null }))
        {
            Dense[] rows = [.. heads.Cast<Dense>()];
            return new Dense
            {
                Name = rows[0].Name,
                Units = rows.Sum(row => row.Units),
                Kernel = Join([.. rows.Select(row => row.Kernel)]),
                UseBias = rows.Any(row => row.UseBias),
                Bias = JoinBias(rows),
            };
        }

        return heads.All(head => head is Conv2D { Groups: 1, QuantizationObstacle: null } and not PaddedConv2D)
            && Alike([.. heads.Cast<Conv2D>()], input) is { } images
            ? new Conv2D
            {
                Name = images[0].Name,
                Filters = images.Sum(image => image.Filters),
                Window = images[0].Window,
                Kernel = Join([.. images.Select(image => image.Kernel)]),
                UseBias = images.Any(image => image.UseBias),
                Bias = JoinBias(images),
            }
            : null;
    }

    /// <summary>The convolutions with one window: smaller kernels go among zeros.</summary>
    private static Conv2D[]? Alike(Conv2D[] heads, Shape input)
    {
        if (heads.All(head => head.Window == heads[0].Window))
        {
            return heads;
        }

        int size = heads.Max(head => Math.Max(head.Window.KernelSize.Height, head.Window.KernelSize.Width));
        ConvolutionGeometry[] geometries = [.. heads.Select(head => head.Window.Over(head, input, head.Filters))];
        (int Row, int Column)?[] places = [.. geometries.Select(geometry => SpatialKernel.Place(geometry, (size, size)))];
        bool areAlike = heads.All(head => head.Window.Strides == heads[0].Window.Strides && head.Window.Dilation == heads[0].Window.Dilation);
        return areAlike && places.All(place => place is not null)
            ? [.. heads.Select((head, i) => (Conv2D)SpatialKernel.Extend(head, (size, size), places[i]!.Value))]
            : null;
    }

    /// <summary>Kernels of the same inputs joined along their last axis.</summary>
    private static NdArray<float> Join(NdArray<float>[] kernels)
    {
        int[] filters = [.. kernels.Select(kernel => kernel.Shape[^1])];
        int all = filters.Sum();
        Shape shape = kernels[0].Shape.WithChannels(all);
        float[] values = new float[shape.Size];
        int start = 0;
        for (int i = 0; i < kernels.Length; i++)
        {
            float[] own = kernels[i].Values;
            for (int row = 0; row < own.Length / filters[i]; row++)
            {
                own.AsSpan(row * filters[i], filters[i]).CopyTo(values.AsSpan((row * all) + start));
            }

            start += filters[i];
        }

        return new NdArray<float>(shape, values);
    }

    private static NdArray<float> JoinBias(IReadOnlyList<WeightedLayer> heads) => heads.Any(head => head.UseBias)
        ? NdArray<float>.Vector([.. heads.SelectMany(Bias)])
        : NdArray<float>.Vector([]);

    private static float[] Bias(WeightedLayer head) => head.UseBias ? head.Bias.Values : new float[head switch
    {
        Dense dense => dense.Units,
        Conv2D convolution => convolution.Filters,
        _ => 0,
    }];
}
