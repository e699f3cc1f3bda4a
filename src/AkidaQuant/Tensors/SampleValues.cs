using System.Globalization;
using System.Numerics;

namespace AkidaQuant.Tensors;

/// <summary>The elements of samples in their own type, read as another.</summary>
internal abstract class SampleValues
{
    /// <summary>The name of the element type.</summary>
    public abstract string DType { get; }

    /// <summary>The number of elements.</summary>
    public abstract int Length { get; }

    /// <summary>Holds an array of numbers; null for arrays of anything else.</summary>
    public static SampleValues? From(Array values) => values switch
    {
        byte[] array => new SampleValues<byte>(array, "uint8"),
        sbyte[] array => new SampleValues<sbyte>(array, "int8"),
        ushort[] array => new SampleValues<ushort>(array, "uint16"),
        short[] array => new SampleValues<short>(array, "int16"),
        uint[] array => new SampleValues<uint>(array, "uint32"),
        int[] array => new SampleValues<int>(array, "int32"),
        ulong[] array => new SampleValues<ulong>(array, "uint64"),
        long[] array => new SampleValues<long>(array, "int64"),
        Half[] array => new SampleValues<Half>(array, "float16"),
        float[] array => new SampleValues<float>(array, "float32"),
        double[] array => new SampleValues<double>(array, "float64"),
        bool[] array => new SampleValues<byte>(Array.ConvertAll(array, value => (byte)(value ? 1 : 0)), "bool"),
        _ => null,
    };

    /// <summary>Reads elements as float32, rounded to nearest; gives the position of the first that is not finite, -1 when all are.</summary>
    public abstract int CopyTo(int start, Span<float> destination);

    /// <summary>Reads elements as integers; gives the position of the first that is none of 64 bits, -1 when all are.</summary>
    public abstract int CopyTo(int start, Span<long> destination);

    /// <summary>The element as text.</summary>
    public abstract string Text(int position);
}

/// <summary>The elements of samples, of type <typeparamref name="T"/>.</summary>
internal sealed class SampleValues<T>(T[] values, string type) : SampleValues
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public override string DType => type;

    /// <inheritdoc/>
    public override int Length => values.Length;

    /// <inheritdoc/>
    public override int CopyTo(int start, Span<float> destination)
    {
        ReadOnlySpan<T> source = values.AsSpan(start, destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            float value = float.CreateTruncating(source[i]);
            if (!float.IsFinite(value))
            {
                return start + i;
            }

            destination[i] = value;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override int CopyTo(int start, Span<long> destination)
    {
        ReadOnlySpan<T> source = values.AsSpan(start, destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            long value = long.CreateSaturating(source[i]);
            // A float of 2^63 saturates to a neighbour that rounds back to it.
            bool isBeyond = value == long.MaxValue && T.CreateSaturating(value - 1) == source[i];
            if (!T.IsInteger(source[i]) || T.CreateSaturating(value) != source[i] || isBeyond)
            {
                return start + i;
            }

            destination[i] = value;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override string Text(int position) => values[position].ToString(null, CultureInfo.InvariantCulture);
}
