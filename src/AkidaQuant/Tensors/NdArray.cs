namespace AkidaQuant.Tensors;

/// <summary>An array with a shape, row-major: weights, recorded variables, the content of a file.</summary>
/// <param name="Shape">All dimensions, the first varying slowest.</param>
/// <param name="Values">The elements; treated as read-only once shared.</param>
public sealed record NdArray<T>(Shape Shape, T[] Values)
{
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
}
