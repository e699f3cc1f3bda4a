using System.Buffers.Binary;

namespace AkidaQuant.Formats.Keras;

/// <summary>
/// How long the texts outside of attributes are, so that an attribute that refers to one of them again and again is seen before it is read:
/// each reference becomes a text of its own.
/// </summary>
/// <param name="bytes">The file.</param>
/// <param name="most">The most bytes that the texts of an attribute may have.</param>
internal sealed class Hdf5TextSizes(Hdf5Bytes bytes, long most)
{
    private const int ReferenceSize = 16;

    private readonly Dictionary<(int Collection, uint Index), long> _sizes = [];

    /// <summary>Takes a text.</summary>
    /// <param name="collection">Where its collection starts.</param>
    /// <param name="index">Its number there.</param>
    /// <param name="size">Its bytes.</param>
    public void Add(int collection, int index, long size) => _sizes[(collection, (uint)index)] = size;

    /// <summary>Checks what the references of an attribute lead to.</summary>
    /// <exception cref="Hdf5DamageException">The texts are much longer than the file.</exception>
    public void Check(ReadOnlySpan<byte> references)
    {
        const int AddressAt = 4, IndexAt = 12;
        long sum = 0;
        for (; references.Length >= ReferenceSize; references = references[ReferenceSize..])
        {
            int collection = bytes.Position(BinaryPrimitives.ReadUInt64LittleEndian(references[AddressAt..]));
            sum += _sizes.GetValueOrDefault((collection, BinaryPrimitives.ReadUInt32LittleEndian(references[IndexAt..])));
            if (sum > most)
            {
                throw new Hdf5DamageException("the texts of an attribute are much longer than the file");
            }
        }
    }
}
