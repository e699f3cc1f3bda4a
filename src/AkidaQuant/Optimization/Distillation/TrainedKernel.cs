using AkidaQuant.Layers.Settings;

namespace AkidaQuant.Optimization.Distillation;

/// <summary>
/// A kernel while it is trained: an unrounded integer for each weight and a scale for each group of weights that share one. What the
/// network computes with is <c>scale * integer</c>; one integer of every group has the greatest magnitude, so that quantization derives
/// the same scale and the same integers from it (numerics.md 5.2).
/// </summary>
internal sealed class TrainedKernel
{
    private const float SmallestScale = 1e-6f;

    private readonly Shape _shape;
    private readonly int _groups;
    private readonly int _inner;
    private readonly int _greatest;
    private readonly bool[] _isEmpty;
    private readonly float[] _firstLogarithms;
    private readonly float[] _masters;

    private TrainedKernel(Shape shape, float[] weights, int groups, int inner, int greatest)
    {
        _shape = shape;
        _groups = groups;
        _inner = inner;
        _greatest = greatest;
        float[] ranges = new float[groups];
        for (int i = 0; i < weights.Length; i++)
        {
            ranges[Group(i)] = Math.Max(ranges[Group(i)], Math.Abs(weights[i]));
        }

        _isEmpty = Array.ConvertAll(ranges, range => range / greatest <= SmallestScale);
        _firstLogarithms = Array.ConvertAll(ranges, range => (float)Math.Log(Math.Max(range / greatest, SmallestScale)));
        Logarithms = [.. _firstLogarithms];
        Integers = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            Integers[i] = _isEmpty[Group(i)] ? 0 : Math.Clamp(weights[i] / (ranges[Group(i)] / greatest), -greatest, greatest);
        }

        _masters = new float[weights.Length];
        Weights = new float[weights.Length];
        Refresh();
    }

    /// <summary>The integers before they are rounded, in the order of the kernel.</summary>
    public float[] Integers { get; }

    /// <summary>The natural logarithms of the scales.</summary>
    public float[] Logarithms { get; }

    /// <summary>What the network computes with: scale times rounded integer, in the order of the kernel.</summary>
    public float[] Weights { get; }

    /// <summary>How much longer steps of integers are than those of 1 or 2 magnitudes.</summary>
    public float StepFactor => Math.Max(1f, _greatest / 4f);

    /// <summary>The kernel of a layer as it is trained; null where its integers do not follow from scales of output channels.</summary>
    /// <param name="kernel">The float kernel.</param>
    /// <param name="settings">The layer's settings.</param>
    /// <param name="key">The key of its quantizer in them.</param>
    /// <param name="groups">The scales that the kernel has along an axis; null for an axis that cannot be trained.</param>
    /// <param name="inner">The weights side by side that belong to one scale.</param>
    public static TrainedKernel? Of(NdArray<float> kernel, QuantizerSettings settings, string key, Func<int?, int?> groups, int inner)
    {
        (int bitwidth, bool signed, int? axis, bool fixedPoint) = settings.Weights(key);
        return !fixedPoint && kernel.Diagonal is null && kernel.Size > 0 && groups(axis) is { } count
            ? new TrainedKernel(kernel.Shape, kernel.Values, count, inner, (1 << (bitwidth - (signed ? 1 : 0))) - 1)
            : null;
    }

    /// <summary>The kernel for a layer.</summary>
    public NdArray<float> ToArray() => new(_shape, [.. Weights]);

    /// <summary>Turns gradients by weights into gradients by integers and by logarithms of scales.</summary>
    /// <param name="gradients">By weights; by integers afterwards.</param>
    /// <param name="byLogarithm">Receives those by logarithms.</param>
    public void Differentiate(Span<float> gradients, Span<float> byLogarithm)
    {
        byLogarithm.Clear();
        for (int i = 0; i < gradients.Length; i++)
        {
            int group = Group(i);
            byLogarithm[group] += gradients[i] * Weights[i];
            gradients[i] = _isEmpty[group] ? 0 : gradients[i] * Scale(group);
        }
    }

    /// <summary>Brings integers and scales into their bounds and works out the weights.</summary>
    public void Refresh()
    {
        for (int group = 0; group < _groups; group++)
        {
            float first = _firstLogarithms[group];
            Logarithms[group] = Math.Clamp(Logarithms[group], Math.Max(first - 2.5f, (float)Math.Log(SmallestScale) + 0.5f), first + 2.5f);
        }

        int[] greatest = new int[_groups];
        Array.Fill(greatest, -1);
        for (int i = 0; i < Integers.Length; i++)
        {
            Integers[i] = Math.Clamp(Integers[i], -_greatest, _greatest);
            _masters[i] = MathF.Round(Integers[i]);
            ref int best = ref greatest[Group(i)];
            best = best < 0 || Math.Abs(Integers[i]) > Math.Abs(Integers[best]) ? i : best;
        }

        for (int group = 0; group < _groups; group++)
        {
            if (!_isEmpty[group] && greatest[group] is >= 0 and var at)
            {
                _masters[at] = MathF.CopySign(_greatest, Integers[at]);
            }
        }

        for (int i = 0; i < Integers.Length; i++)
        {
            Weights[i] = _isEmpty[Group(i)] ? 0 : _masters[i] * Scale(Group(i));
        }
    }

    private float Scale(int group) => (float)Math.Exp(Logarithms[group]);

    private int Group(int index) => index / _inner % _groups;
}
