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
    /// <summary>
    /// The most inputs whose moments are looked at; the integers of longer kernels are rounded, and only the bias is chosen.
    /// </summary>
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
        bool isFitted = isChosen && form.Rows <= MostInputs;
        NormalEquations[] groups = isFitted
            ? NormalEquations.Of(new KernelRows(form, input, target, runner.Parts), runner)
            : NormalEquations.Means(new KernelRows(form, input, target, runner.Parts, MostMeans), runner);
        float[] weights = isFitted && recorded.Scales is { } scales
            ? Rounded(
                form,
                groups,
                form.Read(kernel),
                Rules.Of(layer, (QuantizedSpec)prepared.Output, form, groups, scales, recorded.ValueBits))
            : form.ReadRecorded(Derived(recorded));
        return WithBias(
            kernel.Diagonal is null ? WithKernel(layer, form, form.Write(kernel, weights)) : layer, Bias(form, groups, weights));
    }

    /// <summary>The weights that integers stand for, of all filters, as (group, input, filter).</summary>
    private float[] Rounded(KernelForm form, NormalEquations[] groups, float[] given, Rules rules)
    {
        (float most, bool isShared, float[] least) = rules;
        float[][] filters = [.. Enumerable.Range(0, form.Outputs).Select(output => Filter(form, given, output))];
        ErrorFeedback[] feedbacks = [.. groups.Select(group => new ErrorFeedback(group.Moments, group.Rows, runner.Parallelism))];
        AddLeastSquares(form, groups, feedbacks, filters);
        float shared = filters.Max(Largest);
        Candidates Tried(int output) =>
            Try(feedbacks[output / form.Filters], filters[output], isShared ? shared : Largest(filters[output]), most);

        // Filters that share a scale are chosen together; of others no more than one a thread is held.
        Candidates[]? all = null;
        if (isShared)
        {
            all = new Candidates[filters.Length];
            Parallel.For(0, filters.Length, runner.Parallelism, output => all[output] = Tried(output));
        }

        int? lane = all is null ? null : Candidates.Best(all);
        float[]?[] moments = isShared || form.Rows > MostSearched
            ? new float[]?[form.Groups]
            : [.. groups.Select(group => Array.ConvertAll(group.Moments, moment => (float)moment))];
        float[] result = [.. given];
        Parallel.For(0, filters.Length, runner.Parallelism, output =>
        {
            float[] filter = filters[output];
            float[]? rounded = !isShared && Largest(filter) < least[output] * most
                ? Raised(filter, groups[output / form.Filters], output % form.Filters, least[output], most)
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
    private static Candidates Try(ErrorFeedback feedback, float[] filter, float largest, float most)
    {
        Candidates candidates = new(filter.Length, most);
        for (int lane = 0; lane < ErrorFeedback.Scales; lane++)
        {
            candidates.Scales[lane] = (float)(largest / most * Math.Pow(2, -lane * ScaleStep));
        }

        candidates.IsTried = candidates.Scales[^1] > Numerics.Quantizers.WeightQuantization.SmallestScale;
        if (candidates.IsTried)
        {
            feedback.Round(filter, candidates.Scales, most, candidates.Integers, candidates.Losses);
        }

        return candidates;
    }

    /// <summary>Adds to each filter what least squares asks for, with a pull towards what it is.</summary>
    private void AddLeastSquares(KernelForm form, NormalEquations[] groups, ErrorFeedback[] feedbacks, float[][] filters)
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
                    groups[group].Residual(filters[output], output % form.Filters))];
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
    private static float[]? Raised(float[] filter, NormalEquations equations, int column, float scale, float most)
    {
        int at = 0;
        for (int i = 1; i < filter.Length; i++)
        {
            at = equations.Moment(i) < equations.Moment(at) ? i : at;
        }

        if (scale * most * Math.Sqrt(equations.Moment(at)) > LeastShare * equations.Greatest[column])
        {
            return null;
        }

        float[] raised = Plain(filter, scale * most, most);
        raised[at] = filter[at] < 0 ? -scale * most : scale * most;
        return raised;
    }

    private static float[] Plain(float[] filter, float largest, float most)
    {
        float scale = Math.Max(largest / most, Numerics.Quantizers.WeightQuantization.SmallestScale);
        return Array.ConvertAll(filter, weight => Math.Clamp(MathF.Round(weight / scale), -most, most) * scale);
    }

    private static float Largest(float[] filter) => MathF.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(filter));

    /// <summary>The bias with which the means of the sums are those of the float network.</summary>
    private static float[] Bias(KernelForm form, NormalEquations[] groups, float[] weights)
    {
        float[] bias = new float[form.Outputs];
        for (int output = 0; output < bias.Length; output++)
        {
            float[] filter = Filter(form, weights, output);
            NormalEquations group = groups[output / form.Filters];
            double rest = group.TargetMeans[output % form.Filters];
            for (int i = 0; i < filter.Length; i++)
            {
                rest -= group.InputMeans[i] * filter[i];
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
            QuantizedWeightedLayer layer,
            QuantizedSpec sums,
            KernelForm form,
            NormalEquations[] groups,
            NdArray<float> scales,
            int valueBits)
        {
            float[] steps = sums.Scales is { } own ? own.Expand(form.Outputs) : [.. Enumerable.Repeat(1f, form.Outputs)];
            int[] bits = sums.FracBits.Expand(form.Outputs);
            float[] least = new float[form.Outputs];
            for (int i = 0; i < least.Length; i++)
            {
                float unit = MathF.ScaleB(steps[i], -bits[i]) / scales.Values[scales.Values.Length == 1 ? 0 : i];
                float bias = layer.UseBias ? MathF.Abs(layer.Bias.Values[i]) : 0f;
                float greatest = Math.Max(groups[i / form.Filters].Greatest[i % form.Filters], bias);
                least[i] = Margin * greatest / MathF.ScaleB(unit, Math.Min(sums.ValueBits, ScaledBits));
            }

            return new Rules((1L << valueBits) - 1, scales.Values.Length == 1 && form.Outputs > 1, least);
        }
    }
}
