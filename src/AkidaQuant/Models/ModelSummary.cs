using System.Globalization;
using System.Text;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant;

/// <summary>
/// The layers, shapes and parameter counts of a model. Its text is that of the reference, byte for byte
/// (tools.md 10).
/// </summary>
public sealed class ModelSummary
{
    private static readonly string[] Units = ["Byte", "KB", "MB", "GB", "TB", "PB"];
    private static readonly string[] Breaks = ["),", "},", "],", "',"];

    private readonly bool _isLinear;
    private readonly IReadOnlyList<string[]> _inputs;

    /// <summary>Summarizes a model.</summary>
    /// <exception cref="QuantException">A layer does not fit its inputs.</exception>
    public ModelSummary(Model model)
    {
        Name = model.Name;
        _isLinear = model.IsSequential || IsChain(model);
        List<SummaryRow> rows = [];
        List<string[]> inputs = [];
        foreach (PlanStep<Node> step in model.Plan.Steps)
        {
            Layer layer = step.Node.Layer;
            foreach (Variable variable in layer.Variables)
            {
                if (variable.Trainable && !layer.IsFrozen)
                {
                    TrainableCount += variable.Value.Size;
                }
                else
                {
                    NonTrainableCount += variable.Value.Size;
                }
            }

            if (model.IsSequential && layer is InputLayer)
            {
                continue;
            }

            string shape = step.Prepared.Output.Shape.Prepend(model.Input.BatchSize).ToString();
            inputs.Add([.. step.Node.Inputs]);
            rows.Add(new SummaryRow
            {
                Model = model.Name,
                Name = layer.Name,
                Type = layer.ClassName,
                OutputShape = layer is InputLayer ? $"[{shape}]" : shape,
                ParameterCount = layer.Variables.Sum(variable => (long)variable.Value.Size),
                ConnectedTo = string.Join(", ", step.Node.Inputs),
                WeightBits = layer.WeightBits,
                OutputBits = model.OutputBitsOf(layer.Name),
            });
        }

        Rows = [.. rows];
        _inputs = inputs;
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; }

    /// <summary>The layers in order.</summary>
    public ValueList<SummaryRow> Rows { get; }

    /// <summary>Parameters that training changes.</summary>
    public long TrainableCount { get; }

    /// <summary>The other parameters: statistics and ranges.</summary>
    public long NonTrainableCount { get; }

    /// <summary>All parameters.</summary>
    public long ParameterCount => TrainableCount + NonTrainableCount;

    /// <summary>The reference's text, lines ending in a line feed.</summary>
    public override string ToString()
    {
        int[] ends = _isLinear ? [29, 55, 65] : [29, 58, 68, 98];
        int length = ends[^1];
        StringBuilder text = new();
        Line(text, $"Model: \"{Printable.Of(Name)}\"");
        Line(text, new string('_', length));
        Row(
            text,
            ends,
            _isLinear ? ["Layer (type)", "Output Shape", "Param #"] : ["Layer (type)", "Output Shape", "Param #", "Connected to"]);
        Line(text, new string('=', length));
        foreach ((SummaryRow row, string[] inputs) in Rows.Zip(_inputs))
        {
            string name = Printable.Of($"{row.Name} ({row.Type})");
            List<string> fields = [name, row.OutputShape, row.ParameterCount.ToString(CultureInfo.InvariantCulture)];
            if (!_isLinear)
            {
                fields.Add(Printable.Of($"[{string.Join(", ", inputs.Select(input => $"'{input}[0][0]'"))}]"));
            }

            Row(text, ends, [.. fields]);
            Line(text, new string(' ', length));
        }

        Line(text, new string('=', length));
        Line(text, $"Total params: {Count(ParameterCount)}");
        Line(text, $"Trainable params: {Count(TrainableCount)}");
        Line(text, $"Non-trainable params: {Count(NonTrainableCount)}");
        Line(text, new string('_', length));
        return text.ToString();
    }

    private static bool IsChain(Model model) =>
        model.Nodes.All(node => node.Inputs.Count <= 1)
        && model.Nodes.All(node => model.Consumers(node.Name).Count <= 1)
        && model.Outputs.Count == 1;

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static void Row(StringBuilder text, int[] ends, string[] left)
    {
        while (left.Any(field => field.Length > 0))
        {
            StringBuilder line = new();
            for (int c = 0; c < ends.Length; c++)
            {
                bool last = c == ends.Length - 1;
                int width = ends[c] - (c == 0 ? 0 : ends[c - 1]) - (last ? 0 : 3);
                string part = left[c][..Math.Min(width, left[c].Length)];
                int cut = part.Length;
                foreach (string separator in Breaks)
                {
                    int at = part.IndexOf(separator, StringComparison.Ordinal);
                    if (at >= 0)
                    {
                        cut = Math.Min(cut, at + separator.Length);
                    }
                }

                if (c == 0)
                {
                    line.Append(' ');
                }

                line.Append(part.AsSpan(0, cut));
                if (!last)
                {
                    line.Append("  ");
                }

                left[c] = left[c][cut..];
                line.Append(' ', Math.Max(ends[c] - line.Length, 0));
            }

            Line(text, line.ToString());
        }
    }

    private static string Count(long parameters)
    {
        double size = parameters * (double)sizeof(float);
        int unit = 0;
        while (size >= 1024 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        decimal rounded = decimal.Round((decimal)size, 2, MidpointRounding.ToEven);
        return string.Create(CultureInfo.InvariantCulture, $"{parameters} ({rounded:0.00} {Units[unit]})");
    }
}
