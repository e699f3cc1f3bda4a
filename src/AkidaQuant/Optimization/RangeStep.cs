using AkidaQuant.Layers;
using AkidaQuant.Layers.Settings;
using AkidaQuant.Models;

namespace AkidaQuant.Optimization;

/// <summary>
/// Chooses the range of an output quantizer: of several below and above the greatest float value the one with the least squared error,
/// a channel or a tensor (optimization.md, step 5).
/// </summary>
/// <param name="walk">The tensors.</param>
/// <param name="runner">How work is divided.</param>
internal sealed class RangeStep(NetworkWalk walk, LayerRunner runner)
{
    private const int Ranges = 27;

    /// <summary>The layer with the chosen range and rate.</summary>
    /// <param name="node">The layer as it is now.</param>
    /// <param name="passed">The factors that its values have before its quantizer.</param>
    /// <param name="required">The factor that its output must have; null where a kernel takes up any.</param>
    /// <param name="isRated">Whether the quantizer applies its rate.</param>
    /// <param name="importance">What an error of a channel counts.</param>
    /// <param name="widest">A range that was chosen for the sums behind, which need coarse steps; 0 for none.</param>
    public QuantizedLayer Run(
        Node node, ScalarOrVector<float> passed, float? required, bool isRated, float[] importance, float widest)
    {
        var layer = (QuantizedLayer)node.Layer;
        OutputQuantizer quantizer = layer.OutputQuantizer!;
        ChannelSamples samples = Read(node, layer, passed);
        int channels = samples.Channels;
        ScalarOrVector<float> factors;
        float[] ranges;
        if (isRated && required is null)
        {
            // The range that the bits represent exactly, whatever its factor: no fractional bit is lost, and channels are aligned.
            // Where sums needed fewer bits, as many are left out again.
            float full = (float)(1 - Math.ScaleB(1.0, -quantizer.Bitwidth));
            int spare = samples.Greatest().Max() is > 0 and var most && widest > most ? MathF.ILogB(widest / most) : 0;
            float range = MathF.ScaleB(full, spare);
            float[] chosen = RangeChoice.Factors(samples, quantizer, importance, greatest => Enumerable.Range(0, Ranges)
                .Select(k => (range, (float)(full / (greatest * Math.Pow(2, 1 - (k / 6.0)))))));
            ranges = Array.ConvertAll(chosen, _ => range);
            factors = quantizer.PerAxis ? ScalarOrVector<float>.Vector(chosen) : ScalarOrVector<float>.Scalar(chosen[0]);
        }
        else
        {
            factors = isRated ? ScalarOrVector<float>.Scalar(required!.Value) : passed;
            ranges = RangeChoice.Powers(samples, quantizer, importance, factors.Expand(channels));
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

    private ChannelSamples Read(Node node, QuantizedLayer layer, ScalarOrVector<float> passed)
    {
        TensorBatches[] inputs = walk.Inputs(node);
        Layer open = layer with { OutputQuantizer = null };
        TensorBatches sums = runner.Run(open.PrepareNamed([.. inputs.Select(input => input.Spec)]), inputs);
        return ChannelSamples.Of(sums, walk.Float(node.Name), passed, runner);
    }
}
