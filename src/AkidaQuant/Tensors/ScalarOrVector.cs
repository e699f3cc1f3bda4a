namespace AkidaQuant.Tensors;

/// <summary>
/// One value for a whole tensor, or one for each index of its last axis. A vector of one element is not a
/// scalar: the two differ for scales (numerics.md 3).
/// </summary>
public readonly struct ScalarOrVector<T> : IEquatable<ScalarOrVector<T>>
    where T : struct
{
    private readonly T[] _values;

    private ScalarOrVector(T[] values, bool isScalar)
    {
        _values = values;
        IsScalar = isScalar;
    }

    /// <summary>Whether one value serves the whole tensor.</summary>
    public bool IsScalar { get; }

    /// <summary>The number of values held: 1 for a scalar.</summary>
    public int Count => _values.Length;

    /// <summary>The value that serves <paramref name="channel"/>.</summary>
    public T this[int channel] => IsScalar ? _values[0] : _values[channel];

    /// <summary>The values held.</summary>
    public ReadOnlySpan<T> Span => _values;

    /// <summary>One value for all.</summary>
    public static ScalarOrVector<T> Scalar(T value) => new([value], true);

    /// <summary>One value for each channel.</summary>
    public static ScalarOrVector<T> Vector(T[] values) => new(values, false);

    /// <summary>A scalar from an array of rank 0, a vector from any other.</summary>
    public static ScalarOrVector<T> From(NdArray<T> array) => new(array.Values, array.Shape.Rank == 0);

    /// <summary>Every value converted; scalar stays scalar.</summary>
    public ScalarOrVector<TResult> Map<TResult>(Converter<T, TResult> convert)
        where TResult : struct => new(Array.ConvertAll(_values, convert), IsScalar);

    /// <summary>
    /// Both combined channel by channel; a scalar, or a vector of one element, serves every channel of the other.
    /// Scalar only when both are.
    /// </summary>
    /// <exception cref="QuantException">ChannelCountMismatch: two vectors of different lengths.</exception>
    public ScalarOrVector<TResult> Zip<TOther, TResult>(ScalarOrVector<TOther> other, Func<T, TOther, TResult> combine)
        where TOther : struct
        where TResult : struct
    {
        if (Count != other.Count && Count != 1 && other.Count != 1)
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"Values for {Count} channels meet values for {other.Count} channels. Both must have the channels of the same tensor.");
        }

        var result = new TResult[Math.Max(Count, other.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = combine(_values[Count == 1 ? 0 : i], other._values[other.Count == 1 ? 0 : i]);
        }

        return new ScalarOrVector<TResult>(result, IsScalar && other.IsScalar);
    }

    /// <summary>One value for each of <paramref name="channels"/> channels; a vector of one element serves all.</summary>
    /// <exception cref="QuantException">ChannelCountMismatch: a vector of another length.</exception>
    public T[] Expand(int channels)
    {
        if (Count == channels)
        {
            return [.. _values];
        }

        if (Count != 1)
        {
            throw new QuantException(
                "ChannelCountMismatch",
                QuantErrorKind.InvalidArgument,
                $"There are values for {Count} channels, but the tensor has {channels}. Give one value, or one for each channel.");
        }

        var result = new T[channels];
        Array.Fill(result, _values[0]);
        return result;
    }

    /// <summary>As an array: rank 0 for a scalar, rank 1 for a vector.</summary>
    public NdArray<T> ToArray() => new(IsScalar ? Shape.Scalar : new Shape(Count), [.. _values]);

    /// <inheritdoc/>
    public bool Equals(ScalarOrVector<T> other) =>
        IsScalar == other.IsScalar && _values.AsSpan().SequenceEqual(other._values, EqualityComparer<T>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ScalarOrVector<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsScalar, Count, _values[0]);

    /// <summary>The values with a space between.</summary>
    public override string ToString() => new ValueList<T>(_values ?? []).ToString();

    /// <summary>Equal in form and in every value.</summary>
    public static bool operator ==(ScalarOrVector<T> left, ScalarOrVector<T> right) => left.Equals(right);

    /// <summary>Different in form or in a value.</summary>
    public static bool operator !=(ScalarOrVector<T> left, ScalarOrVector<T> right) => !left.Equals(right);
}
