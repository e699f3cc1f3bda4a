using System.Globalization;
using System.Text;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida;

/// <summary>One layer of an Akida summary.</summary>
/// <param name="Name">The name of the layer.</param>
/// <param name="Type">The type, shortened for Akida 1.0: <c>Conv2D</c>, <c>Sep.Conv.</c></param>
/// <param name="OutputShape">The dimensions of the output.</param>
/// <param name="KernelShapes">The shapes of the weights; none for layers without.</param>
public sealed record AkidaSummaryRow(string Name, string Type, Shape OutputShape, IReadOnlyList<Shape> KernelShapes);

/// <summary>
/// The layers and shapes of an Akida model that is not mapped on a device. Its text is laid out as the pages print it
/// (akida-model.md 3.5 to 3.7).
/// </summary>
public sealed class AkidaSummary
{
    /// <summary>Summarizes a model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public AkidaSummary(AkidaModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        InputShape = model.InputShape;
        OutputShape = model.OutputShape;
        LayerCount = model.Layers.Count;
        Rows = model
            .Plan.Steps.Where(step => step.Node is not AkidaInputData || step.Node.Inbounds.Count > 0)
            .Select(step => new AkidaSummaryRow(
                step.Node.Name,
                step.Node.SummaryTypeName,
                step.Prepared.Output.Shape,
                step.Node.KernelShapes.ToArray()))
            .ToArray();
    }

    /// <summary>A summary of given rows.</summary>
    public AkidaSummary(Shape inputShape, Shape outputShape, int layerCount, IReadOnlyList<AkidaSummaryRow> rows)
    {
        InputShape = inputShape;
        OutputShape = outputShape;
        LayerCount = layerCount;
        Rows = rows;
    }

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of the output.</summary>
    public Shape OutputShape { get; }

    /// <summary>The number of sequences: one, as long as nothing is mapped.</summary>
    public int SequenceCount { get; } = 1;

    /// <summary>The number of layers, an InputData that has no row included.</summary>
    public int LayerCount { get; }

    /// <summary>The layers in order, without an InputData at the beginning.</summary>
    public IReadOnlyList<AkidaSummaryRow> Rows { get; }

    /// <summary>The text, lines ending in a line feed, the last one empty.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        TextTable model = new("Input shape", "Output shape", "Sequences", "Layers");
        model.Add(Brackets(InputShape), Brackets(OutputShape), Number(SequenceCount), Number(LayerCount));
        model.WritePlain(text, "Model Summary");
        text.Append('\n');

        TextTable layers = new("Layer (type)", "Output shape", "Kernel shape");
        foreach (AkidaSummaryRow row in Rows)
        {
            string kernel = row.KernelShapes.Count == 0 ? "N/A" : row.KernelShapes[0].ToString();
            layers.Add($"{row.Name} ({row.Type})", Brackets(row.OutputShape), kernel);
            foreach (Shape further in row.KernelShapes.Skip(1))
            {
                layers.Add(string.Empty, string.Empty, further.ToString());
            }
        }

        string range = Rows.Count switch
        {
            0 => string.Empty,
            1 => Rows[0].Name,
            _ => $"{Rows[0].Name}-{Rows[^1].Name}",
        };
        layers.WriteBarred(text, $"SW/{range} (Software)");
        text.Append('\n');
        return text.ToString();
    }

    private static string Brackets(Shape shape) => $"[{string.Join(", ", shape.Select(Number))}]";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
