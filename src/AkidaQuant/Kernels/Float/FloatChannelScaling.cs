namespace AkidaQuant.Kernels.Float;

/// <summary>
/// Every channel times a factor of its own, then its bias: what <see cref="FloatConvolution"/> and <see cref="FloatDense"/> compute with
/// a kernel of one cell that is 0 off its diagonal, without the products with 0.
/// </summary>
/// <remarks>
/// The sum of the whole matrix begins at 0 and adds the products one after the other, each rounded, then the bias: all of them leave it
/// as it is but for the one product with the factor, which is rounded once. So the values are the same while inputs are finite. An
/// infinity, or what is no number, stays in its channel here, where 0 times it would reach all of them; and a product so small that it
/// rounds to 0 gives a positive 0.
/// </remarks>
public sealed class FloatChannelScaling
{
    private readonly ChannelAffine _affine;

    /// <summary>Takes the factors.</summary>
    /// <param name="factors">One for each channel.</param>
    /// <param name="bias">One value a channel, or null.</param>
    public FloatChannelScaling(float[] factors, float[]? bias)
    {
        ArgumentNullException.ThrowIfNull(factors);

        // A positive 0 added makes a negative one positive, in the products as in the bias, as sums that begin at 0 are.
        float[] offsets = bias is null ? new float[factors.Length] : Array.ConvertAll(bias, value => value + 0f);
        _affine = new ChannelAffine(null, factors, offsets);
    }

    /// <summary>Computes rows.</summary>
    /// <param name="input">(rows, channels).</param>
    /// <param name="output">The same shape.</param>
    public void Run(ReadOnlySpan<float> input, Span<float> output) => _affine.Run(input, output);
}
