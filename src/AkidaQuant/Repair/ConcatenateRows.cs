using System.Globalization;
using AkidaQuant.Akida.Conversion;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Repair;

/// <summary>Joins rows as images of one cell, whose channels Akida joins (convert.md 4.8).</summary>
internal sealed class ConcatenateRows : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach (Node node in model.Nodes)
        {
            if (context.Version != AkidaVersion.V2
                || node.Layer is not Concatenate concatenate
                || context.Problem(node.Name, "AkidaConcatenateAxis") is not { } problem
                || model.Plan[node.Name].Prepared.Output.Shape is not { Rank: 1 } shape
                || node.Inputs.Any(input => IsFlattened(model, input)))
            {
                continue;
            }

            List<string> added = [];
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                string image = editor.FreeName(string.Create(CultureInfo.InvariantCulture, $"{node.Name}_image_{i}"));
                int channels = model.Plan[node.Inputs[i]].Prepared.Output.Shape.Size;
                editor.InsertBefore(node.Name, i, new Reshape { Name = image, TargetShape = new Shape(1, 1, channels) });
                added.Add(image);
            }

            string row = editor.FreeName($"{node.Name}_row");
            editor.Replace(concatenate with { Axis = -1 });
            editor.InsertAfter(node.Name, new Reshape { Name = row, TargetShape = shape }, moveOutputs: true);
            context.Changed(problem, node.Name, "joins images of one cell instead of rows", [.. added, row]);
        }

        return editor.Build();
    }

    /// <summary>Whether a row is an image of more than one cell in another form, which is no image of one cell to Akida.</summary>
    private static bool IsFlattened(Model model, string name)
    {
        Node node = model.NodeOf(name);
        while (node.Layer is Dropout)
        {
            node = model.NodeOf(node.Inputs[0]);
        }

        return node.Layer is InputLayer
            || (node.Layer is Flatten or Reshape
                && model.Plan[node.Inputs[0]].Prepared.Output.Shape is { Rank: > 1 } image
                && image.Size != image.Channels);
    }
}
