using System.Buffers.Binary;
using System.Text;

namespace AkidaQuant.Formats.Npz;

/// <summary>Texts as numpy saves them: rows of letters of 32 bits, zeros behind the last (tools.md 7).</summary>
internal static class NpyTexts
{
    private const int Letter = sizeof(int);
    private const int MostCodePoint = 0x10FFFF;

    /// <summary>Whether numpy can hold a text: the zeros at its end would be lost.</summary>
    public static bool CanHold(string text) => !text.EndsWith('\0') && Letters(text) <= NpyElementType.MostLetters;

    /// <summary>Writes texts as an array of one dimension.</summary>
    public static void Write(IReadOnlyList<string> texts, Stream stream)
    {
        int letters = Math.Max(1, texts.Select(Letters).DefaultIfEmpty().Max());
        stream.Write(NpyHeader.Create(NpyElementType.Text(letters), new Shape(texts.Count)));
        byte[] row = new byte[letters * Letter];
        foreach (string text in texts)
        {
            row.AsSpan().Clear();
            for ((int at, int to) = (0, 0); at < text.Length; to += Letter)
            {
                int code = at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1])
                    ? char.ConvertToUtf32(text, at)
                    : text[at];
                BinaryPrimitives.WriteInt32LittleEndian(row.AsSpan(to), code);
                at += code > char.MaxValue ? 2 : 1;
            }

            stream.Write(row);
        }
    }

    /// <summary>Reads an array of one dimension; null where it holds something else than texts, or not as many.</summary>
    /// <param name="stream">The stream, at the start of the array.</param>
    /// <param name="available">The bytes that the stream has to offer.</param>
    /// <param name="count">How many texts there must be; null for any number.</param>
    /// <exception cref="FormatException">A letter is none.</exception>
    /// <exception cref="IOException">The stream ends too early.</exception>
    public static string[]? Read(Stream stream, long available, int? count)
    {
        if (Header(stream) is not { } header || header.Type.Type != typeof(string)
            || header.Dimensions is not [var length] || (count ?? length) != length)
        {
            return null;
        }

        _ = NpyReader.CountElements(header, available);
        byte[] row = new byte[header.Type.Size];
        List<string> texts = [];
        StringBuilder text = new();
        for (int i = 0; i < length; i++)
        {
            stream.ReadExactly(row);
            int end = row.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
            text.Clear();
            for (int at = 0; at < end; at += Letter)
            {
                Append(text, header.IsBigEndian
                    ? BinaryPrimitives.ReadInt32BigEndian(row.AsSpan(at))
                    : BinaryPrimitives.ReadInt32LittleEndian(row.AsSpan(at)));
            }

            texts.Add(text.ToString());
        }

        return [.. texts];
    }

    /// <summary>The header; null for an array that is not read, such as one of objects of Python.</summary>
    private static NpyHeader? Header(Stream stream)
    {
        try
        {
            return NpyHeader.Read(stream, takesTexts: true);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static int Letters(string text)
    {
        int letters = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            letters -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        }

        return letters;
    }

    private static void Append(StringBuilder text, int code) => _ = code switch
    {
        >= 0 and <= char.MaxValue => text.Append((char)code),
        > char.MaxValue and <= MostCodePoint => text.Append(char.ConvertFromUtf32(code)),
        _ => throw new FormatException("a letter of a text is none"),
    };
}
