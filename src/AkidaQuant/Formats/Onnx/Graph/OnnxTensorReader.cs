using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AkidaQuant.Formats.Onnx.Schema;

namespace AkidaQuant.Formats.Onnx.Graph;

/// <summary>Reads stored tensors in each of their storages: raw bytes, typed lists, a file beside the model.</summary>
internal sealed class OnnxTensorReader(OnnxFile file)
{
    /// <summary>Reads a tensor; memory is taken only for values that are there.</summary>
    /// <param name="tensor">The stored tensor.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="QuantException">
    /// <c>OnnxTensorInvalid</c>: dimensions and data disagree, or the type is not read; <c>OnnxExternalData</c>: the file that
    /// holds the data is missing, too short, or outside the model's folder; <c>ModelTooLarge</c>: with all that was read it takes more than
    /// is allowed.
    /// </exception>
    public OnnxConstant Read(TensorProto tensor, string name)
    {
        file.Cancellation.ThrowIfCancellationRequested();
        var type = (OnnxElementType)tensor.DataType;
        if (type.Size(1) == 0)
        {
            throw Invalid(name, $"its element type {type.Word()} is not read. Store it as float32, float16, bfloat16 or integers");
        }

        Shape shape = ReadShape(tensor, name, out int count);
        long memory = (long)count * (type.IsFloat() ? sizeof(float) : sizeof(long));
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            return FromBytes(shape, type, count, OnnxExternalData.Read(file, tensor, name, type.Size(count), memory));
        }

        if (tensor.RawData.Length > 0)
        {
            RequireCount(name, shape, tensor.RawData.Length, type.Size(count), "bytes");
            file.Take(tensor, name, memory);
            return FromBytes(shape, type, count, tensor.RawData.Span);
        }

        OnnxConstant listed = FromLists(tensor, name, shape, type, count);
        file.Take(tensor, name, memory);
        return listed;
    }

    private static OnnxConstant FromBytes(Shape shape, OnnxElementType type, int count, ReadOnlySpan<byte> bytes)
    {
        if (type.IsHalfByte())
        {
            return FromHalfBytes(shape, type, count, bytes);
        }

        int size = type.Size();
        if (type.IsFloat())
        {
            float[] floats = new float[count];
            if (type == OnnxElementType.Float && BitConverter.IsLittleEndian)
            {
                bytes.CopyTo(MemoryMarshal.AsBytes(floats.AsSpan()));
                return OnnxConstant.Of(shape, floats, type);
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
                floats[i] = type switch
                {
                    OnnxElementType.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(element),
                    OnnxElementType.BFloat16 => FromUpperHalf(BinaryPrimitives.ReadUInt16LittleEndian(element)),
                    OnnxElementType.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(element),
                    _ => BinaryPrimitives.ReadSingleLittleEndian(element),
                };
            }

            return OnnxConstant.Of(shape, floats, type);
        }

        long[] integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            integers[i] = type switch
            {
                OnnxElementType.Int8 => (sbyte)element[0],
                OnnxElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
                OnnxElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                OnnxElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
                OnnxElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                OnnxElementType.UInt64 or OnnxElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
                _ => element[0],
            };
        }

        return OnnxConstant.Of(shape, integers, type);
    }

    private static OnnxConstant FromHalfBytes(Shape shape, OnnxElementType type, int count, ReadOnlySpan<byte> bytes)
    {
        long[] integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            int half = (bytes[i / 2] >> (i % 2 * 4)) & 0xF;
            integers[i] = type == OnnxElementType.Int4 && half > 7 ? half - 16 : half;
        }

        return OnnxConstant.Of(shape, integers, type);
    }

    /// <summary>Values in the list of their kind; halves lie among the 32-bit integers as bits.</summary>
    private OnnxConstant FromLists(TensorProto tensor, string name, Shape shape, OnnxElementType type, int count)
    {
        switch (type)
        {
            case OnnxElementType.Float:
                RequireCount(name, shape, tensor.FloatData.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.FloatData], type);
            case OnnxElementType.Double:
                RequireCount(name, shape, tensor.DoubleData.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.DoubleData.Select(value => (float)value)], type);
            case OnnxElementType.Float16:
                RequireCount(name, shape, tensor.Int32Data.Count, count, "values");
                return OnnxConstant.Of(
                    shape,
                    [.. tensor.Int32Data.Select(value => (float)BitConverter.UInt16BitsToHalf((ushort)value))],
                    type);
            case OnnxElementType.BFloat16:
                RequireCount(name, shape, tensor.Int32Data.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.Int32Data.Select(value => FromUpperHalf((ushort)value))], type);
            case OnnxElementType.Int64:
                RequireCount(name, shape, tensor.Int64Data.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.Int64Data], type);
            case OnnxElementType.UInt32 or OnnxElementType.UInt64:
                RequireCount(name, shape, tensor.Uint64Data.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.Uint64Data.Select(value => (long)value)], type);
            case OnnxElementType.UInt4 or OnnxElementType.Int4:
                RequireCount(name, shape, tensor.Int32Data.Count, type.Size(count), "bytes");
                return FromHalfBytes(shape, type, count, [.. tensor.Int32Data.Select(value => (byte)value)]);
            default:
                RequireCount(name, shape, tensor.Int32Data.Count, count, "values");
                return OnnxConstant.Of(shape, [.. tensor.Int32Data.Select(value => (long)value)], type);
        }
    }

    private Shape ReadShape(TensorProto tensor, string name, out int count)
    {
        long size = 1;
        foreach (long dimension in tensor.Dims)
        {
            size = dimension < 0 || dimension > int.MaxValue ? -1 : size * dimension;
            if (size is < 0 or > int.MaxValue)
            {
                throw Invalid(
                    name,
                    $"its dimensions ({string.Join(", ", tensor.Dims)}) are not those of a tensor. The file is damaged; export the model again");
            }
        }

        count = (int)size;
        return new Shape([.. tensor.Dims.Select(dimension => (int)dimension)]);
    }

    private void RequireCount(string name, Shape shape, long found, long expected, string what)
    {
        if (found != expected)
        {
            throw Invalid(
                name,
                $"its shape {shape} takes {expected} {what}, but {found} are stored. The file is damaged; export the model again");
        }
    }

    private static float FromUpperHalf(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private QuantException Invalid(string name, string problem) => file.Error("OnnxTensorInvalid", $"the tensor '{name}': {problem}");
}
