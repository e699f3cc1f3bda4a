using System.Globalization;
using System.Text;
using AkidaQuant.Akida.Layers;

namespace AkidaQuant.Akida;

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
        Name = model.Name;
        InputShape = model.InputShape;
        OutputShape = model.Plan.Output.Shape;
        Tail = [.. model.Tail.Select(part => (part.Akida is null ? string.Empty : "Akida ") + part.LayerText)];
        LayerCount = model.Layers.Count;
        Rows =
        [
            .. model.Plan.Steps.Where(step => step.Node is not AkidaInputData || step.Node.Inbounds.Count > 0)
            .Select(step => new AkidaSummaryRow(
                step.Node.Name, step.Node.SummaryTypeName, step.Prepared.Output.Shape, step.Node.KernelShapes)
            {
                Model = model.Name,
                ConnectedTo = string.Join(", ", step.Node.Inbounds),
                WeightBits = step.Node.WeightBits,
                OutputBits = (step.Prepared.Output as QuantizedSpec)?.Bits,
                Macs = step.Prepared.Macs,
            }),
        ];
    }

    /// <summary>A summary of given rows.</summary>
    public AkidaSummary(Shape inputShape, Shape outputShape, int layerCount, IReadOnlyList<AkidaSummaryRow> rows)
    {
        InputShape = inputShape;
        OutputShape = outputShape;
        LayerCount = layerCount;
        Rows = [.. rows];
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; } = string.Empty;

    /// <summary>The shape of one sample.</summary>
    public Shape InputShape { get; }

    /// <summary>The shape of the output of the layers, in front of the software tail where there is one.</summary>
    public Shape OutputShape { get; }

    /// <summary>The layers of each part that runs behind these, where the network goes on in software; empty where it does not.</summary>
    public ValueList<string> Tail { get; } = [];

    /// <summary>The number of sequences: one, as long as nothing is mapped.</summary>
    public int SequenceCount { get; } = 1;

    /// <summary>The number of layers, an InputData that has no row included.</summary>
    public int LayerCount { get; }

    /// <summary>The layers in order, without an InputData at the beginning.</summary>
    public ValueList<AkidaSummaryRow> Rows { get; }

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
            string kernel = row.KernelShapes.Count == 0 ? "N/A" : row.KernelShapes[0];
            layers.Add(Printable.Of($"{row.Name} ({row.Type})"), Brackets(row.Output), kernel);
            foreach (string further in row.KernelShapes.Skip(1))
            {
                layers.Add(string.Empty, string.Empty, further);
            }
        }

        string range = Rows.Count switch
        {
            0 => string.Empty,
            1 => Printable.Of(Rows[0].Name),
            _ => Printable.Of($"{Rows[0].Name}-{Rows[^1].Name}"),
        };
        layers.WriteBarred(text, $"SW/{range} (Software)");
        text.Append('\n');
        if (Tail.Count > 0)
        {
            text.Append("Software tail: ").Append(Printable.Of(string.Join("; ", Tail.AsEnumerable()))).Append("\n\n");
        }

        return text.ToString();
    }

    private static string Brackets(Shape shape) => $"[{string.Join(", ", shape.Select(Number))}]";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
