using System.Globalization;
using System.Numerics;

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

    /// <summary>Samples, which the first axis counts.</summary>
    /// <param name="source">Where they come from, for people.</param>
    /// <exception cref="QuantException"><c>SampleSetEmpty</c> or <c>SampleShapeInvalid</c>.</exception>
    public SampleSet ToSamples(string source) => Shape.Rank > 0
        ? SampleSet.FromArray(Data, new Shape(Shape.ToArray()[1..]), source: source)
        : throw new QuantException(
            "SampleShapeInvalid",
            QuantErrorKind.InvalidData,
            $"The samples in {source} are a single number. Give an array whose first axis counts the samples.",
            source);

    /// <summary>The elements as float32, rounded to nearest.</summary>
    public NdArray<float> ToSingles() => new(Shape, DType switch
    {
        "uint8" => Singles<byte>(),
        "int8" => Singles<sbyte>(),
        "uint16" => Singles<ushort>(),
        "int16" => Singles<short>(),
        "uint32" => Singles<uint>(),
        "int32" => Singles<int>(),
        "uint64" => Singles<ulong>(),
        "int64" => Singles<long>(),
        "float16" => Singles<Half>(),
        "float32" => (float[])Data,
        "float64" => Singles<double>(),
        _ => Array.ConvertAll((bool[])Data, value => value ? 1f : 0f),
    });

    /// <summary>The elements as integers of 32 bits.</summary>
    /// <exception cref="QuantException"><c>ArrayNotInteger</c>: an element is a fraction or does not fit.</exception>
    public NdArray<int> ToInt32() => new(Shape, DType switch
    {
        "uint8" => Integers<byte>(),
        "int8" => Integers<sbyte>(),
        "uint16" => Integers<ushort>(),
        "int16" => Integers<short>(),
        "uint32" => Integers<uint>(),
        "int32" => (int[])Data,
        "uint64" => Integers<ulong>(),
        "int64" => Integers<long>(),
        "float16" => Integers<Half>(),
        "float32" => Integers<float>(),
        "float64" => Integers<double>(),
        _ => Array.ConvertAll((bool[])Data, value => value ? 1 : 0),
    });

    /// <inheritdoc/>
    public override string ToString() => $"{DType} {Shape}";

    private float[] Singles<T>()
        where T : INumberBase<T> => Array.ConvertAll((T[])Data, float.CreateTruncating);

    private int[] Integers<T>()
        where T : INumber<T> => Array.ConvertAll((T[])Data, value =>
        T.IsInteger(value) && T.CreateSaturating(int.CreateSaturating(value)) == value && double.CreateSaturating(value) <= int.MaxValue
            ? int.CreateSaturating(value)
            : throw NotInteger(value));

    private static QuantException NotInteger(IFormattable value) => new(
        "ArrayNotInteger",
        QuantErrorKind.InvalidData,
        $"The array holds {value.ToString(null, CultureInfo.InvariantCulture)}, which is not an integer of 32 bits.");
}
