using AkidaQuant.Formats.Onnx.Graph;

namespace AkidaQuant.Formats.Onnx.Folding;

/// <summary>The known inputs of a node, checked as they are taken, and the room for its outputs.</summary>
internal sealed class OnnxOperands
{
    private readonly IReadOnlyList<OnnxConstant?> _inputs;
    private readonly OnnxFolding _folding;

    /// <summary>Takes the inputs of a node; null for those that are left out.</summary>
    /// <exception cref="QuantException"><c>OnnxConstantTooLarge</c>: the shape of one overflows.</exception>
    public OnnxOperands(OnnxNode node, IReadOnlyList<OnnxConstant?> inputs, OnnxFolding folding)
    {
        Node = node;
        _inputs = inputs;
        _folding = folding;
        foreach (OnnxConstant? input in inputs)
        {
            if (input is not null)
            {
                CheckedShape(input.Shape.Select(dimension => (long)dimension), int.MaxValue);
            }
        }
    }

    /// <summary>The node.</summary>
    public OnnxNode Node { get; }

    /// <summary>The number of inputs, those left out counted.</summary>
    public int Count => _inputs.Count;

    /// <summary>An input; null when it is left out.</summary>
    public OnnxConstant? Optional(int index) => index < Count ? _inputs[index] : null;

    /// <summary>An input.</summary>
    /// <exception cref="QuantException">It is left out.</exception>
    public OnnxConstant Required(int index) => Optional(index) ?? throw Invalid($"its input {index} is missing");

    /// <summary>
    /// Integers to compute with, given as an input or, in older operator sets, as an attribute; null when they are left out.
    /// </summary>
    /// <exception cref="QuantException">They are floats, or the number of samples is among them.</exception>
    public long[]? Integers(int index, string? attribute = null)
    {
        if (Optional(index) is not { } given)
        {
            return attribute is null ? null : Node.Ints(attribute);
        }

        return given.IsFloat ? throw Invalid($"its input {index} holds floats where integers are needed") : Whole(given);
    }

    /// <summary>The integers of a constant that has them, to compute with.</summary>
    /// <exception cref="QuantException"><c>OnnxBatchArithmetic</c>: the number of samples is among them.</exception>
    public long[] Whole(OnnxConstant value)
    {
        RefuseBatch(value);
        return value.Integers!;
    }

    /// <summary>Such integers that must be given.</summary>
    public long[] RequiredIntegers(int index, string? attribute = null) =>
        Integers(index, attribute) ?? throw Invalid($"its input {index} is missing");

    /// <summary>The shape of an output, whose room is taken.</summary>
    /// <exception cref="QuantException"><c>OnnxConstantTooLarge</c>: it has too many elements, or all outputs together have.</exception>
    public Shape Room(IEnumerable<long> dimensions)
    {
        int largest = Math.Max(OnnxFolding.MostElements, _inputs.Max(input => input?.Count) ?? 0);
        Shape shape = CheckedShape(dimensions, largest);
        _folding.Take(Node, shape.Size);
        return shape;
    }

    /// <summary>The same for dimensions that are in range.</summary>
    public Shape Room(IEnumerable<int> dimensions) => Room(dimensions.Select(dimension => (long)dimension));

    /// <summary>Counts work that is not in the size of outputs.</summary>
    public void Spend(long elements) => _folding.Take(Node, elements);

    /// <summary>Refuses integers among which the number of samples is.</summary>
    public void RefuseBatch(OnnxConstant value)
    {
        if (value.Integers is { } integers && integers.AsSpan().Contains(OnnxConstant.Batch))
        {
            throw OnnxSamples.Computed(Node);
        }
    }

    /// <summary>An error about inputs that do not fit the operator; <paramref name="problem"/> says how.</summary>
    public QuantException Invalid(string problem) =>
        Node.Error("OnnxConstantInvalid", $"{problem}. The file is damaged; export the model again", QuantErrorKind.InvalidData);

    private Shape CheckedShape(IEnumerable<long> dimensions, int most)
    {
        List<int> shape = [];
        long size = 1;
        foreach (long dimension in dimensions)
        {
            if (dimension < 0)
            {
                throw Invalid($"it makes a tensor with a dimension of {dimension}");
            }

            if (dimension > int.MaxValue || (size *= Math.Max(dimension, 1)) > most || shape.Count == OnnxAxes.GreatestRank)
            {
                throw OnnxFolding.TooLarge(Node);
            }

            shape.Add((int)dimension);
        }

        return new Shape([.. shape]);
    }
}
