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
    public static SampleValues? From(Array values)
    {
        // Patterns cannot tell byte[] from sbyte[] here: the runtime lets either pass for the other.
        Type type = values.GetType();
        return type == typeof(byte[]) ? new SampleValues<byte>((byte[])values, "uint8")
            : type == typeof(sbyte[]) ? new SampleValues<sbyte>((sbyte[])values, "int8")
            : type == typeof(ushort[]) ? new SampleValues<ushort>((ushort[])values, "uint16")
            : type == typeof(short[]) ? new SampleValues<short>((short[])values, "int16")
            : type == typeof(uint[]) ? new SampleValues<uint>((uint[])values, "uint32")
            : type == typeof(int[]) ? new SampleValues<int>((int[])values, "int32")
            : type == typeof(ulong[]) ? new SampleValues<ulong>((ulong[])values, "uint64")
            : type == typeof(long[]) ? new SampleValues<long>((long[])values, "int64")
            : type == typeof(Half[]) ? new SampleValues<Half>((Half[])values, "float16")
            : type == typeof(float[]) ? new SampleValues<float>((float[])values, "float32")
            : type == typeof(double[]) ? new SampleValues<double>((double[])values, "float64")
            : type == typeof(bool[]) ? new SampleValues<byte>(Array.ConvertAll((bool[])values, value => (byte)(value ? 1 : 0)), "bool")
            : null;
    }

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
