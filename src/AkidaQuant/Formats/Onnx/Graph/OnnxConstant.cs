namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>
/// A tensor whose values are known when the network is imported. Integers and truth values are held as
/// <see cref="long"/>, all others as float32.
/// </summary>
/// <remarks>
/// The number of samples is not known then, but graphs compute with it: they take the shape of a tensor apart and build
/// another shape from it. <see cref="Batch"/> stands for it among integers.
/// </remarks>
internal sealed record OnnxConstant
{
    /// <summary>
    /// Stands for the number of samples: a number that no exporter writes; the ends of the range are in use for "to the end".
    /// </summary>
    public const long Batch = -0x5A5A_5A5A_0BA7_C401;

    private readonly float[]? _floats;
    private readonly long[]? _integers;

    private OnnxConstant(Shape shape, OnnxElementType type, float[]? floats, long[]? integers)
    {
        Shape = shape;
        Type = type;
        _floats = floats;
        _integers = integers;
    }

    /// <summary>All dimensions.</summary>
    public Shape Shape { get; }

    /// <summary>The type of the elements in the file.</summary>
    public OnnxElementType Type { get; }

    /// <summary>The number of elements.</summary>
    public int Count => _floats?.Length ?? _integers!.Length;

    /// <summary>Whether the values have a fraction.</summary>
    public bool IsFloat => _floats is not null;

    /// <summary>The values as float32; integers are converted.</summary>
    public float[] Floats => _floats ?? Array.ConvertAll(_integers!, value => (float)value);

    /// <summary>The integers; null for floats.</summary>
    public long[]? Integers => _integers;

    /// <summary>A tensor of floats.</summary>
    public static OnnxConstant Of(Shape shape, float[] values, OnnxElementType type = OnnxElementType.Float) =>
        new(shape, type, values, null);

    /// <summary>A tensor of integers.</summary>
    public static OnnxConstant Of(Shape shape, long[] values, OnnxElementType type = OnnxElementType.Int64) =>
        new(shape, type, null, values);

    /// <summary>A vector of integers.</summary>
    public static OnnxConstant Vector(params long[] values) => Of(new Shape(values.Length), values);

    /// <summary>The same values under another shape of as many.</summary>
    public OnnxConstant Reshape(Shape shape) => new(shape, Type, _floats, _integers);

    /// <summary>The elements at the given positions under a shape.</summary>
    public OnnxConstant Pick(Shape shape, int[] positions) => new(
        shape,
        Type,
        _floats is null ? null : Array.ConvertAll(positions, position => _floats[position]),
        _integers is null ? null : Array.ConvertAll(positions, position => _integers[position]));

    /// <summary>The float array of this constant, for weights.</summary>
    public NdArray<float> ToArray() => new(Shape, Floats);
}
