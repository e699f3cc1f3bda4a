using System.Buffers;
using System.Runtime.InteropServices;

namespace AkidaQuant.Tensors;

/// <summary>How the integers of a tensor are stored.</summary>
/// <remarks>Of 64 bits, because ConvertTo-Json writes the names of such enumerations, and of others the numbers.</remarks>
public enum IntegerStorage : long
{
    /// <summary>16 bits: the outputs of quantizers and typed inputs.</summary>
    Int16,

    /// <summary>32 bits: accumulators.</summary>
    Int32,

    /// <summary>64 bits: sums of accumulators.</summary>
    Int64,
}

/// <summary>The values of a tensor while a model runs: a buffer for a number of samples.</summary>
public abstract class TensorData
{
    /// <summary>A buffer for <paramref name="capacity"/> samples of <paramref name="sampleSize"/> elements.</summary>
    protected TensorData(int sampleSize, int capacity)
    {
        SampleSize = sampleSize;
        Capacity = capacity;
    }

    /// <summary>The number of elements of one sample.</summary>
    public int SampleSize { get; }

    /// <summary>The number of samples that the buffer holds.</summary>
    public int Capacity { get; }

    /// <summary>A buffer for tensors of this description.</summary>
    public static TensorData Allocate(TensorSpec spec, int capacity) => spec switch
    {
        QuantizedSpec quantized => new IntegerData(quantized.Shape.Size, capacity, quantized.Storage),
        _ => new FloatData(spec.Shape.Size, capacity),
    };

    /// <summary>A buffer for tensors of this description in memory that others may use too, at another time.</summary>
    /// <param name="spec">The tensor.</param>
    /// <param name="capacity">The number of samples.</param>
    /// <param name="memory">The memory; what it holds is not defined.</param>
    /// <param name="offset">The first byte of the buffer.</param>
    internal static TensorData Within(TensorSpec spec, int capacity, byte[] memory, int offset) => spec switch
    {
        QuantizedSpec quantized => new IntegerData(quantized.Shape.Size, capacity, quantized.Storage, memory, offset),
        _ => new FloatData(spec.Shape.Size, capacity, memory, offset),
    };

    /// <summary>Makes every element 0.</summary>
    public void Clear() => Bytes(Capacity).Clear();

    /// <summary>The memory of the first <paramref name="batch"/> samples.</summary>
    internal abstract Span<byte> Bytes(int batch);

    /// <summary>Copies the first <paramref name="batch"/> samples as float32, whatever the buffer holds.</summary>
    public abstract void CopyTo(Span<float> destination, int batch);

    /// <summary>The memory that one sample of such a tensor takes.</summary>
    public static long ByteCount(TensorSpec spec) => (long)spec.Shape.Size * (spec is QuantizedSpec quantized
        ? IntegerData.ElementSize(quantized.Storage)
        : sizeof(float));

    /// <summary>The same buffer for a tensor of another shape with as many elements.</summary>
    /// <exception cref="ArgumentException">The number of elements or the kind of storage differs.</exception>
    public static TensorData Reinterpret(TensorData data, TensorSpec spec) =>
        data.SampleSize == spec.Shape.Size && (spec, data) is (QuantizedSpec, IntegerData) or (FloatSpec, FloatData)
            ? data
            : throw new ArgumentException($"A buffer of {data.SampleSize} elements cannot be seen as {spec}.", nameof(spec));
}

/// <summary>Float32 values, row-major, the batch first.</summary>
public sealed class FloatData : TensorData
{
    private readonly byte[] _bytes;
    private readonly int _offset;

    /// <summary>A buffer of zeros.</summary>
    public FloatData(int sampleSize, int capacity)
        : this(sampleSize, capacity, new byte[checked(sampleSize * capacity * sizeof(float))], 0)
    {
    }

    internal FloatData(int sampleSize, int capacity, byte[] memory, int offset)
        : base(sampleSize, capacity)
    {
        _bytes = memory;
        _offset = offset;
    }

    /// <inheritdoc/>
    internal override Span<byte> Bytes(int batch) => _bytes.AsSpan(_offset, batch * SampleSize * sizeof(float));

    /// <inheritdoc/>
    public override void CopyTo(Span<float> destination, int batch) => Values(batch).CopyTo(destination);

    /// <summary>The values of the first <paramref name="batch"/> samples.</summary>
    public Span<float> Values(int batch) => MemoryMarshal.Cast<byte, float>(Bytes(batch));
}

/// <summary>Integers, row-major, the batch first, in the narrowest storage that their range allows.</summary>
public sealed class IntegerData : TensorData, IDisposable
{
    private readonly bool _rented;
    private readonly int _offset;
    private byte[] _bytes;

    /// <summary>A buffer of zeros.</summary>
    public IntegerData(int sampleSize, int capacity, IntegerStorage storage)
        : this(sampleSize, capacity, storage, new byte[ByteCount(sampleSize, capacity, storage)], rented: false)
    {
    }

    internal IntegerData(int sampleSize, int capacity, IntegerStorage storage, byte[] memory, int offset)
        : this(sampleSize, capacity, storage, memory, rented: false)
    {
        _offset = offset;
    }

    private IntegerData(int sampleSize, int capacity, IntegerStorage storage, byte[] bytes, bool rented)
        : base(sampleSize, capacity)
    {
        Storage = storage;
        _bytes = bytes;
        _rented = rented;
    }

    /// <summary>How the integers are stored.</summary>
    public IntegerStorage Storage { get; }

    /// <summary>A buffer whose content is not defined, from a pool; disposing gives it back.</summary>
    public static IntegerData Rent(int sampleSize, int capacity, IntegerStorage storage) =>
        new(sampleSize, capacity, storage, ArrayPool<byte>.Shared.Rent(ByteCount(sampleSize, capacity, storage)), rented: true);

    /// <summary>Gives a rented buffer back.</summary>
    public void Dispose()
    {
        if (_rented && _bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    /// <summary>The integers of the first <paramref name="batch"/> samples.</summary>
    /// <typeparam name="T">The type of <see cref="Storage"/>: short, int or long.</typeparam>
    public Span<T> Values<T>(int batch)
        where T : unmanaged
    {
        System.Diagnostics.Debug.Assert(Marshal.SizeOf<T>() == ElementSize(Storage), "The type is not that of the storage.");
        return MemoryMarshal.Cast<byte, T>(Bytes(batch));
    }

    /// <summary>Copies the integers of the first <paramref name="batch"/> samples, widened.</summary>
    public void CopyTo(Span<long> destination, int batch) => Convert(destination, batch);

    /// <inheritdoc/>
    public override void CopyTo(Span<float> destination, int batch) => Convert(destination, batch);

    /// <inheritdoc/>
    internal override Span<byte> Bytes(int batch) => _bytes.AsSpan(_offset, ByteCount(SampleSize, batch, Storage));

    private void Convert<T>(Span<T> destination, int batch)
        where T : System.Numerics.INumber<T>
    {
        switch (Storage)
        {
            case IntegerStorage.Int16:
                Convert(Values<short>(batch), destination);
                break;
            case IntegerStorage.Int32:
                Convert(Values<int>(batch), destination);
                break;
            default:
                Convert(Values<long>(batch), destination);
                break;
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : System.Numerics.INumber<TFrom>
        where TTo : System.Numerics.INumber<TTo>
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = TTo.CreateTruncating(source[i]);
        }
    }

    private static int ByteCount(int sampleSize, int capacity, IntegerStorage storage) =>
        checked(sampleSize * capacity * ElementSize(storage));

    internal static int ElementSize(IntegerStorage storage) => storage switch
    {
        IntegerStorage.Int16 => sizeof(short),
        IntegerStorage.Int32 => sizeof(int),
        _ => sizeof(long),
    };
}
