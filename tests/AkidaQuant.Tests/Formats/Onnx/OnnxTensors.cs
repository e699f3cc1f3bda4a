using System.Buffers.Binary;
using System.Globalization;
using AkidaQuant.Formats.Onnx.Graph;
using AkidaQuant.Formats.Onnx.Schema;
using Google.Protobuf;

namespace AkidaQuant.Tests.Formats.Onnx;

/// <summary>Where a stored tensor has its values.</summary>
internal enum TensorStorage
{
    Raw,
    Lists,
}

/// <summary>Makes stored tensors of every type and storage.</summary>
internal static class OnnxTensors
{
    public static TensorProto Make(string name, Shape shape, Array values, OnnxElementType type, TensorStorage storage = TensorStorage.Raw)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type };
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        if (storage == TensorStorage.Raw)
        {
            tensor.RawData = ByteString.CopyFrom(Bytes(values, type));
        }
        else
        {
            AddToLists(tensor, values, type);
        }

        return tensor;
    }

    /// <summary>The tensor of those bytes of a file beside the model.</summary>
    public static TensorProto External(
        string name,
        Shape shape,
        OnnxElementType type,
        string location,
        long? offset = null,
        long? length = null)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.Dims.AddRange(shape.Select(dimension => (long)dimension));
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        AddNumber(tensor, "offset", offset);
        AddNumber(tensor, "length", length);
        return tensor;
    }

    /// <summary>The values, little endian.</summary>
    public static byte[] Bytes(Array values, OnnxElementType type)
    {
        int size = type.Size();
        byte[] bytes = new byte[values.Length * size];
        Span<byte> whole = stackalloc byte[sizeof(long)];
        for (int i = 0; i < values.Length; i++)
        {
            Span<byte> element = bytes.AsSpan(i * size, size);
            object value = values.GetValue(i)!;
            switch (type)
            {
                case OnnxElementType.Float:
                    BinaryPrimitives.WriteSingleLittleEndian(element, Float(value));
                    break;
                case OnnxElementType.Double:
                    BinaryPrimitives.WriteDoubleLittleEndian(element, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                    break;
                case OnnxElementType.Float16 or OnnxElementType.BFloat16:
                    BinaryPrimitives.WriteUInt16LittleEndian(element, Half(value, type));
                    break;
                default:
                    BinaryPrimitives.WriteInt64LittleEndian(whole, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    whole[..size].CopyTo(element);
                    break;
            }
        }

        return bytes;
    }

    private static void AddToLists(TensorProto tensor, Array values, OnnxElementType type)
    {
        foreach (object value in values)
        {
            switch (type)
            {
                case OnnxElementType.Float:
                    tensor.FloatData.Add(Float(value));
                    break;
                case OnnxElementType.Double:
                    tensor.DoubleData.Add(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                    break;
                case OnnxElementType.Float16 or OnnxElementType.BFloat16:
                    tensor.Int32Data.Add(Half(value, type));
                    break;
                case OnnxElementType.Int64:
                    tensor.Int64Data.Add(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
                case OnnxElementType.UInt32 or OnnxElementType.UInt64:
                    tensor.Uint64Data.Add(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                    break;
                default:
                    tensor.Int32Data.Add(Convert.ToInt32(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    private static float Float(object value) => Convert.ToSingle(value, CultureInfo.InvariantCulture);

    private static ushort Half(object value, OnnxElementType type) => type == OnnxElementType.Float16
        ? BitConverter.HalfToUInt16Bits((Half)Float(value))
        : (ushort)(BitConverter.SingleToUInt32Bits(Float(value)) >> 16);

    private static void AddNumber(TensorProto tensor, string key, long? value)
    {
        if (value is { } number)
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = number.ToString(CultureInfo.InvariantCulture) });
        }
    }
}
