namespace AkidaQuant.Optimization;

/// <summary>
/// Rows of a kernel's inputs, as real values of the quantized network, with what the float network gives there: taken from
/// samples and positions evenly, always the same ones.
/// </summary>
internal sealed class KernelRows
{
    /// <summary>The most rows (optimization.md, notation).</summary>
    public const int MostRows = 40_000;

    /// <summary>The most products of all rows: with long rows fewer are taken.</summary>
    private const long MostProducts = 200_000_000_000;

    private readonly TensorBatches _inputs;
    private readonly TensorBatches _targets;
    private readonly SampleParts _parts;
    private readonly long _total;

    /// <summary>Rows of a layer.</summary>
    /// <param name="form">The kernel.</param>
    /// <param name="inputs">What the layer takes in the quantized network.</param>
    /// <param name="targets">What the layer gives in the float one.</param>
    /// <param name="parts">How samples are cut into chunks.</param>
    /// <param name="most">The most rows.</param>
    public KernelRows(KernelForm form, TensorBatches inputs, TensorBatches targets, SampleParts parts, int most = MostRows)
    {
        Form = form;
        _inputs = inputs;
        _targets = targets;
        _parts = parts;
        _total = (long)parts.Count * form.Positions;
        long products = (long)form.Groups * form.Rows * (form.Rows + form.Filters);
        Count = (int)Math.Min(_total, Math.Clamp(MostProducts / products, Math.Min(most, 2 * form.Rows), most));
    }

    /// <summary>The kernel.</summary>
    public KernelForm Form { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>Reads some rows.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="runner">How work is divided.</param>
    /// <returns>The inputs (row, group, input) and the targets (row, output).</returns>
    public (float[] Inputs, float[] Targets) Read(int start, int count, LayerRunner runner)
    {
        int width = Form.Groups * Form.Rows;
        float[] inputs = new float[(long)count * width];
        float[] targets = new float[(long)count * Form.Outputs];
        Parallel.ForEach(Samples(start, count), runner.Parallelism, part =>
        {
            (int sample, int first, int number) = part;
            float[] values = Window(sample);
            float[] expected = new float[_targets.Spec.Shape.Size];
            _targets.Read(_parts, sample, expected);
            for (int i = first; i < first + number; i++)
            {
                int position = Position(start + i).Position;
                Form.ReadRow(values, position, inputs.AsSpan(i * width, width));
                expected.AsSpan(position * Form.Outputs, Form.Outputs).CopyTo(targets.AsSpan(i * Form.Outputs));
            }
        });

        return (inputs, targets);
    }

    /// <summary>The samples that rows belong to, each with its first row and their number.</summary>
    private List<(int Sample, int First, int Number)> Samples(int start, int count)
    {
        List<(int, int, int)> samples = [];
        for (int first = 0; first < count;)
        {
            int sample = Position(start + first).Sample;
            int end = first + 1;
            while (end < count && Position(start + end).Sample == sample)
            {
                end++;
            }

            samples.Add((sample, first, end - first));
            first = end;
        }

        return samples;
    }

    /// <summary>The sample with those before it that the layer remembers; zeros where there are none.</summary>
    private float[] Window(int sample)
    {
        int size = _inputs.Spec.Shape.Size;
        float[] values = new float[(Form.History + 1) * size];
        for (int back = 0; back <= Form.History; back++)
        {
            int at = sample - (back * (_parts.InOrder ? _parts.Size : 0));
            if (at >= 0)
            {
                _inputs.Read(_parts, at, values.AsSpan((Form.History - back) * size, size));
            }
        }

        return values;
    }

    /// <summary>Evenly over all samples and positions; within its even share a row is moved, so that it meets no pattern.</summary>
    private (int Sample, int Position) Position(int row)
    {
        long from = row * _total / Count;
        long to = (row + 1) * _total / Count;
        ulong moved = ((ulong)row + 1) * 0x9E3779B97F4A7C15;
        long at = from + (long)((moved >> 33) % (ulong)Math.Max(to - from, 1));
        return ((int)(at / Form.Positions), (int)(at % Form.Positions));
    }
}
