using AkidaQuant.Layers;

namespace AkidaQuant.Repair;

/// <summary>
/// A rectifier where none is: a layer gives every output twice, as it is and negative, so that what a rectifier leaves of both is the
/// value, which the next kernel takes from the one as it is and from the other negative.
/// </summary>
internal static class TwoSigns
{
    /// <summary>Whether the layer can give both signs.</summary>
    public static bool CanGive(Layer layer) => layer is Conv2D { Groups: 1 } or SeparableConv2D or Dense;

    /// <summary>Whether the layer can take both signs.</summary>
    public static bool CanTake(Layer layer) =>
        layer is (Conv2D { Groups: 1 } and not PaddedConv2D { PaddingValue: not null }) or SeparableConv2D { DepthMultiplier: 1 } or Dense;

    /// <summary>The layer with twice the channels: its own, then their negatives.</summary>
    public static Layer Give(Layer layer) => layer switch
    {
        Conv2D own => own with { Filters = 2 * own.Filters, Kernel = Outputs(own.Kernel), Bias = Bias(own) },
        SeparableConv2D own => own with { Filters = 2 * own.Filters, PointwiseKernel = Outputs(own.PointwiseKernel), Bias = Bias(own) },
        Dense own => own with { Units = 2 * own.Units, Kernel = Outputs(own.Kernel), Bias = Bias(own) },
        _ => throw new InvalidOperationException($"'{layer.Name}' has no outputs to double."),
    };

    /// <summary>The layer over twice the channels, at each position those as they are, then their negatives.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="channels">The channels of a position before they were doubled.</param>
    public static Layer Take(Layer layer, int channels) => layer switch
    {
        Conv2D own => own with { Kernel = Inputs(own.Kernel, axis: 2, channels * own.Filters) },
        SeparableConv2D own => own with
        {
            DepthwiseKernel = Doubled(own.DepthwiseKernel, axis: 2, channels, sign: 1),
            PointwiseKernel = Inputs(own.PointwiseKernel, axis: 2, channels * own.Filters),
        },
        Dense own => own with { Kernel = Inputs(own.Kernel, axis: 0, channels * own.Units) },
        _ => throw new InvalidOperationException($"'{layer.Name}' has no inputs to double."),
    };

    private static NdArray<float> Outputs(NdArray<float> kernel) =>
        Doubled(kernel, kernel.Shape.Rank - 1, kernel.Shape[^1], sign: -1);

    private static NdArray<float> Inputs(NdArray<float> kernel, int axis, int block) => Doubled(kernel, axis, block, sign: -1);

    private static NdArray<float> Bias(WeightedLayer layer) => layer.UseBias ? Outputs(layer.Bias) : layer.Bias;

    /// <summary>Each block of values, and behind it the block times a sign.</summary>
    private static NdArray<float> Doubled(NdArray<float> values, int axis, int block, float sign)
    {
        float[] given = values.Values;
        float[] doubled = new float[2 * given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            int start = (i / block * 2 * block) + (i % block);
            doubled[start] = given[i];
            doubled[start + block] = sign * given[i];
        }

        int[] shape = [.. values.Shape];
        shape[axis] *= 2;
        return new NdArray<float>(new Shape(shape), doubled);
    }
}
