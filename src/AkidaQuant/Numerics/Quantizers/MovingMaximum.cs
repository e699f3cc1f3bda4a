namespace AkidaQuant.Numerics.Quantizers;

/// <summary>
/// A calibrated range over batches: the first batch is taken as it is, later ones by an exponential moving
/// average (numerics.md 7). Serves minima as well.
/// </summary>
public sealed class MovingMaximum
{
    private readonly float _decay;
    private readonly float[] _values;

    /// <summary>A range that no batch has updated.</summary>
    /// <param name="channels">The number of values: 1 for a range of the whole tensor.</param>
    /// <param name="momentum">The weight of the past.</param>
    public MovingMaximum(int channels, double momentum = 0.9)
    {
        _decay = (float)(1.0 - momentum);
        _values = new float[channels];
        Array.Fill(_values, 1f);
    }

    /// <summary>The range so far, 1 for every channel before the first batch.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>
    /// Takes in the extreme values of one batch. As in the reference, a range counts as fresh while all of its
    /// values are exactly 1.
    /// </summary>
    /// <exception cref="QuantException">ChannelCountMismatch: another number of values than channels.</exception>
    public void Update(ReadOnlySpan<float> batch)
    {
        if (batch.Length != _values.Length)
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"The batch has values for {batch.Length} channels, but the range is for {_values.Length}.");
        }

        if (!_values.AsSpan().ContainsAnyExcept(1f))
        {
            batch.CopyTo(_values);
            return;
        }

        for (int i = 0; i < _values.Length; i++)
        {
            float difference = _values[i] - batch[i];
            float step = difference * _decay;
            _values[i] -= step;
        }
    }
}
