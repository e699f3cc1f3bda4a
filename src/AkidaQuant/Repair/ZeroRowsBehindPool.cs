using AkidaQuant.Geometry;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>
/// Pools with the "same" padding of the convolution in front where the network pools without (convert.md 3.5), and gives the Dense layer
/// behind rows of zeros for the cells that this adds.
/// </summary>
internal sealed class ZeroRowsBehindPool : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version == AkidaVersion.V2
                && node.Layer is MaxPooling2D { Window: { Padding: Padding.Valid, KernelSize: var size, Strides: var strides } } pool
                && size.Height == size.Width
                && strides.Height == strides.Width
                && context.Problem(node.Name, "AkidaPoolPadding") is { } problem
                && DenseBehind(editor, node) is { } dense)
            {
                Shape input = model.Plan[node.Inputs[0]].Prepared.Output.Shape;
                MaxPooling2D padded = pool with { Window = pool.Window with { Padding = Padding.Same } };
                ConvolutionGeometry own = pool.Window.OverPool(pool, input);
                ConvolutionGeometry larger = padded.Window.OverPool(padded, input);
                if (PoolCells.Rows(larger).First(own.OutputHeight).Equals(PoolCells.Rows(own))
                    && PoolCells.Columns(larger).First(own.OutputWidth).Equals(PoolCells.Columns(own)))
                {
                    editor.Replace(padded);
                    editor.Replace(dense with { Kernel = WithZeros(dense.Kernel, own.OutputShape, larger.OutputShape) });
                    context.Changed(
                        problem,
                        node.Name,
                        $"pools with padding 'same', and '{dense.Name}' has zeros for the cells that this adds",
                        [dense.Name]);
                }
            }
        }

        return editor.Build();
    }

    /// <summary>The Dense layer to which alone a pool leads, by way of layers that leave each value where it is.</summary>
    private static Dense? DenseBehind(GraphEditor editor, Node pool)
    {
        bool isFlat = false;
        for (Node node = pool; !editor.IsOutput(node.Name) && editor.Consumers(node.Name) is [Node next]; node = next)
        {
            switch (next.Layer)
            {
                case Dense dense when isFlat && dense.GetType() == typeof(Dense):
                    return dense;
                case Flatten:
                    isFlat = true;
                    break;
                case not (Dropout or { IsActivation: true }):
                    return null;
            }
        }

        return null;
    }

    private static NdArray<float> WithZeros(NdArray<float> kernel, Shape from, Shape to)
    {
        int row = from.Channels * kernel.Shape[1];
        NdArray<float> larger = new(new Shape(to.Size, kernel.Shape[1]), new float[to.Size * kernel.Shape[1]]);
        for (int y = 0; y < from[0]; y++)
        {
            kernel.Values.AsSpan(y * from[1] * row, from[1] * row).CopyTo(larger.Values.AsSpan(y * to[1] * row));
        }

        return larger;
    }
}
