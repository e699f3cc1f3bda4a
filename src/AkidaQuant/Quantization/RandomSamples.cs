using System.Globalization;
using System.Numerics;
using AkidaQuant.Kernels.Storage;
using AkidaQuant.Layers;

namespace AkidaQuant.Quantization;

/// <summary>Random samples, with a seed the same ones as numpy draws (quantize.md 14).</summary>
public static class RandomSamples
{
    /// <summary>
    /// Samples for the input of a model: integers over the range of its type; floats within the range of the InputQuantizer
    /// that takes them; for any other float input, bytes.
    /// </summary>
    /// <param name="model">The model, whose input shape must be known.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c> or <c>SampleSetEmpty</c>.</exception>
    public static SampleSet Create(Model model, int count, ulong? seed) =>
        model.Input.Type is null && model.Consumers(model.Input.Name) is [{ Layer: InputQuantizer quantizer }, ..]
            ? Restored(model.Input, CreateFloats(model.InputShape, count, seed, Bounds(quantizer.RangeMin), Bounds(quantizer.RangeMax)))
            : Create(model.Input.SampleShape, count, model.Input.SampleType ?? IntegerType.UInt8, seed);

    /// <summary>Integers over the whole range of their type.</summary>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c> or <c>SampleSetEmpty</c>.</exception>
    public static SampleSet Create(Shape shape, int count, IntegerType type, ulong? seed) =>
        Create(shape, count, type, type.Range().Min, type.Range().Max, seed);

    /// <summary>Integers from <paramref name="min"/> to <paramref name="max"/>, both inclusive.</summary>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>, <c>SampleSetEmpty</c> or <c>SampleRangeInvalid</c>.</exception>
    public static SampleSet Create(Shape shape, int count, IntegerType type, long min, long max, ulong? seed)
    {
        ValueRange range = type.Range();
        if (min > max || min < range.Min || max > range.Max)
        {
            throw new QuantException(
                "SampleRangeInvalid",
                QuantErrorKind.InvalidArgument,
                $"Random samples of {type.FileName()} must lie between two values from {range.Min} to {range.Max}, but they were to lie between {min} and {max}.");
        }

        int size = SizeOf(shape, count);
        NumpyGenerator generator = new(seed);
        uint width = (uint)(max - min);
        Array values = type switch
        {
            IntegerType.UInt8 => Draw<byte>(generator, size, min, width),
            IntegerType.Int8 => Draw<sbyte>(generator, size, min, width),
            IntegerType.UInt16 => Draw<ushort>(generator, size, min, width),
            IntegerType.Int16 => Draw<short>(generator, size, min, width),
            IntegerType.UInt32 => Draw<uint>(generator, size, min, width),
            _ => Draw<int>(generator, size, min, width),
        };
        return SampleSet.FromArray(values, shape, source: Describe(seed));
    }

    /// <summary>Float32 values from <paramref name="min"/> up to, but not including, <paramref name="max"/>.</summary>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The bound above; rounding to float32 can reach it.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>, <c>SampleSetEmpty</c> or <c>SampleRangeInvalid</c>.</exception>
    public static SampleSet CreateFloats(Shape shape, int count, ulong? seed, double min = 0, double max = 1) =>
        CreateFloats(shape, count, seed, ScalarOrVector<double>.Scalar(min), ScalarOrVector<double>.Scalar(max));

    /// <summary>Float32 values between bounds that may differ along the last axis.</summary>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <param name="min">The least value, or one for each channel.</param>
    /// <param name="max">The bound above, or one for each channel.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>, <c>SampleSetEmpty</c> or <c>SampleRangeInvalid</c>.</exception>
    public static SampleSet CreateFloats(Shape shape, int count, ulong? seed, ScalarOrVector<double> min, ScalarOrVector<double> max)
    {
        int size = SizeOf(shape, count);
        int channels = shape.Channels;
        double[] least = Bounds(min, channels, shape);
        double[] greatest = Bounds(max, channels, shape);
        NumpyGenerator generator = new(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++)
        {
            int channel = i % channels;
            values[i] = (float)(least[channel] + ((greatest[channel] - least[channel]) * generator.NextDouble()));
        }

        return SampleSet.FromArray(values, shape, source: Describe(seed));
    }

    /// <summary>
    /// Samples within bounds: of an integer type from <paramref name="min"/> to <paramref name="max"/>, both inclusive; without one,
    /// float32 values from <paramref name="min"/> up to, but not including, <paramref name="max"/> (quantize.md 14).
    /// </summary>
    /// <param name="shape">The shape of one sample.</param>
    /// <param name="count">The number of samples.</param>
    /// <param name="type">The integer type of the values; null for float32.</param>
    /// <param name="min">The least value; null for the least of the type, 0 of floats.</param>
    /// <param name="max">The bound above, which rounding to float32 can reach; null for the greatest of the type, 1 of floats.</param>
    /// <param name="seed">The seed; null for samples that are never the same.</param>
    /// <exception cref="QuantException"><c>SampleShapeInvalid</c>, <c>SampleSetEmpty</c> or <c>SampleRangeInvalid</c>.</exception>
    public static SampleSet CreateWithin(Shape shape, int count, IntegerType? type, double? min, double? max, ulong? seed)
    {
        if (type is { } integers)
        {
            ValueRange range = integers.Range();
            return Create(shape, count, integers, WholeBound(min ?? range.Min, integers), WholeBound(max ?? range.Max, integers), seed);
        }

        double least = min ?? 0;
        double greatest = max ?? 1;
        return float.IsFinite((float)least) && float.IsFinite((float)greatest) && least < greatest
            ? CreateFloats(shape, count, seed, least, greatest)
            : throw new QuantException(
                "SampleRangeInvalid",
                QuantErrorKind.InvalidArgument,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Random floats must lie between two finite numbers of 32 bits, the first less than the second, but they were to lie between {least} and {greatest}. Where one bound alone is given, the least is 0 and the greatest 1."));
    }

    private static T[] Draw<T>(NumpyGenerator generator, int size, long min, uint width)
        where T : INumberBase<T>
    {
        T[] values = new T[size];
        for (int i = 0; i < size; i++)
        {
            values[i] = T.CreateTruncating(min + generator.NextInteger(width));
        }

        return values;
    }

    private static long WholeBound(double bound, IntegerType type) =>
        Math.Abs(bound) <= uint.MaxValue && double.IsInteger(bound)
            ? (long)bound
            : throw new QuantException(
                "SampleRangeInvalid",
                QuantErrorKind.InvalidArgument,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Random samples of {type.FileName()} must lie between two whole numbers from {type.Range().Min} to {type.Range().Max}, but one of these is {bound}."));

    /// <summary>Samples as callers have them: ranges are those of the channels that the network takes.</summary>
    private static SampleSet Restored(InputLayer input, SampleSet samples) => input.Form is { } form ? form.Restore(samples) : samples;

    private static ScalarOrVector<double> Bounds(NdArray<float> range) => ScalarOrVector<float>.From(range).Map(value => (double)value);

    private static double[] Bounds(ScalarOrVector<double> bounds, int channels, Shape shape)
    {
        double[] values = bounds.Expand(channels);
        return values.Length == channels && Array.TrueForAll(values, double.IsFinite)
            ? values
            : throw new QuantException(
                "SampleRangeInvalid",
                QuantErrorKind.InvalidArgument,
                $"The bounds of random samples must be one finite number or {channels} of them, one for each index of the last axis of {shape}.");
    }

    private static int SizeOf(Shape shape, int count)
    {
        for (int i = 0; i < shape.Rank; i++)
        {
            if (shape[i] <= 0)
            {
                throw new QuantException(
                    "SampleShapeInvalid",
                    QuantErrorKind.InvalidArgument,
                    $"Random samples of the shape {shape} cannot be drawn: its dimension {i} is not known. Give the shape of a sample.");
            }
        }

        if (count <= 0)
        {
            throw new QuantException(
                "SampleSetEmpty",
                QuantErrorKind.InvalidArgument,
                $"The number of random samples must be positive, but it is {count}.");
        }

        long size = shape.Aggregate((long)count, (product, dimension) => Math.Min(product * dimension, (long)Array.MaxLength + 1));
        return size <= Array.MaxLength
            ? (int)size
            : throw new QuantException(
                "SampleSetTooLarge",
                QuantErrorKind.InvalidArgument,
                $"{count} samples of the shape {shape} are too many values for one array. Draw fewer samples.");
    }

    /// <summary>How the source of random samples begins.</summary>
    internal const string SourcePrefix = "random samples";

    private static string Describe(ulong? seed) =>
        seed is { } value ? string.Create(CultureInfo.InvariantCulture, $"{SourcePrefix} with the seed {value}") : SourcePrefix;
}
