namespace AkidaQuant.Optimization;

/// <summary>The integers of a filter for each of several scales.</summary>
/// <param name="size">The number of weights.</param>
/// <param name="most">The greatest integer.</param>
internal sealed class Candidates(int size, float most)
{
    /// <summary>What an integer stands for.</summary>
    public float[] Scales { get; } = new float[ErrorFeedback.Scales];

    /// <summary>The integers, (weight, scale).</summary>
    public float[] Integers { get; } = new float[size * ErrorFeedback.Scales];

    /// <summary>The squared error of the sums.</summary>
    public double[] Losses { get; } = new double[ErrorFeedback.Scales];

    /// <summary>Whether there are integers.</summary>
    public bool IsTried { get; set; }

    /// <summary>
    /// The scale with the least loss of filters that share it. One of their integers must be the greatest, or a scale that is derived
    /// from them again is another. Null where there is no such scale.
    /// </summary>
    public static int? Best(IReadOnlyList<Candidates> filters)
    {
        int? best = null;
        double least = double.PositiveInfinity;
        if (filters.All(filter => !filter.IsTried))
        {
            return null;
        }

        for (int lane = 0; lane < ErrorFeedback.Scales; lane++)
        {
            double loss = filters.Sum(filter => filter.Losses[lane]);
            if (loss < least && filters.Any(filter => filter.HasGreatest(lane)))
            {
                (best, least) = (lane, loss);
            }
        }

        return best;
    }

    /// <summary>The weights that the integers stand for, improved one by one where moments are given.</summary>
    public float[] Weights(int lane, float[]? moments, ReadOnlySpan<float> filter, float greatest)
    {
        float[] integers = Of(lane);
        float scale = Scales[lane];
        if (moments is not null)
        {
            float found = new IntegerSearch(moments, size, greatest).Run(filter, integers, scale);
            scale = found > Numerics.Quantizers.WeightQuantization.SmallestScale ? found : scale;
        }

        return Array.ConvertAll(integers, integer => integer * scale);
    }

    private bool HasGreatest(int lane)
    {
        for (int i = lane; i < Integers.Length; i += ErrorFeedback.Scales)
        {
            if (MathF.Abs(Integers[i]) == most)
            {
                return true;
            }
        }

        return false;
    }

    private float[] Of(int lane)
    {
        float[] integers = new float[size];
        for (int i = 0; i < size; i++)
        {
            integers[i] = Integers[(i * ErrorFeedback.Scales) + lane];
        }

        return integers;
    }
}
