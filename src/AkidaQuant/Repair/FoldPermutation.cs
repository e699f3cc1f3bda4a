using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>Takes a Permute in front of a Flatten into the dense layer behind, whose rows change places instead.</summary>
internal sealed class FoldPermutation : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (node.Layer is Permute permute
                && context.BlockProblem(node.Name, "AkidaPatternUnknown") is { } problem
                && Dense(model, node) is { } dense)
            {
                editor.Replace(dense with { Kernel = Move(dense.Kernel, model.Plan[node.Inputs[0]].Prepared.Output.Shape, permute.Dims) });
                editor.Remove(node.Name);
                context.Changed(problem, node.Name, $"goes into the order of the rows of '{dense.Name}'", [dense.Name]);
            }
        }

        return editor.Build();
    }

    /// <summary>The dense layer that alone takes what is permuted, as a row.</summary>
    private static Dense? Dense(Model model, Node node)
    {
        bool isRow = false;
        while (model.Consumers(node.Name) is [var next] && !model.Outputs.Contains(node.Name))
        {
            node = next;
            isRow |= node.Layer is Flatten or Reshape && model.Plan[node.Name].Prepared.Output.Shape.Rank == 1;
            switch (node.Layer)
            {
                case Flatten or Reshape or Dropout or ReLU:
                    continue;
                default:
                    return isRow ? node.Layer as Dense : null;
            }
        }

        return null;
    }

    private static NdArray<float> Move(NdArray<float> kernel, Shape image, IReadOnlyList<int> dims)
    {
        int units = kernel.Shape[1];
        float[] given = kernel.Values;
        float[] values = new float[given.Length];
        int[] at = new int[dims.Count];
        for (int row = 0; row < kernel.Shape[0]; row++)
        {
            int rest = row;
            for (int axis = dims.Count - 1; axis >= 0; axis--)
            {
                (rest, at[dims[axis] - 1]) = Math.DivRem(rest, image[dims[axis] - 1]);
            }

            int to = 0;
            for (int axis = 0; axis < at.Length; axis++)
            {
                to = (to * image[axis]) + at[axis];
            }

            given.AsSpan(row * units, units).CopyTo(values.AsSpan(to * units));
        }

        return new NdArray<float>(kernel.Shape, values);
    }
}
