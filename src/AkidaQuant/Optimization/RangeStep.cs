using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Chooses the range of an output quantizer: of several below and above the greatest float value the one with the least squared error,
/// a channel or a tensor (lowbit.md, step 5).
/// </summary>
/// <param name="walk">The tensors.</param>
/// <param name="runner">How work is divided.</param>
internal sealed class RangeStep(NetworkWalk walk, LayerRunner runner)
{
    private const int Ranges = 22;
    private const int PowersOfTwo = 5;

    /// <summary>The most values of a channel that are looked at.</summary>
    private const int MostValues = 8192;

    /// <summary>The layer with the chosen range and rate.</summary>
    /// <param name="node">The layer as it is now.</param>
    /// <param name="passed">The factors that its values have before its quantizer.</param>
    /// <param name="required">The factor that its output must have; null where a kernel takes up any.</param>
    /// <param name="isRated">Whether the quantizer applies its rate.</param>
    /// <param name="importance">What an error of a channel counts.</param>
    public QuantizedLayer Run(Node node, ScalarOrVector<float> passed, float? required, bool isRated, float[] importance)
    {
        var layer = (QuantizedLayer)node.Layer;
        OutputQuantizer quantizer = layer.OutputQuantizer!;
        Samples samples = Read(node, layer, passed);
        int channels = samples.Channels;
        ScalarOrVector<float> factors;
        float[] ranges;
        if (isRated && required is null)
        {
            // The range that the bits represent exactly, whatever its factor: no fractional bit is lost, and channels are aligned.
            float range = (float)(1 - Math.ScaleB(1.0, -quantizer.Bitwidth));
            float[] chosen = Choose(samples, quantizer, importance, greatest => Enumerable.Range(0, Ranges)
                .Select(k => (range, (float)(range / (greatest * Math.Pow(2, 0.25 - (k / 6.0)))))));
            ranges = Array.ConvertAll(chosen, _ => range);
            factors = quantizer.PerAxis ? ScalarOrVector<float>.Vector(chosen) : ScalarOrVector<float>.Scalar(chosen[0]);
        }
        else
        {
            factors = isRated ? ScalarOrVector<float>.Scalar(required!.Value) : passed;
            ranges = Powers(samples, quantizer, importance, factors.Expand(channels));
        }

        ScalarOrVector<float> rate = isRated
            ? factors.Zip(passed, (factor, before) => factor / before)
            : ScalarOrVector<float>.Scalar(1f);
        Shape shape = quantizer.RangeMax.Shape;
        return layer with
        {
            OutputQuantizer = quantizer with
            {
                RangeMax = new NdArray<float>(shape, quantizer.PerAxis ? ranges : [ranges[0]]),
                RescalingRate = new NdArray<float>(shape, quantizer.PerAxis ? rate.Expand(channels) : [rate[0]]),
            },
        };
    }

    /// <summary>Powers of two as ranges, where the factor is given.</summary>
    private static float[] Powers(Samples samples, OutputQuantizer quantizer, float[] importance, float[] factors)
    {
        float[] exponents = Choose(samples, quantizer, importance, (greatest, channel) =>
        {
            int exponent = MathF.ILogB(greatest * factors[channel]) + 1;
            return Enumerable.Range(-1, PowersOfTwo)
                .Select(k => ((float)Math.ScaleB(1 - Math.ScaleB(1.0, -quantizer.Bitwidth), exponent - k), factors[channel]));
        }, (range, _) => range);
        return exponents;
    }

    private static float[] Choose(
        Samples samples, OutputQuantizer quantizer, float[] importance, Func<float, IEnumerable<(float Range, float Factor)>> candidates) =>
        Choose(samples, quantizer, importance, (greatest, _) => candidates(greatest), (_, factor) => factor);

    /// <summary>For each channel, or for all together, what the best candidate is.</summary>
    private static float[] Choose(
        Samples samples,
        OutputQuantizer quantizer,
        float[] importance,
        Func<float, int, IEnumerable<(float Range, float Factor)>> candidates,
        Func<float, float, float> select)
    {
        float[] greatest = samples.Greatest();
        float largest = greatest.Max() is > 0 and var most ? most : 1f;
        if (quantizer.PerAxis)
        {
            float[] chosen = new float[samples.Channels];
            Parallel.For(0, chosen.Length, samples.Parallelism, channel =>
            {
                // A channel that never fired gets the largest range of its layer.
                (float range, float factor) = candidates(greatest[channel] > 0 ? greatest[channel] : largest, channel)
                    .MinBy(candidate => samples.Error(channel, quantizer, candidate.Range, candidate.Factor));
                chosen[channel] = select(range, factor);
            });
            return chosen;
        }

        (float Range, float Factor)[] shared = [.. candidates(largest, 0)];
        double[] errors = new double[shared.Length];
        Parallel.For(0, shared.Length, samples.Parallelism, k =>
        {
            for (int channel = 0; channel < samples.Channels; channel++)
            {
                errors[k] += importance[channel] * samples.Error(channel, quantizer, shared[k].Range, shared[k].Factor);
            }
        });
        (float range, float factor) = shared[Array.IndexOf(errors, errors.Min())];
        return [.. Enumerable.Repeat(select(range, factor), samples.Channels)];
    }

    private Samples Read(Node node, QuantizedLayer layer, ScalarOrVector<float> passed)
    {
        TensorBatches[] inputs = walk.Inputs(node);
        Layer open = layer with { OutputQuantizer = null };
        TensorBatches sums = runner.Run(open.PrepareNamed([.. inputs.Select(input => input.Spec)]), inputs);
        Shape shape = sums.Spec.Shape;
        KernelRows rows = new(new DenseForm(shape, shape.Channels, 1), sums, walk.Float(node.Name), runner.Parts, MostValues);
        (float[] values, float[] targets) = rows.Read(0, rows.Count, runner);
        return new Samples(values, targets, passed.Expand(shape.Channels), runner.Parallelism);
    }

    /// <summary>Values before a quantizer, with those of the float network.</summary>
    /// <param name="values">(row, channel), times the factors.</param>
    /// <param name="targets">(row, channel).</param>
    /// <param name="factors">The factor of each channel.</param>
    /// <param name="parallelism">How work is divided.</param>
    private sealed class Samples(float[] values, float[] targets, float[] factors, ParallelOptions parallelism)
    {
        public ParallelOptions Parallelism => parallelism;

        public int Channels => factors.Length;

        /// <summary>The greatest magnitude of each channel in the float network.</summary>
        public float[] Greatest()
        {
            float[] greatest = new float[Channels];
            for (int i = 0; i < targets.Length; i++)
            {
                greatest[i % Channels] = Math.Max(greatest[i % Channels], MathF.Abs(targets[i]));
            }

            return greatest;
        }

        /// <summary>The squared error of a channel behind the quantizer.</summary>
        public double Error(int channel, OutputQuantizer quantizer, float range, float factor)
        {
            int bits = Numerics.Rounding.MaxFracBits(quantizer.ValueBits, range);
            float scale = MathF.ScaleB(factor, bits) / factors[channel];
            float step = MathF.ScaleB(1f, -bits) / factor;
            float least = -MathF.ScaleB(1f, quantizer.ValueBits);
            float most = -least - 1;
            double error = 0;
            for (int i = channel; i < values.Length; i += Channels)
            {
                float integer = Math.Clamp(MathF.Floor((values[i] * scale) + 0.5f), least, most);
                float difference = (integer * step) - targets[i];
                error += difference * difference;
            }

            return error;
        }
    }
}
