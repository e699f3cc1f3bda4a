using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using AkidaQuant.Formats.Files;
using PureHDF;
using PureHDF.VOL.Native;

namespace AkidaQuant.Formats.Keras;

/// <summary>Reads the numbers of datasets, of any type and byte order, as float32.</summary>
internal static class Hdf5Numbers
{
    /// <summary>What Keras stores bfloat16 as, where its file format has no such type: two bytes without a description.</summary>
    private const string BrainFloat = "<b2";

    /// <summary>The values of a dataset.</summary>
    /// <param name="dataset">The dataset, with at least one value.</param>
    /// <param name="count">How many it has.</param>
    /// <param name="access">How its chunks are kept.</param>
    /// <exception cref="Hdf5DamageException">They are no numbers, or another number of them.</exception>
    public static float[] Read(NativeDataset dataset, long count, H5DatasetAccess access)
    {
        (char kind, int size, bool isReversed) = Kind(dataset.Type) is [var order, var letter, var digit]
            ? (letter, digit - '0', order == '>')
            : ('\0', 0, false);
        return (kind, size) switch
        {
            ('f', 4) when !isReversed => Values<float>(dataset, count, access, isReversed),
            ('f', 4) => As<float>(dataset, count, access, isReversed),
            ('f', 8) => As<double>(dataset, count, access, isReversed),
            ('f', 2) => As<Half>(dataset, count, access, isReversed),
            ('b', 2) => Array.ConvertAll(
                Values<ushort>(dataset, count, access, isReversed), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
            ('i', 1) => As<sbyte>(dataset, count, access, isReversed),
            ('u', 1) => As<byte>(dataset, count, access, isReversed),
            ('i', 2) => As<short>(dataset, count, access, isReversed),
            ('u', 2) => As<ushort>(dataset, count, access, isReversed),
            ('i', 4) => As<int>(dataset, count, access, isReversed),
            ('u', 4) => As<uint>(dataset, count, access, isReversed),
            ('i', 8) => As<long>(dataset, count, access, isReversed),
            ('u', 8) => As<ulong>(dataset, count, access, isReversed),
            _ => throw new Hdf5DamageException(
                $"the values of '{dataset.Name}' are of the class {dataset.Type.Class} with {dataset.Type.Size} bytes, not numbers"),
        };
    }

    /// <summary>The type of numbers, as messages name it.</summary>
    public static string NameOf(IH5DataType type)
    {
        string kind = Kind(type) ?? string.Empty;
        return kind is not [var order, var letter, var digit] ? $"{type.Class}" : string.Create(
            CultureInfo.InvariantCulture,
            $"{(order == '>' ? "big-endian " : string.Empty)}{letter switch { 'b' => "bfloat", 'f' => "float", 'i' => "int", _ => "uint" }}{8 * (digit - '0')}");
    }

    /// <summary>The type of numbers in the way of numpy, such as <c>&lt;f4</c>; null for others.</summary>
    private static string? Kind(IH5DataType type) => type.Class switch
    {
        H5DataTypeClass.FloatingPoint => $"<f{type.Size}",
        H5DataTypeClass.FixedPoint => $"<{(type.FixedPoint.IsSigned ? 'i' : 'u')}{type.Size}",
        H5DataTypeClass.Opaque when type.Opaque.Tag.Length == 0 && type.Size == 2 => BrainFloat,
        H5DataTypeClass.Opaque => type.Opaque.Tag,
        _ => null,
    };

    private static float[] As<T>(NativeDataset dataset, long count, H5DatasetAccess access, bool isReversed)
        where T : unmanaged, INumberBase<T> => Array.ConvertAll(Values<T>(dataset, count, access, isReversed), float.CreateTruncating);

    private static T[] Values<T>(NativeDataset dataset, long count, H5DatasetAccess access, bool isReversed)
        where T : unmanaged
    {
        T[] values = dataset.Space.Rank == 0 ? [dataset.Read<T>(access)] : dataset.Read<T[]>(access);
        if (values.LongLength != count)
        {
            throw new Hdf5DamageException($"'{dataset.Name}' holds {values.LongLength} values instead of {count}");
        }

        if (isReversed)
        {
            ByteOrder.Reverse(MemoryMarshal.AsBytes(values.AsSpan()), Marshal.SizeOf<T>());
        }

        return values;
    }
}
