using System.Dynamic;
using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.InteropServices;

namespace AkidaQuant;

/// <summary>
/// Samples of one shape, with their labels and names where they have them. Values keep the type of their
/// source, so that bytes take a byte each; they are converted when a model reads them. Large sets stay in their
/// files and are read by the batch.
/// </summary>
public sealed class SampleSet : IDynamicMetaObjectProvider
{
    private readonly SampleValues _values;
    private readonly long _start;

    /// <summary>
    /// Where samples are turned as they are read: how far apart values go that are stored side by side; 1 for as they are.
    /// </summary>
    private int _step = 1;

    /// <summary>The order that <see cref="InOrder"/> gave the values of each sample; null for none.</summary>
    private int[]? _order;

    private SampleSet(SampleValues values, long start, int count, Shape sampleShape, int[]? labels, string[]? names, string source)
    {
        _values = values;
        _start = start;
        Count = count;
        SampleShape = sampleShape;
        Labels = labels;
        Names = names;
        Source = source;
    }

    /// <summary>The number of samples, at least one.</summary>
    public int Count { get; }

    /// <summary>The shape of one sample, channels last.</summary>
    public Shape SampleShape { get; }

    /// <summary>The class of each sample, null when they are not known.</summary>
    public int[]? Labels { get; }

    /// <summary>The name of each sample, such as its file; null when they have none.</summary>
    public string[]? Names { get; }

    /// <summary>The name of each class that <see cref="Labels"/> counts, such as its folder; null when they have none.</summary>
    public string[]? Classes { get; private set; }

    /// <summary>The type of the values as numpy names it: <c>uint8</c>, <c>float32</c>.</summary>
    public string DType => _values.DType;

    /// <summary>Where the samples come from, for people.</summary>
    public string Source { get; }

    /// <summary>The integer type of the values; none for floats, booleans and integers of 64 bits.</summary>
    public IntegerType? Type => IntegerTypes.Parse(DType);

    /// <summary>Samples from a plain array of numbers that holds one sample after the other.</summary>
    /// <exception cref="QuantException">
    /// <c>SampleSetEmpty</c>, <c>SampleShapeInvalid</c>, <c>LabelCountMismatch</c>, <c>NameCountMismatch</c> or
    /// <c>SampleTypeUnknown</c>.
    /// </exception>
    public static SampleSet FromArray(
        Array values,
        Shape sampleShape,
        int[]? labels = null,
        string[]? names = null,
        string source = "an array")
    {
        ArgumentNullException.ThrowIfNull(values);
        int size = SizeOf(sampleShape, source);
        return values.Length % size == 0
            ? Create(values, values.Length / size, sampleShape, labels, names, source)
            : throw new QuantException(
                "SampleShapeInvalid",
                QuantErrorKind.InvalidData,
                $"The samples in {source} have {values.Length} values, which is no multiple of the {size} that a sample of the shape {sampleShape} takes.",
                source);
    }

    /// <summary>The same samples with the first axis of each put behind the others: channels last instead of first.</summary>
    public SampleSet WithFirstAxisLast() => Turned(SampleShape[0], SampleShape.WithFirstAxisLast());

    /// <summary>The same samples with the last axis of each put before the others: channels first instead of last.</summary>
    public SampleSet WithLastAxisFirst() => Turned(SampleShape.Size / SampleShape[^1], SampleShape.WithLastAxisFirst());

    /// <summary>The same samples with the values of each in another order, which is made as they are read.</summary>
    /// <param name="order">For each value, which of the values of a sample it is.</param>
    /// <param name="isMarked">Whether the samples remember it (<see cref="IsInOrder"/>).</param>
    internal SampleSet InOrder(int[] order, bool isMarked = true) =>
        new(new RearrangedValues(this, order), 0, Count, SampleShape, Labels, Names, Source)
        {
            Classes = Classes,
            _order = isMarked ? order : null,
        };

    /// <summary>Whether the values of each sample were put in that order.</summary>
    internal bool IsInOrder(int[] order) => _order is { } own && own.AsSpan().SequenceEqual(order);

    /// <summary>
    /// The same samples, integers of an unsigned type, less half its range, which is done as they are read; they remember it.
    /// </summary>
    internal SampleSet Shifted(IntegerType type)
    {
        SampleSet shifted = With(new ShiftedValues(_values, type), _start, Count, Labels, Names);
        shifted.ShiftedType = type;
        return shifted;
    }

    /// <summary>The unsigned type of which half the range was taken away from the samples; null where none was.</summary>
    internal IntegerType? ShiftedType { get; private set; }

    /// <summary>For each value of a sample, the place at which it is stored.</summary>
    internal int[] StoredPlaces()
    {
        int[] places = [.. Enumerable.Range(0, SampleShape.Size)];
        Turn(places.AsSpan());
        return places;
    }

    /// <summary>Some of the samples, without copying their values.</summary>
    /// <param name="skip">The number of samples to leave out at the start.</param>
    /// <param name="first">The greatest number of samples to keep; null for all that remain.</param>
    /// <exception cref="QuantException"><c>SampleSetEmpty</c>: nothing would remain.</exception>
    public SampleSet Slice(int skip, int? first = null)
    {
        if (skip < 0 || first < 0)
        {
            throw new QuantException(
                "SampleRangeInvalid",
                QuantErrorKind.InvalidArgument,
                $"Samples to skip and to take must not be negative, but they are {skip} and {first}.",
                Source);
        }

        int count = Math.Min(first ?? int.MaxValue, Count - Math.Min(skip, Count));
        if (count == 0)
        {
            throw new QuantException(
                "SampleSetEmpty",
                QuantErrorKind.InvalidArgument,
                $"No samples remain of the {Count} in {Source} when {skip} are skipped and {first?.ToString(CultureInfo.InvariantCulture) ?? "all others"} are taken.",
                Source);
        }

        return With(
            _values,
            _start + ((long)skip * SampleShape.Size),
            count,
            Labels?[skip..(skip + count)],
            Names?[skip..(skip + count)]);
    }

    /// <summary>The samples at some positions as a set, one or several; negative ones count from the end.</summary>
    /// <exception cref="QuantException"><c>SampleIndexOutOfRange</c>, or <c>SampleSetEmpty</c>: there is no position.</exception>
    public SampleSet this[params int[] indices] => Select(indices);

    /// <summary>Samples in the order of their positions, without copying their values; negative positions count from the end.</summary>
    /// <exception cref="QuantException"><c>SampleIndexOutOfRange</c>, or <c>SampleSetEmpty</c>: there is no position.</exception>
    public SampleSet Select(IReadOnlyList<int> indices)
    {
        int[] positions = [.. indices.Select(Position)];
        if (positions.Length == 0)
        {
            throw new QuantException(
                "SampleSetEmpty",
                QuantErrorKind.InvalidArgument,
                $"No positions were given, so no samples remain. {SampleIndexer.Range(this)}",
                Source);
        }

        int size = SampleShape.Size;
        return With(
            new SelectedValues(_values, Array.ConvertAll(positions, position => _start + ((long)position * size)), size),
            0,
            positions.Length,
            Labels is { } labels ? Array.ConvertAll(positions, position => labels[position]) : null,
            Names is { } names ? Array.ConvertAll(positions, position => names[position]) : null);
    }

    /// <inheritdoc/>
    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new SampleIndexer(parameter, this);

    /// <summary>These samples seen in another shape with as many values.</summary>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>: it has more or fewer values.</exception>
    public SampleSet Reshape(Shape sampleShape)
    {
        if (sampleShape == SampleShape)
        {
            return this;
        }

        if (SizeOf(sampleShape, Source) != SampleShape.Size)
        {
            throw new QuantException(
                "SampleShapeInvalid",
                QuantErrorKind.InvalidArgument,
                $"The samples in {Source} have the shape {SampleShape}, {SampleShape.Size} values, which cannot be seen as {sampleShape}. Give a shape with as many values.",
                Source);
        }

        return With(_values, _start, Count, Labels, Names, sampleShape);
    }

    /// <summary>These samples with other labels; null removes them.</summary>
    /// <exception cref="QuantException"><c>LabelCountMismatch</c>.</exception>
    public SampleSet WithLabels(int[]? labels) => WithLabels(labels, null);

    /// <summary>These samples with other labels and the names of their classes.</summary>
    /// <exception cref="QuantException"><c>LabelCountMismatch</c>.</exception>
    public SampleSet WithLabels(int[]? labels, string[]? classes) => WithLabels(labels, classes, Source);

    /// <summary>These samples with other labels, the names of their classes, and where the labels come from, for errors.</summary>
    /// <exception cref="QuantException"><c>LabelCountMismatch</c>.</exception>
    internal SampleSet WithLabels(int[]? labels, string[]? classes, string labelSource)
    {
        CheckCount(labels?.Length, Count, "labels", "LabelCountMismatch", Source, labelSource);
        SampleSet labelled = With(_values, _start, Count, labels, Names);
        labelled.Classes = classes;
        return labelled;
    }

    /// <summary>These samples with other names; null removes them.</summary>
    /// <exception cref="QuantException"><c>NameCountMismatch</c>.</exception>
    internal SampleSet WithNames(string[]? names)
    {
        CheckCount(names?.Length, Count, "names", "NameCountMismatch", Source);
        return With(_values, _start, Count, Labels, names);
    }

    /// <summary>The values of one sample as float32, row-major.</summary>
    /// <param name="index">The position of the sample.</param>
    /// <exception cref="QuantException"><c>SampleValueInvalid</c>: a value is not finite.</exception>
    public float[] Values(int index)
    {
        float[] values = new float[SampleShape.Size];
        CopyTo(index, 1, values);
        return values;
    }

    /// <summary>Reads samples as float32, rounded to nearest.</summary>
    /// <param name="start">The first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="destination">Receives them, row-major.</param>
    /// <exception cref="QuantException"><c>SampleValueInvalid</c>: a value is not finite.</exception>
    public void CopyTo(int start, int count, Span<float> destination)
    {
        CheckValue(_values.CopyTo(Offset(start, count, out int length), destination[..length]), "a finite number of 32 bits");
        Turn(destination[..length]);
    }

    /// <summary>Reads samples as integers.</summary>
    /// <param name="start">The first sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="destination">Receives them, row-major.</param>
    /// <exception cref="QuantException"><c>SampleValueInvalid</c>: a value is a fraction, or not finite, or too large.</exception>
    public void CopyTo(int start, int count, Span<long> destination)
    {
        CheckValue(_values.CopyTo(Offset(start, count, out int length), destination[..length]), "an integer");
        Turn(destination[..length]);
    }

    /// <summary>
    /// Reads samples of at most 16 bits as they are, row-major; false where they are wider, or a value lies outside of a range.
    /// </summary>
    internal bool TryCopyTo(int start, int count, Span<short> destination, ValueRange range)
    {
        long offset = Offset(start, count, out int length);
        if (!_values.TryCopyTo(offset, destination[..length], range))
        {
            return false;
        }

        Turn(destination[..length]);
        return true;
    }

    /// <summary>How samples are turned as they are read, for those who keep a set as it is stored.</summary>
    internal int TurningStep => _step;

    /// <summary>Reads samples as they are stored: not turned, in their own type.</summary>
    internal void CopyStored(int start, int count, Span<byte> destination)
    {
        long offset = Offset(start, count, out int length);
        _values.CopyBytes(offset, length, destination);
    }

    /// <summary>Reads samples as the bytes that their values are in memory, row-major.</summary>
    internal void CopyBytes(int start, int count, Span<byte> destination)
    {
        CopyStored(start, count, destination);
        switch (SampleValues.SizeOf(DType))
        {
            case 1:
                Turn(destination);
                break;
            case 2:
                Turn(MemoryMarshal.Cast<byte, ushort>(destination));
                break;
            case 4:
                Turn(MemoryMarshal.Cast<byte, uint>(destination));
                break;
            default:
                Turn(MemoryMarshal.Cast<byte, ulong>(destination));
                break;
        }
    }

    /// <summary>Samples from what <see cref="CopyStored"/> gave of all of them.</summary>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>, or labels or names for another number of samples.</exception>
    internal static SampleSet FromStored(
        SampleValues values,
        int count,
        Shape sampleShape,
        int step,
        (int[]? Labels, string[]? Names, string[]? Classes) facts,
        string source)
    {
        SampleSet samples = Create(values, count, sampleShape, facts.Labels, facts.Names, source);
        samples._step = step;
        return facts.Classes is null ? samples : samples.WithLabels(samples.Labels, facts.Classes);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Count} samples {SampleShape} of {DType}";

    private static SampleSet Create(Array values, int count, Shape sampleShape, int[]? labels, string[]? names, string source) =>
        Create(
            SampleValues.From(values)
                ?? throw new QuantException(
                    "SampleTypeUnknown",
                    QuantErrorKind.InvalidData,
                    $"The samples in {source} are no numbers. Give numbers of at most 64 bits.",
                    source),
            count,
            sampleShape,
            labels,
            names,
            source);

    /// <summary>Samples whose values may be read on demand.</summary>
    internal static SampleSet Create(SampleValues values, int count, Shape sampleShape, int[]? labels, string[]? names, string source)
    {
        if (count == 0)
        {
            throw new QuantException("SampleSetEmpty", QuantErrorKind.InvalidData, $"There are no samples in {source}.", source);
        }

        _ = SizeOf(sampleShape, source);
        CheckCount(labels?.Length, count, "labels", "LabelCountMismatch", source);
        CheckCount(names?.Length, count, "names", "NameCountMismatch", source);
        return new SampleSet(values, 0, count, sampleShape, labels, names, source);
    }

    private static int SizeOf(Shape sampleShape, string source)
    {
        long size = 1;
        foreach (int dimension in sampleShape)
        {
            size = dimension > 0 ? Math.Min(size * dimension, (long)Array.MaxLength + 1) : 0;
            if (size is 0 || size > Array.MaxLength)
            {
                throw new QuantException(
                    "SampleShapeInvalid",
                    QuantErrorKind.InvalidData,
                    $"The samples in {source} have the shape {sampleShape}; every dimension must be positive, and their product at most {Array.MaxLength}.",
                    source);
            }
        }

        return (int)size;
    }

    private static void CheckCount(int? found, int count, string what, string id, string source, string? origin = null)
    {
        if (found is { } number && number != count)
        {
            string samples = origin is null || origin == source ? string.Empty : $" in {source}";
            throw new QuantException(
                id,
                QuantErrorKind.InvalidData,
                $"There are {count} samples{samples} but {number} {what} in {origin ?? source}. Give one for each sample.",
                origin ?? source);
        }
    }

    /// <summary>Samples whose values are stored in the order of these.</summary>
    private SampleSet With(SampleValues values, long start, int count, int[]? labels, string[]? names, Shape? shape = null) =>
        new(values, start, count, shape ?? SampleShape, labels, names, Source)
        {
            Classes = Classes,
            _step = _step,
            _order = _order,
            ShiftedType = ShiftedType,
        };

    private SampleSet Turned(int rows, Shape shape) => new(_values, _start, Count, shape, Labels, Names, Source)
    {
        Classes = Classes,
        _step = shape.Size > 2 ? (int)((long)_step * rows % (shape.Size - 1)) : 1,
    };

    /// <summary>
    /// Turns each sample, a matrix as it is stored, into one of its columns: the value i goes to i times the rows, modulo the
    /// place of the last, which stays. So turning again is one more factor.
    /// </summary>
    private void Turn<T>(Span<T> values)
    {
        if (_step == 1)
        {
            return;
        }

        int size = SampleShape.Size;
        T[] stored = new T[size];
        for (int start = 0; start < values.Length; start += size)
        {
            Span<T> sample = values.Slice(start, size);
            sample.CopyTo(stored);
            long to = 0;
            for (int i = 0; i < size - 1; i++)
            {
                sample[(int)to] = stored[i];
                to += _step;
                to = to < size - 1 ? to : to - (size - 1);
            }
        }
    }

    private int Position(int index) => (index < 0 ? index + Count : index) is var position && position >= 0 && position < Count
        ? position
        : throw new QuantException(
            "SampleIndexOutOfRange",
            QuantErrorKind.InvalidArgument,
            string.Create(CultureInfo.InvariantCulture, $"There is no sample at the position {index}. {SampleIndexer.Range(this)}"),
            index);

    private long Offset(int start, int count, out int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count - start);
        int size = SampleShape.Size;
        length = checked(count * size);
        return _start + ((long)start * size);
    }

    private void CheckValue(long position, string expected)
    {
        if (position < 0)
        {
            return;
        }

        long sample = (position - _start) / SampleShape.Size;
        string name = Names is null ? string.Empty : $" ('{Names[sample]}')";
        throw new QuantException(
            "SampleValueInvalid",
            QuantErrorKind.InvalidData,
            $"Sample {sample}{name} of {Source} holds {_values.Text(position)} at its value {(position - _start) % SampleShape.Size}, which is not {expected}. Correct or remove the sample.",
            this);
    }
}
