using System.Buffers;
using System.Numerics;

namespace AkidaQuant.Execution;

/// <summary>Brings samples into the input buffer of a model, checked.</summary>
internal static class SampleInput
{
    /// <summary>Samples with their channels last.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="input">The shape that is needed, channels last.</param>
    /// <param name="mayBeFirst">Whether samples may have their channels first, and do where both readings fit.</param>
    /// <param name="model">The model, for errors.</param>
    /// <exception cref="QuantException">They have another shape.</exception>
    public static SampleSet FitChannelsLast(SampleSet samples, Shape input, bool mayBeFirst, string model)
    {
        if (mayBeFirst && samples.SampleShape == input.WithLastAxisFirst())
        {
            return samples.WithFirstAxisLast();
        }

        RequireShape(samples, input, model, mayBeFirst ? $", or channels first {input.WithLastAxisFirst()}" : string.Empty);
        return samples;
    }

    /// <summary>Samples with their channels first; those that have them last are turned.</summary>
    /// <exception cref="QuantException">They have another shape.</exception>
    public static SampleSet FitChannelsFirst(SampleSet samples, Shape input, string model)
    {
        Shape last = input.WithFirstAxisLast();
        if (samples.SampleShape != input && samples.SampleShape == last)
        {
            return samples.WithLastAxisFirst();
        }

        RequireShape(samples, input, model, $", or channels last {last}");
        return samples;
    }

    /// <summary>Checks that samples have the shape of the input; dimensions of 1 may be left out.</summary>
    /// <exception cref="QuantException">They do not.</exception>
    private static void RequireShape(SampleSet samples, Shape input, string model, string other)
    {
        if (!AreSame(samples.SampleShape, input))
        {
            throw new QuantException(
                "SampleShapeMismatch",
                QuantErrorKind.InvalidArgument,
                $"The samples of {samples.Source} have the shape {samples.SampleShape}, but the model '{model}' takes {input}{other}. Reshape the samples, channels last.",
                samples);
        }
    }

    /// <summary>Copies samples into the buffer, as integers when the buffer holds integers.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="batch">Their number.</param>
    /// <param name="target">The buffer.</param>
    /// <param name="type">The integers that they must be, with their name for errors; null for any values.</param>
    /// <param name="model">The model, for errors.</param>
    /// <exception cref="QuantException">A value is not of the type.</exception>
    public static void Load(SampleSet samples, int start, int batch, TensorData target, (ValueRange Range, string Name)? type, string model)
    {
        if (target is FloatData floats)
        {
            Span<float> values = floats.Values(batch);
            samples.CopyTo(start, batch, values);
            if (type is { } expected)
            {
                RequireIntegers(samples, start, values, floats.SampleSize, expected, model);
            }

            return;
        }

        var buffer = (IntegerData)target;
        (ValueRange range, string name) = type ?? (new ValueRange(long.MinValue, long.MaxValue), "any");
        if (buffer.Storage == IntegerStorage.Int16 && samples.TryCopyTo(start, batch, buffer.Values<short>(batch), range))
        {
            return;
        }

        long[] rented = ArrayPool<long>.Shared.Rent(batch * buffer.SampleSize);
        Span<long> wide = rented.AsSpan(0, batch * buffer.SampleSize);
        samples.CopyTo(start, batch, wide);
        if (wide.IndexOfAnyExceptInRange(range.Min, range.Max) is var wrong and >= 0)
        {
            throw Mismatch(samples, start + (wrong / buffer.SampleSize), wide[wrong], name, model);
        }

        Narrow(wide, buffer, batch);
        ArrayPool<long>.Shared.Return(rented);
    }

    private static void RequireIntegers(
        SampleSet samples,
        int start,
        ReadOnlySpan<float> values,
        int size,
        (ValueRange Range, string Name) type,
        string model)
    {
        for (int i = Passed(values, type.Range); i < values.Length; i++)
        {
            if (values[i] != MathF.Floor(values[i]) || values[i] < type.Range.Min || values[i] > type.Range.Max)
            {
                throw Mismatch(samples, start + (i / size), values[i], type.Name, model);
            }
        }
    }

    /// <summary>How many of the first values, in whole vectors, are integers of a range for sure.</summary>
    private static int Passed(ReadOnlySpan<float> values, ValueRange range)
    {
        Vector<float> least = new((float)range.Min);
        Vector<float> greatest = new((float)range.Max);
        int passed = 0;
        for (; passed + Vector<float>.Count <= values.Length; passed += Vector<float>.Count)
        {
            Vector<float> some = new(values[passed..]);
            if (!Vector.EqualsAll(some, Vector.Floor(some))
                || Vector.LessThanAny(some, least)
                || Vector.GreaterThanAny(some, greatest))
            {
                break;
            }
        }

        return passed;
    }

    private static void Narrow(ReadOnlySpan<long> values, IntegerData target, int batch)
    {
        switch (target.Storage)
        {
            case IntegerStorage.Int16:
                Span<short> narrow = target.Values<short>(batch);
                for (int i = 0; i < narrow.Length; i++)
                {
                    narrow[i] = (short)values[i];
                }

                break;
            case IntegerStorage.Int32:
                Span<int> middle = target.Values<int>(batch);
                for (int i = 0; i < middle.Length; i++)
                {
                    middle[i] = (int)values[i];
                }

                break;
            default:
                values.CopyTo(target.Values<long>(batch));
                break;
        }
    }

    /// <summary>Whether two shapes are the same but for dimensions of 1.</summary>
    public static bool AreSame(Shape one, Shape other) => Squeezed(one).SequenceEqual(Squeezed(other));

    private static IEnumerable<int> Squeezed(Shape shape) => shape.Where(dimension => dimension != 1);

    private static QuantException Mismatch(SampleSet samples, int sample, object value, string type, string model)
    {
        if (samples.ShiftedType is { } own)
        {
            // What callers gave, before it lost half the range of its type.
            long half = 1L << (own.Bits() - 1);
            (value, type) = (value is long whole ? whole + half : (float)value + half, own.FileName());
        }

        return new(
            "SampleTypeMismatch",
            QuantErrorKind.InvalidArgument,
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Sample {sample} of {samples.Source} holds {value}, but the model '{model}' takes {type} values. Scale the samples to that type, or give the model a float input."),
            samples);
    }
}
