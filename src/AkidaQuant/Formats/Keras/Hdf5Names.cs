using System.Globalization;
using System.Text;

namespace AkidaQuant.Formats.Keras;

/// <summary>Names in HDF5 files, and lists of names that are split where an attribute would be too large (tools.md 4.1).</summary>
internal static class Hdf5Names
{
    /// <summary>The most bytes of names in one attribute.</summary>
    public const int MaxAttributeSize = 64512;

    /// <summary>The size of a reference to a text of any length.</summary>
    public const int ReferenceSize = 16;

    /// <summary>The bytes of a name.</summary>
    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);

    /// <summary>The attributes that hold a list of names: one, or numbered ones for the parts of a long list.</summary>
    /// <exception cref="QuantException"><c>LayerNameUnusable</c>: a name is longer than any attribute.</exception>
    public static IEnumerable<Hdf5Attribute> List(string attribute, IReadOnlyList<string> names)
    {
        byte[][] bytes = [.. names.Select(Bytes)];
        int longest = bytes.Select(name => name.Length).DefaultIfEmpty(0).Max();
        if (longest > MaxAttributeSize)
        {
            throw new QuantException(
                "LayerNameUnusable",
                QuantErrorKind.NotSupported,
                $"A name of {longest} bytes is longer than an HDF5 attribute can be. Rename the layer.",
                names[0]);
        }

        // Keras splits by the length of the names; references to them would not fit either beyond 4032.
        if ((long)names.Count * Math.Max(longest, ReferenceSize) <= MaxAttributeSize)
        {
            return [new Hdf5Texts(attribute, names)];
        }

        int capacity = MaxAttributeSize / longest;
        int parts = (names.Count + capacity - 1) / capacity;
        (int size, int larger) = Math.DivRem(names.Count, parts);
        return Enumerable.Range(0, parts).Select(part => new Hdf5FixedTexts(
            string.Create(CultureInfo.InvariantCulture, $"{attribute}{part}"),
            bytes[((part * size) + Math.Min(part, larger))..(((part + 1) * size) + Math.Min(part + 1, larger))],
            longest));
    }
}
