using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AkidaQuant.Tensors;

/// <summary>The elements of samples in their own type, in memory or read on demand, given as another type.</summary>
/// <remarks>Several threads may read at once.</remarks>
internal abstract class SampleValues
{
    /// <summary>The name of the element type.</summary>
    public abstract string DType { get; }

    /// <summary>Holds an array of numbers; null for arrays of anything else.</summary>
    public static SampleValues? From(Array values)
    {
        // Patterns cannot tell byte[] from sbyte[] here: the runtime lets either pass for the other.
        Type type = values.GetType();
        return type == typeof(byte[]) ? new MemoryValues<byte>((byte[])values, "uint8")
            : type == typeof(sbyte[]) ? new MemoryValues<sbyte>((sbyte[])values, "int8")
            : type == typeof(ushort[]) ? new MemoryValues<ushort>((ushort[])values, "uint16")
            : type == typeof(short[]) ? new MemoryValues<short>((short[])values, "int16")
            : type == typeof(uint[]) ? new MemoryValues<uint>((uint[])values, "uint32")
            : type == typeof(int[]) ? new MemoryValues<int>((int[])values, "int32")
            : type == typeof(ulong[]) ? new MemoryValues<ulong>((ulong[])values, "uint64")
            : type == typeof(long[]) ? new MemoryValues<long>((long[])values, "int64")
            : type == typeof(Half[]) ? new MemoryValues<Half>((Half[])values, "float16")
            : type == typeof(float[]) ? new MemoryValues<float>((float[])values, "float32")
            : type == typeof(double[]) ? new MemoryValues<double>((double[])values, "float64")
            : type == typeof(bool[]) ? new MemoryValues<byte>(Array.ConvertAll((bool[])values, value => (byte)(value ? 1 : 0)), "bool")
            : null;
    }

    /// <summary>The bytes that an element of a type takes; null for types that samples do not have.</summary>
    public static int? SizeOf(string type) => type switch
    {
        "bool" or "uint8" or "int8" => 1,
        "uint16" or "int16" or "float16" => 2,
        "uint32" or "int32" or "float32" => 4,
        "uint64" or "int64" or "float64" => 8,
        _ => null,
    };

    /// <summary>Elements from the bytes that <see cref="CopyBytes"/> gave.</summary>
    public static SampleValues FromBytes(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "bool" => new MemoryValues<byte>(bytes.ToArray(), type),
        "uint8" => new MemoryValues<byte>(bytes.ToArray(), type),
        "int8" => new MemoryValues<sbyte>(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(), type),
        "uint16" => new MemoryValues<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), type),
        "int16" => new MemoryValues<short>(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), type),
        "uint32" => new MemoryValues<uint>(MemoryMarshal.Cast<byte, uint>(bytes).ToArray(), type),
        "int32" => new MemoryValues<int>(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), type),
        "uint64" => new MemoryValues<ulong>(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray(), type),
        "int64" => new MemoryValues<long>(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), type),
        "float16" => new MemoryValues<Half>(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), type),
        "float32" => new MemoryValues<float>(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), type),
        "float64" => new MemoryValues<double>(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), type),
        _ => throw new ArgumentException($"No samples are of the type '{type}'.", nameof(type)),
    };

    /// <summary>
    /// Reads elements as float32, rounded to nearest; gives the position of the first that is not finite, -1 when all are.
    /// </summary>
    /// <exception cref="QuantException">What is wrong with the file that they are read from.</exception>
    public abstract long CopyTo(long start, Span<float> destination);

    /// <summary>Reads elements as integers; gives the position of the first that is none of 64 bits, -1 when all are.</summary>
    /// <exception cref="QuantException">What is wrong with the file that they are read from.</exception>
    public abstract long CopyTo(long start, Span<long> destination);

    /// <summary>
    /// Reads elements of at most 16 bits as they are; false where they are wider, or one lies outside of a range.
    /// </summary>
    /// <exception cref="QuantException">What is wrong with the file that they are read from.</exception>
    public abstract bool TryCopyTo(long start, Span<short> destination, ValueRange range);

    /// <summary>Reads elements as the bytes that they are in memory.</summary>
    /// <param name="start">The position of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="destination">Receives them, as many bytes as they have.</param>
    /// <exception cref="QuantException">What is wrong with the file that they are read from.</exception>
    public abstract void CopyBytes(long start, int count, Span<byte> destination);

    /// <summary>The element as text.</summary>
    public abstract string Text(long position);
}

/// <summary>The elements of samples, of type <typeparamref name="T"/>.</summary>
internal abstract class SampleValues<T>(string type) : SampleValues
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public override string DType => type;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override long CopyTo(long start, Span<float> destination)
    {
        T[]? rented = null;
        try
        {
            ReadOnlySpan<T> source = Read(start, destination.Length, ref rented);
            if (typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(float))
            {
                // What is not finite is the greatest magnitude, and is looked for below.
                TensorPrimitives.ConvertTruncating(source, destination);
                if (typeof(T) != typeof(float) || destination.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude<float>(destination)))
                {
                    return -1;
                }
            }

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
        finally
        {
            Return(rented);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override long CopyTo(long start, Span<long> destination)
    {
        T[]? rented = null;
        try
        {
            ReadOnlySpan<T> source = Read(start, destination.Length, ref rented);
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
        finally
        {
            Return(rented);
        }
    }

    /// <inheritdoc/>
    public override bool TryCopyTo(long start, Span<short> destination, ValueRange range)
    {
        // Around 0, the bounds can be brought to those of the type.
        bool isNarrow = typeof(T) == typeof(byte) || typeof(T) == typeof(sbyte) || typeof(T) == typeof(short);
        if (!isNarrow || range.Min > 0 || range.Max < 0)
        {
            return false;
        }

        T[]? rented = null;
        try
        {
            ReadOnlySpan<T> source = Read(start, destination.Length, ref rented);
            if (source.ContainsAnyExceptInRange(T.CreateSaturating(range.Min), T.CreateSaturating(range.Max)))
            {
                return false;
            }

            TensorPrimitives.ConvertTruncating(source, destination);
            return true;
        }
        finally
        {
            Return(rented);
        }
    }

    /// <inheritdoc/>
    public override void CopyBytes(long start, int count, Span<byte> destination)
    {
        T[]? rented = null;
        try
        {
            MemoryMarshal.AsBytes(Read(start, count, ref rented)).CopyTo(destination);
        }
        finally
        {
            Return(rented);
        }
    }

    /// <inheritdoc/>
    public override string Text(long position)
    {
        T[]? rented = null;
        try
        {
            return Read(position, 1, ref rented)[0].ToString(null, CultureInfo.InvariantCulture);
        }
        finally
        {
            Return(rented);
        }
    }

    /// <summary>The elements from a position on.</summary>
    /// <param name="start">The position of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="rented">Receives the array of the shared pool that holds them, when there is one to give back.</param>
    protected abstract ReadOnlySpan<T> Read(long start, int count, ref T[]? rented);

    private static void Return(T[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<T>.Shared.Return(rented);
        }
    }
}

/// <summary>Elements that are in memory.</summary>
internal sealed class MemoryValues<T>(T[] values, string type) : SampleValues<T>(type)
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    protected override ReadOnlySpan<T> Read(long start, int count, ref T[]? rented) => values.AsSpan((int)start, count);
}

/// <summary>Elements that are read from somewhere each time they are asked for.</summary>
internal abstract class StreamedValues<T>(string type) : SampleValues<T>(type)
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    protected sealed override ReadOnlySpan<T> Read(long start, int count, ref T[]? rented)
    {
        rented = ArrayPool<T>.Shared.Rent(count);
        Span<T> values = rented.AsSpan(0, count);
        Fill(start, values);
        return values;
    }

    /// <summary>Reads the elements from a position on.</summary>
    protected abstract void Fill(long start, Span<T> destination);
}
