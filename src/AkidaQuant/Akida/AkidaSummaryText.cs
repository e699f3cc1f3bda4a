using System.Globalization;
using System.Text;

namespace AkidaQuant.Akida;

/// <summary>The tables of a summary in their order (akida-model.md 3.5 and 3.6).</summary>
internal static class AkidaSummaryText
{
    private const string None = "N/A";
    private const string Hrc = "HRC";

    /// <summary>The text, lines ending in a line feed, the last one empty.</summary>
    public static string Of(AkidaSummary summary)
    {
        StringBuilder text = new();
        WriteModel(text, summary);
        if (summary.Placement is { } placement)
        {
            WriteComponents(text, placement);
            WriteExternalMemory(text, summary);
        }

        WriteLayers(text, summary);
        if (summary.Learning is { } learning)
        {
            TextTable table = new("Learning Layer", "# Input Conn.", "# Weights");
            table.Add(Printable.Of(learning.Layer), Number(learning.Connections), Number(learning.Weights));
            text.Append('\n');
            table.WritePlain(text, "Learning Summary");
            text.Append('\n');
        }

        if (summary.Tail.Count > 0)
        {
            text.Append("Software tail: ").Append(Printable.Of(string.Join("; ", summary.Tail.AsEnumerable()))).Append("\n\n");
        }

        return text.ToString();
    }

    private static void WriteModel(StringBuilder text, AkidaSummary summary)
    {
        string[] header = ["Input shape", "Output shape", "Sequences", "Layers"];
        string[] cells =
        [
            Brackets(summary.InputShape), Brackets(summary.OutputShape), Number(summary.SequenceCount), Number(summary.LayerCount),
        ];
        if (summary.Placement is { } placement)
        {
            int processors = placement.Components.Values.Where(component => component.Type != Hrc).Sum(component => component.Count);
            long memory = summary.Rows.Sum(row => row.ExternalMemory);
            header = [.. header, "NPs", "Skip DMAs", "External Memory (Bytes)"];
            cells = [.. cells, Number(processors), Number(placement.SkipDmas), Number(memory)];
        }

        TextTable table = new(header);
        table.Add(cells);
        table.WritePlain(text, "Model Summary");
        text.Append('\n');
    }

    private static void WriteComponents(StringBuilder text, AkidaPlacement placement)
    {
        IGrouping<string, AkidaComponent>[] kinds =
        [
            .. placement.Components.Values.GroupBy(component => component.Type, StringComparer.Ordinal)
                .OrderBy(kind => placement.ComponentOrder.IndexOf(kind.Key)),
        ];
        if (kinds.Length == 0)
        {
            return;
        }

        TextTable table = new("Component (type)", "Count");
        foreach (IGrouping<string, AkidaComponent> kind in kinds)
        {
            table.Add(kind.Key, Number(kind.Sum(component => component.Count)));
        }

        table.WritePlain(text, null, isRuled: true);
        text.Append('\n');
    }

    private static void WriteExternalMemory(StringBuilder text, AkidaSummary summary)
    {
        AkidaSummaryRow[] rows = [.. summary.Rows.Where(row => row.ExternalMemory > 0)];
        if (rows.Length == 0)
        {
            return;
        }

        TextTable table = new("Layer (type)", "External Memory (Bytes)");
        foreach (AkidaSummaryRow row in rows)
        {
            table.Add(row.ToString(), Number(row.ExternalMemory));
        }

        table.WritePlain(text, "External Memory Summary", isRuled: true);
        text.Append('\n');
    }

    private static void WriteLayers(StringBuilder text, AkidaSummary summary)
    {
        bool isMapped = summary.Placement is not null;
        string[] header = ["Layer (type)", "Output shape", "Kernel shape"];
        TextTable table = new(isMapped ? [.. header, "Components"] : header);
        foreach (AkidaSequence sequence in summary.Sequences)
        {
            table.AddBar(sequence.ToString());
            foreach (AkidaSummaryRow row in summary.Rows.Where(row => sequence.Layers.Contains(row.Name)))
            {
                string[] cells = [row.ToString(), Brackets(row.Output), row.KernelShapes.Count == 0 ? None : row.KernelShapes[0]];
                table.Add(isMapped ? [.. cells, row.Components.Length == 0 ? None : row.Components] : cells);
                foreach (string further in row.KernelShapes.Skip(1))
                {
                    string[] second = [string.Empty, string.Empty, further];
                    table.Add(isMapped ? [.. second, string.Empty] : second);
                }
            }
        }

        table.WriteBarred(text);
        text.Append('\n');
    }

    private static string Brackets(Shape shape) => $"[{string.Join(", ", shape.Select(size => Number(size)))}]";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
