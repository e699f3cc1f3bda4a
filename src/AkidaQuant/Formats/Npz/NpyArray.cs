namespace AkidaQuant.Formats.Npz;

/// <summary>An array of numpy in its own element type, row-major (tools.md 7).</summary>
public sealed class NpyArray
{
    /// <summary>An array from its values: an array of one of the element types, one element an element.</summary>
    /// <exception cref="ArgumentException">The element type is not one that numpy has, or the count does not fit the shape.</exception>
    public NpyArray(Shape shape, Array data)
    {
        Type element = data.GetType().GetElementType()!;
        if (data.Rank != 1 || NpyElementType.Find(element) is not { } type)
        {
            throw new ArgumentException($"Arrays of {data.GetType().Name} have no counterpart in numpy.", nameof(data));
        }

        if (shape.Size != data.Length)
        {
            throw new ArgumentException($"The shape {shape} has {shape.Size} elements, but {data.Length} values are given.", nameof(shape));
        }

        Shape = shape;
        Data = data;
        DType = type.Name;
    }

    /// <summary>All dimensions, the first varying slowest.</summary>
    public Shape Shape { get; }

    /// <summary>numpy's name of the element type: <c>uint8</c>, <c>float32</c>, <c>bool</c>.</summary>
    public string DType { get; }

    /// <summary>The elements: an array of byte, sbyte, short, ushort, int, uint, long, ulong, Half, float, double or bool.</summary>
    public Array Data { get; }

    /// <summary>The elements as float32, rounded to nearest.</summary>
    public NdArray<float> ToSingles() => new(Shape, Data switch
    {
        float[] values => values,
        double[] values => Array.ConvertAll(values, value => (float)value),
        Half[] values => Array.ConvertAll(values, value => (float)value),
        byte[] values => Array.ConvertAll(values, value => (float)value),
        sbyte[] values => Array.ConvertAll(values, value => (float)value),
        short[] values => Array.ConvertAll(values, value => (float)value),
        ushort[] values => Array.ConvertAll(values, value => (float)value),
        int[] values => Array.ConvertAll(values, value => (float)value),
        uint[] values => Array.ConvertAll(values, value => (float)value),
        long[] values => Array.ConvertAll(values, value => (float)value),
        ulong[] values => Array.ConvertAll(values, value => (float)value),
        _ => Array.ConvertAll((bool[])Data, value => value ? 1f : 0f),
    });

    /// <summary>The elements as integers of 32 bits.</summary>
    /// <exception cref="QuantException"><c>ArrayNotInteger</c>: an element is a fraction or does not fit.</exception>
    public NdArray<int> ToInt32() => new(Shape, Data switch
    {
        int[] values => values,
        double[] values => Array.ConvertAll(values, Whole),
        float[] values => Array.ConvertAll(values, value => Whole(value)),
        Half[] values => Array.ConvertAll(values, value => Whole((double)value)),
        byte[] values => Array.ConvertAll(values, value => (int)value),
        sbyte[] values => Array.ConvertAll(values, value => (int)value),
        short[] values => Array.ConvertAll(values, value => (int)value),
        ushort[] values => Array.ConvertAll(values, value => (int)value),
        uint[] values => Array.ConvertAll(values, value => value <= int.MaxValue ? (int)value : throw NotInteger(value)),
        long[] values => Array.ConvertAll(values, value => value is >= int.MinValue and <= int.MaxValue ? (int)value : throw NotInteger(value)),
        ulong[] values => Array.ConvertAll(values, value => value <= int.MaxValue ? (int)value : throw NotInteger(value)),
        _ => Array.ConvertAll((bool[])Data, value => value ? 1 : 0),
    });

    /// <inheritdoc/>
    public override string ToString() => $"{DType} {Shape}";

    private static int Whole(double value) =>
        value == Math.Floor(value) && value is >= int.MinValue and <= int.MaxValue ? (int)value : throw NotInteger(value);

    private static QuantException NotInteger(IFormattable value) => new(
        "ArrayNotInteger",
        QuantErrorKind.InvalidData,
        $"The array holds {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}, which is not an integer of 32 bits.");
}
