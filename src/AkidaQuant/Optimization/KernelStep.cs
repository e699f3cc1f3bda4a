using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Chooses the integers and the bias of a layer, given what it gets: least squares towards the sums of the float network, rounding
/// with error feedback for several scales, coordinate descent, and the bias that makes means equal (optimization.md, steps 2 to 4).
/// </summary>
/// <param name="walk">The tensors.</param>
/// <param name="runner">How work is divided.</param>
internal sealed class KernelStep(NetworkWalk walk, LayerRunner runner)
{
    /// <summary>The most inputs whose moments are looked at together; longer kernels are cut.</summary>
    private const int MostInputs = 4608;

    /// <summary>The most inputs for which single integers are moved.</summary>
    private const int MostSearched = 1152;

    /// <summary>The rows of which means are taken where nothing else is asked.</summary>
    private const int MostMeans = 8192;

    private const double ScaleStep = 0.125;

    /// <summary>What is less than this share of the greatest sum is lost in the bits of the output.</summary>
    private const double LeastShare = 1.0 / 256;

    /// <summary>The layer with better integers and the bias that belongs to them.</summary>
    /// <param name="node">The layer, with the weights of the float network.</param>
    public QuantizedWeightedLayer Run(Node node)
    {
        var layer = (QuantizedWeightedLayer)node.Layer;
        TensorBatches input = walk.Inputs(node)[0];
        if (KernelForm.Of(layer, input.Spec.Shape) is not { } form)
        {
            return layer;
        }

        // Without the bias, which fits no accumulator perhaps before the scales are chosen.
        PreparedLayer prepared = (layer with { OutputQuantizer = null, UseBias = false }).PrepareNamed([input.Spec]);
        RecordedTensor recorded = prepared.Recorded
            .Tensor(form.Variable == 0 ? "weight_quantizer/qweights" : "pw_weight_quantizer/qweights")!;
        TensorBatches target = walk.Float(node.Name);
        NdArray<float> kernel = layer.Variables[form.Variable].Value;
        bool isChosen = kernel.Diagonal is null && recorded.Scales is not null;
        List<Slice> slices = isChosen
            ? Slices(form, input, target)
            : [new Slice(0, NormalEquations.Means(new KernelRows(form, input, target, runner.Parts, MostMeans), runner))];
        float[] weights = isChosen && recorded.Scales is { } scales
            ? Rounded(
                form,
                slices,
                form.Read(kernel),
                Rules.Of(layer, (QuantizedSpec)prepared.Output, form, slices[0], scales, recorded.ValueBits))
            : form.ReadRecorded(Derived(recorded));
        return WithBias(
            kernel.Diagonal is null ? WithKernel(layer, form, form.Write(kernel, weights)) : layer, Bias(form, slices, weights));
    }

    private List<Slice> Slices(KernelForm form, TensorBatches input, TensorBatches target)
    {
        List<Slice> slices = [];
        int count = ((form.Rows - 1) / MostInputs) + 1;
        for (int i = 0; i < count; i++)
        {
            int start = (int)((long)form.Rows * i / count);
            int end = (int)((long)form.Rows * (i + 1) / count);
            KernelForm part = count == 1 ? form : new SliceForm(form, start, end - start);
            slices.Add(new Slice(start, NormalEquations.Of(new KernelRows(part, input, target, runner.Parts), runner)));
        }

        return slices;
    }

    /// <summary>The weights that integers stand for, of all filters, as (group, input, filter).</summary>
    private float[] Rounded(KernelForm form, List<Slice> slices, float[] given, Rules rules)
    {
        (float most, bool isShared, float[] least) = rules;
        float[][] filters = [.. Enumerable.Range(0, form.Outputs).Select(output => Filter(form, given, output))];
        ErrorFeedback[][] feedbacks = [.. slices.Select(slice => slice.Groups
            .Select(group => new ErrorFeedback(group.Moments, group.Rows, runner.Parallelism)).ToArray())];
        if (slices.Count == 1)
        {
            AddLeastSquares(form, slices[0], feedbacks[0], filters);
        }

        float shared = filters.Max(Largest);
        Candidates Tried(int output) =>
            Try(form, slices, feedbacks, filters[output], output, isShared ? shared : Largest(filters[output]), most);

        // Filters that share a scale are chosen together; of others no more than one a thread is held.
        Candidates[]? all = null;
        if (isShared)
        {
            all = new Candidates[filters.Length];
            Parallel.For(0, filters.Length, runner.Parallelism, output => all[output] = Tried(output));
        }

        int? lane = all is null ? null : Candidates.Best(all);
        float[]?[] moments = isShared || slices.Count > 1 || form.Rows > MostSearched
            ? new float[]?[form.Groups]
            : [.. slices[0].Groups.Select(group => Array.ConvertAll(group.Moments, moment => (float)moment))];
        float[] result = [.. given];
        Parallel.For(0, filters.Length, runner.Parallelism, output =>
        {
            float[] filter = filters[output];
            float[]? rounded = !isShared && Largest(filter) < least[output] * most
                ? Raised(filter, slices, output, form.Filters, least[output], most)
                : null;
            if (rounded is null)
            {
                Candidates candidates = all?[output] ?? Tried(output);
                rounded = (isShared ? lane : Candidates.Best([candidates])) is { } best
                    ? candidates.Weights(best, moments[output / form.Filters], filter, most)
                    : Plain(filter, isShared ? shared : Largest(filter), most);
            }

            Put(form, rounded, output, result);
        });
        return result;
    }

    /// <summary>What the filter becomes for each scale.</summary>
    private static Candidates Try(
        KernelForm form, List<Slice> slices, ErrorFeedback[][] feedbacks, float[] filter, int output, float largest, float most)
    {
        Candidates candidates = new(filter.Length, most);
        for (int lane = 0; lane < ErrorFeedback.Scales; lane++)
        {
            candidates.Scales[lane] = (float)(largest / most * Math.Pow(2, -lane * ScaleStep));
        }

        if (!(candidates.Scales[^1] > Numerics.Quantizers.WeightQuantization.SmallestScale))
        {
            return candidates;
        }

        for (int i = 0; i < slices.Count; i++)
        {
            NormalEquations group = slices[i].Groups[output / form.Filters];
            feedbacks[i][output / form.Filters].Round(
                filter.AsSpan(slices[i].Start, group.Rows),
                candidates.Scales,
                most,
                candidates.Integers.AsSpan(slices[i].Start * ErrorFeedback.Scales, group.Rows * ErrorFeedback.Scales),
                candidates.Losses);
        }

        candidates.IsTried = true;
        return candidates;
    }

    /// <summary>Adds to each filter what least squares asks for, with a pull towards what it is.</summary>
    private void AddLeastSquares(KernelForm form, Slice slice, ErrorFeedback[] feedbacks, float[][] filters)
    {
        const int Panel = 8;
        Parallel.For(0, (filters.Length + Panel - 1) / Panel, runner.Parallelism, panel =>
        {
            int first = panel * Panel;
            int count = Math.Min(Panel, filters.Length - first);
            for (int done = 0; done < count;)
            {
                int group = (first + done) / form.Filters;
                int number = Math.Min(count - done, ((group + 1) * form.Filters) - first - done);
                double[][] sides = [.. Enumerable.Range(first + done, number).Select(output =>
                    slice.Groups[group].Residual(filters[output], output % form.Filters))];
                feedbacks[group].Solve(sides, number);
                for (int i = 0; i < number; i++)
                {
                    float[] filter = filters[first + done + i];
                    for (int row = 0; row < filter.Length; row++)
                    {
                        filter[row] = (float)(filter[row] + sides[i][row]);
                    }
                }

                done += number;
            }
        });
    }

    /// <summary>
    /// A filter whose weights are nearly 0 beside a large bias: the input that changes the least gets a weight so large that sums and bias
    /// fit the accumulator. What it adds is less than the step of so large an output; null where it would be more.
    /// </summary>
    private static float[]? Raised(float[] filter, List<Slice> slices, int output, int filters, float scale, float most)
    {
        (int group, int column) = Math.DivRem(output, filters);
        float[] raised = Plain(filter, scale * most, most);
        (int At, double Moment) least = (0, double.PositiveInfinity);
        foreach (Slice slice in slices)
        {
            NormalEquations equations = slice.Groups[group];
            for (int i = 0; i < equations.Rows; i++)
            {
                if (equations.Moments[(i * equations.Rows) + i] < least.Moment)
                {
                    least = (slice.Start + i, equations.Moments[(i * equations.Rows) + i]);
                }
            }
        }

        if (scale * most * Math.Sqrt(least.Moment) > LeastShare * slices[0].Groups[group].Greatest[column])
        {
            return null;
        }

        raised[least.At] = filter[least.At] < 0 ? -scale * most : scale * most;
        return raised;
    }

    private static float[] Plain(float[] filter, float largest, float most)
    {
        float scale = Math.Max(largest / most, Numerics.Quantizers.WeightQuantization.SmallestScale);
        return Array.ConvertAll(filter, weight => Math.Clamp(MathF.Round(weight / scale), -most, most) * scale);
    }

    private static float Largest(float[] filter) => MathF.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(filter));

    /// <summary>The bias with which the means of the sums are those of the float network.</summary>
    private static float[] Bias(KernelForm form, List<Slice> slices, float[] weights)
    {
        float[] bias = new float[form.Outputs];
        for (int output = 0; output < bias.Length; output++)
        {
            float[] filter = Filter(form, weights, output);
            (int group, int column) = Math.DivRem(output, form.Filters);
            double rest = slices[0].Groups[group].TargetMeans[column];
            foreach (Slice slice in slices)
            {
                double[] means = slice.Groups[group].InputMeans;
                for (int i = 0; i < means.Length; i++)
                {
                    rest -= means[i] * filter[slice.Start + i];
                }
            }

            bias[output] = (float)rest;
        }

        return bias;
    }

    private static float[] Filter(KernelForm form, float[] weights, int output)
    {
        (int group, int column) = Math.DivRem(output, form.Filters);
        float[] filter = new float[form.Rows];
        for (int row = 0; row < filter.Length; row++)
        {
            filter[row] = weights[((((long)group * form.Rows) + row) * form.Filters) + column];
        }

        return filter;
    }

    private static void Put(KernelForm form, float[] filter, int output, float[] weights)
    {
        (int group, int column) = Math.DivRem(output, form.Filters);
        for (int row = 0; row < filter.Length; row++)
        {
            weights[((((long)group * form.Rows) + row) * form.Filters) + column] = filter[row];
        }
    }

    /// <summary>What the integers of a kernel stand for, in the shape of the kernel.</summary>
    private static NdArray<float> Derived(RecordedTensor recorded)
    {
        long[] integers = recorded.Values.Values;
        float[] values = new float[integers.Length];
        float[] scales = recorded.Scales?.Values ?? [1f];
        for (int i = 0; i < values.Length; i++)
        {
            int bits = recorded.FracBits[recorded.FracBits.Count == 1 ? 0 : i % recorded.FracBits.Count];
            values[i] = MathF.ScaleB(integers[i], -bits) * scales[i % scales.Length];
        }

        return new NdArray<float>(recorded.Values.Shape, values);
    }

    private static QuantizedWeightedLayer WithKernel(QuantizedWeightedLayer layer, KernelForm form, NdArray<float> kernel) =>
        (QuantizedWeightedLayer)layer.WithVariables(
            [.. layer.Variables.Select((variable, index) => index == form.Variable ? kernel : variable.Value)]);

    private static QuantizedWeightedLayer WithBias(QuantizedWeightedLayer layer, float[] bias) =>
        layer with { UseBias = true, Bias = NdArray<float>.Vector(bias) };

    /// <summary>What the integers of a kernel must keep to.</summary>
    /// <param name="Most">The greatest integer.</param>
    /// <param name="IsShared">Whether all filters have one scale.</param>
    /// <param name="Least">The least scale of each filter with which its sums and its bias fit the accumulator.</param>
    private sealed record Rules(float Most, bool IsShared, float[] Least)
    {
        /// <summary>Sums of other samples may be greater than those seen.</summary>
        private const float Margin = 1.25f;

        /// <summary>Value bits of sums whose products with 8 bits of a scale fit the 32 of an output quantizer (numerics.md 5.4).</summary>
        private const int ScaledBits = 24;

        public static Rules Of(
            QuantizedWeightedLayer layer, QuantizedSpec sums, KernelForm form, Slice slice, NdArray<float> scales, int valueBits)
        {
            float[] steps = sums.Scales is { } own ? own.Expand(form.Outputs) : [.. Enumerable.Repeat(1f, form.Outputs)];
            int[] bits = sums.FracBits.Expand(form.Outputs);
            float[] least = new float[form.Outputs];
            for (int i = 0; i < least.Length; i++)
            {
                float unit = MathF.ScaleB(steps[i], -bits[i]) / scales.Values[scales.Values.Length == 1 ? 0 : i];
                float bias = layer.UseBias ? MathF.Abs(layer.Bias.Values[i]) : 0f;
                float greatest = Math.Max(slice.Groups[i / form.Filters].Greatest[i % form.Filters], bias);
                least[i] = Margin * greatest / MathF.ScaleB(unit, Math.Min(sums.ValueBits, ScaledBits));
            }

            return new Rules((1L << valueBits) - 1, scales.Values.Length == 1 && form.Outputs > 1, least);
        }
    }

    /// <summary>Some of the inputs of a kernel, with what is known of them.</summary>
    private sealed record Slice(int Start, NormalEquations[] Groups);
}
