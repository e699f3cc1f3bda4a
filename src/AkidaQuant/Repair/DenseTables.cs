using AkidaQuant.Akida.Conversion;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Transforms;

namespace AkidaQuant.Repair;

/// <summary>
/// Gives a dense layer with an activation by table, which Akida 2.0 has behind convolutions only (convert.md 2.4), the form of a
/// convolution over an image of one cell. Behind the Flatten of a larger image, or behind the input, the dense layer stays, and an
/// identity convolution behind it takes the activation.
/// </summary>
internal sealed class DenseTables : IRepair
{
    /// <inheritdoc/>
    public Model Apply(Model model, RepairContext context)
    {
        GraphEditor editor = new(model);
        foreach ((Node first, Node second) in LayerPairs.Find(model, layer => layer is Dense, layer => layer is TableActivation))
        {
            if (context.Version == AkidaVersion.V2
                && !editor.IsOutput(first.Name)
                && model.Plan[first.Name].Prepared.Output.Shape is { Rank: 1 } shape
                && context.BlockProblem(first.Name, "AkidaPatternUnknown") is { } problem)
            {
                Apply(model, editor, first.Name, second.Name, shape.Size, problem, context);
            }
        }

        return editor.Build();
    }

    private static void Apply(
        Model model, GraphEditor editor, string dense, string activation, int units, ConversionProblem problem, RepairContext context)
    {
        List<string> added = [];
        string convolution = dense;
        string input = editor[dense].Inputs[0];
        while (editor[input].Layer is Dropout)
        {
            input = editor[input].Inputs[0];
        }

        Shape taken = editor[input].Layer is Flatten or Reshape ? model.Plan[editor[input].Inputs[0]].Prepared.Output.Shape : new Shape(1);
        if (editor[input].Layer is InputLayer or Rescaling || (taken.Rank == 3 && taken[0] * taken[1] > 1))
        {
            convolution = editor.FreeName(activation + IdentityConvolution.Suffix);
            added.Add(convolution);
            editor.InsertBefore(activation, 0, IdentityConvolution.Create(convolution, units));
        }
        else
        {
            editor.Replace(DenseOverImages.Convolution((Dense)editor[dense].Layer));
        }

        added.Add(Image(model, editor, convolution));
        string row = editor.FreeName($"{activation}_row");
        added.Add(row);
        editor.InsertAfter(activation, new Reshape { Name = row, TargetShape = new Shape(units) }, moveOutputs: true);
        string action = convolution == dense
            ? $"becomes a convolution over an image of one cell, so that '{activation}' can be part of it"
            : $"leaves the activation '{activation}' to the new layer '{convolution}'";
        context.Changed(problem, dense, action, [activation, .. added]);
    }

    /// <summary>
    /// Lets a convolution take a row as an image of one cell; a Flatten in front is not needed then, and Dropouts between do nothing.
    /// </summary>
    private static string Image(Model model, GraphEditor editor, string convolution)
    {
        Node before = editor[editor[convolution].Inputs[0]];
        while (before.Layer is Dropout && editor.Consumers(before.Name).Count == 1 && !editor.IsOutput(before.Name))
        {
            editor.Remove(before.Name);
            before = editor[editor[convolution].Inputs[0]];
        }

        if (before.Layer is Flatten or Reshape && model.Plan[before.Inputs[0]].Prepared.Output.Shape is { Rank: 3 })
        {
            if (editor.Consumers(before.Name).Count == 1 && !editor.IsOutput(before.Name))
            {
                editor.Remove(before.Name);
            }
            else
            {
                editor.Connect(convolution, before.Inputs[0]);
            }

            return before.Name;
        }

        string name = editor.FreeName($"{convolution}_image");
        int channels = ((Conv2D)editor[convolution].Layer).Kernel.Shape[2];
        editor.InsertBefore(convolution, 0, new Reshape { Name = name, TargetShape = new Shape(1, 1, channels) });
        return name;
    }
}
