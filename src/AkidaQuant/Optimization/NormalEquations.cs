using AkidaQuant.Kernels.Float;

namespace AkidaQuant.Optimization;

/// <summary>
/// What least squares needs to know of the inputs of a kernel and the sums that are asked for: means, and second moments about
/// them. One for each group of channels.
/// </summary>
/// <param name="Moments">
/// The second moments of the inputs, (row, row), the diagonal raised by a share of its mean: a hundredth, and more where rows are few
/// for so many inputs.
/// </param>
/// <param name="Cross">The second moments of inputs and targets, (row, filter).</param>
/// <param name="InputMeans">The mean of each input.</param>
/// <param name="TargetMeans">The mean of each target.</param>
/// <param name="Greatest">The greatest magnitude of each target.</param>
internal sealed record NormalEquations(double[] Moments, double[] Cross, double[] InputMeans, double[] TargetMeans, float[] Greatest)
{
    /// <summary>
    /// What is added to the diagonal, as a share of its mean, however many rows there are; what few rows do not say about many inputs comes
    /// on top, so that nothing is fitted to chance.
    /// </summary>
    private const double Damping = 0.01;

    /// <summary>What the rounding of sums may leave of moments, as a share of the squares of their means.</summary>
    private const double Rounding = 1e-5;

    /// <summary>Rows that are multiplied at a time.</summary>
    private const int BlockRows = 1024;

    /// <summary>The number of inputs.</summary>
    public int Rows => InputMeans.Length;

    /// <summary>The number of filters.</summary>
    public int Filters => TargetMeans.Length;

    /// <summary>The second moment of an input.</summary>
    public double Moment(int row) => Moments[(row * Rows) + row];

    /// <summary>The equations of every group of a kernel.</summary>
    /// <param name="rows">Where the rows come from.</param>
    /// <param name="runner">How work is divided.</param>
    public static NormalEquations[] Of(KernelRows rows, LayerRunner runner)
    {
        KernelForm form = rows.Form;
        Sums[] sums = [.. Enumerable.Range(0, form.Groups).Select(_ => new Sums(form.Rows, form.Filters))];
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Count - start);
            (float[] inputs, float[] targets) = rows.Read(start, count, runner);
            if (form.Groups == 1)
            {
                sums[0].AddBlock(inputs, targets, count, runner);
            }
            else
            {
                Parallel.For(0, form.Groups, runner.Parallelism, group => sums[group].AddRows(inputs, targets, count, group, form.Groups));
            }
        }

        return [.. sums.Select(sum => sum.Centred(rows.Count))];
    }

    /// <summary>The means alone, of the inputs and the targets.</summary>
    public static NormalEquations[] Means(KernelRows rows, LayerRunner runner)
    {
        KernelForm form = rows.Form;
        double[] inputs = new double[form.Groups * form.Rows];
        double[] targets = new double[form.Outputs];
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Count - start);
            (float[] values, float[] expected) = rows.Read(start, count, runner);
            for (int i = 0; i < count; i++)
            {
                Add(values.AsSpan(i * inputs.Length, inputs.Length), inputs);
                Add(expected.AsSpan(i * targets.Length, targets.Length), targets);
            }
        }

        return [.. Enumerable.Range(0, form.Groups).Select(group => new NormalEquations(
            [],
            [],
            [.. inputs.AsSpan(group * form.Rows, form.Rows).ToArray().Select(sum => sum / rows.Count)],
            [.. targets.AsSpan(group * form.Filters, form.Filters).ToArray().Select(sum => sum / rows.Count)],
            []))];
    }

    /// <summary>What a filter leaves to be explained: moments with the targets less those with its own sums.</summary>
    public double[] Residual(float[] filter, int column)
    {
        double[] residual = new double[Rows];
        double[] weights = Array.ConvertAll(filter, weight => (double)weight);
        for (int row = 0; row < residual.Length; row++)
        {
            // The pull towards the filter, which the raised diagonal stands for, is none at the filter itself.
            residual[row] = Cross[(row * Filters) + column] + (DampingAdded * filter[row])
                - Cholesky.Dot(Moments.AsSpan(row * Rows, Rows), weights);
        }

        return residual;
    }

    /// <summary>What was added to the diagonal.</summary>
    public double DampingAdded { get; private init; }

    /// <summary>Sums over rows, not centred.</summary>
    private sealed class Sums(int rows, int filters)
    {
        private readonly double[] _moments = new double[(long)rows * rows];
        private readonly double[] _cross = new double[(long)rows * filters];
        private readonly double[] _inputs = new double[rows];
        private readonly double[] _targets = new double[filters];
        private readonly float[] _greatest = new float[filters];

        /// <summary>Adds rows of one group by a product of matrices.</summary>
        public void AddBlock(float[] inputs, float[] targets, int count, LayerRunner runner)
        {
            int columns = rows + filters;
            float[] both = new float[(long)count * columns];
            float[] transposed = new float[(long)rows * count];
            for (int i = 0; i < count; i++)
            {
                inputs.AsSpan(i * rows, rows).CopyTo(both.AsSpan(i * columns));
                targets.AsSpan(i * filters, filters).CopyTo(both.AsSpan((i * columns) + rows));
                for (int row = 0; row < rows; row++)
                {
                    float value = inputs[(i * rows) + row];
                    transposed[(row * count) + i] = value;
                    _inputs[row] += value;
                }

                for (int filter = 0; filter < filters; filter++)
                {
                    float target = targets[(i * filters) + filter];
                    _targets[filter] += target;
                    _greatest[filter] = Math.Max(_greatest[filter], MathF.Abs(target));
                }
            }

            FloatDense product = new(count, columns, both, null);
            float[] result = new float[(long)rows * columns];
            int shares = runner.Parallelism.MaxDegreeOfParallelism;
            Parallel.For(0, shares, runner.Parallelism, share => product.Run(transposed, result, rows, new WorkShare(share, shares)));
            Parallel.For(0, rows, runner.Parallelism, row =>
            {
                Add(result.AsSpan(row * columns, rows), _moments.AsSpan(row * rows, rows));
                Add(result.AsSpan((row * columns) + rows, filters), _cross.AsSpan(row * filters, filters));
            });
        }

        /// <summary>Adds rows of one of several groups, of one filter each.</summary>
        public void AddRows(float[] inputs, float[] targets, int count, int group, int groups)
        {
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> input = inputs.AsSpan(((i * groups) + group) * rows, rows);
                float target = targets[(i * groups) + group];
                _targets[0] += target;
                _greatest[0] = Math.Max(_greatest[0], MathF.Abs(target));
                for (int row = 0; row < rows; row++)
                {
                    double value = input[row];
                    _inputs[row] += value;
                    _cross[row] += value * target;
                    for (int column = 0; column <= row; column++)
                    {
                        _moments[(row * rows) + column] += value * input[column];
                        _moments[(column * rows) + row] = _moments[(row * rows) + column];
                    }
                }
            }
        }

        public NormalEquations Centred(int count)
        {
            double[] inputs = Array.ConvertAll(_inputs, sum => sum / count);
            double[] targets = Array.ConvertAll(_targets, sum => sum / count);
            double trace = 0;
            double energy = 0;
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < rows; column++)
                {
                    int at = (row * rows) + column;
                    _moments[at] = (_moments[at] / count) - (inputs[row] * inputs[column]);
                }

                energy += inputs[row] * inputs[row];
                trace += _moments[(row * rows) + row] = Math.Max(_moments[(row * rows) + row], 0);
                for (int filter = 0; filter < filters; filter++)
                {
                    _cross[(row * filters) + filter] = (_cross[(row * filters) + filter] / count) - (inputs[row] * targets[filter]);
                }
            }

            // Never less than what the rounding of sums leaves; inputs that never change leave nothing to choose, any number serves.
            double share = Damping + ((double)rows / count);
            double damping = Math.Max(share * trace, Rounding * energy) is > 0 and var raised ? raised / rows : 1;
            for (int row = 0; row < rows; row++)
            {
                _moments[(row * rows) + row] += damping;
            }

            return new NormalEquations(_moments, _cross, inputs, targets, _greatest) { DampingAdded = damping };
        }
    }

    private static void Add(ReadOnlySpan<float> values, Span<double> sums)
    {
        for (int i = 0; i < values.Length; i++)
        {
            sums[i] += values[i];
        }
    }
}
