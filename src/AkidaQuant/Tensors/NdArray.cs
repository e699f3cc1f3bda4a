using System.Globalization;

namespace AkidaQuant.Tensors;

/// <summary>An array with a shape, row-major: weights, recorded variables, the content of a file.</summary>
/// <param name="Shape">All dimensions, the first varying slowest.</param>
/// <param name="Values">The elements; treated as read-only once shared.</param>
/// <remarks>
/// Elements that follow from fewer, as those of a square matrix that is 0 off its diagonal do (<see cref="DiagonalMatrix"/>), need not be
/// held: they are written when <see cref="Values"/> is read.
/// </remarks>
public sealed record NdArray<T>(Shape Shape, T[] Values)
{
    private readonly T[]? _values = Values;
    private readonly T[]? _diagonal;
    private readonly DeferredArray<T>? _deferred;

    /// <summary>The elements; treated as read-only once shared.</summary>
    public T[] Values
    {
        get => _values ?? _deferred!.Values;
        init => (_values, _diagonal, _deferred) = (value, null, null);
    }

    /// <summary>
    /// The elements on the diagonal of a square matrix whose other elements are all 0 and not held; null for every other array.
    /// </summary>
    internal T[]? Diagonal
    {
        get => _diagonal;
        init => (_values, _diagonal, _deferred) =
            (null, value, new DeferredArray<T>(value!.Length * value.Length, () => DiagonalMatrix.Write(value)));
    }

    /// <summary>The number of elements.</summary>
    internal int Size => _values?.Length ?? _deferred!.Length;

    /// <summary>A scalar.</summary>
    public static NdArray<T> Scalar(T value) => new(Shape.Scalar, [value]);

    /// <summary>A one-dimensional array.</summary>
    public static NdArray<T> Vector(T[] values) => new(new Shape(values.Length), values);

    /// <summary>An array of the given shape whose elements are all <paramref name="value"/>.</summary>
    public static NdArray<T> Filled(Shape shape, T value)
    {
        var values = new T[shape.Size];
        Array.Fill(values, value);
        return new NdArray<T>(shape, values);
    }

    /// <summary>The same shape with every element converted.</summary>
    public NdArray<TResult> Map<TResult>(Converter<T, TResult> convert) => new(Shape, Array.ConvertAll(Values, convert));

    /// <summary>
    /// The same shape with every element converted by a function that makes 0 of 0, when it is read: what comes in is held, and nothing
    /// else but the elements of a diagonal.
    /// </summary>
    internal NdArray<TResult> MapDeferred<TResult>(Converter<T, TResult> convert) => Diagonal is { } diagonal
        ? new NdArray<TResult>(Shape, []) { Diagonal = Array.ConvertAll(diagonal, convert) }
        : new NdArray<TResult>(Shape, new DeferredArray<TResult>(Size, () => Array.ConvertAll(Values, convert)));

    /// <summary>The type and the shape: <c>float32 (3, 3, 3, 16)</c>; a scalar by its value.</summary>
    public override string ToString()
    {
        string type = typeof(T) == typeof(float) ? "float32"
            : typeof(T) == typeof(double) ? "float64"
            : typeof(T) == typeof(sbyte) ? "int8"
            : typeof(T) == typeof(byte) ? "uint8"
            : typeof(T).Name.ToLowerInvariant();
        return Shape.Rank == 0 ? string.Create(CultureInfo.InvariantCulture, $"{type} {Values[0]}") : $"{type} {Shape}";
    }

    private NdArray(Shape shape, DeferredArray<T> deferred)
        : this(shape, []) => (_values, _deferred) = (null, deferred);
}
