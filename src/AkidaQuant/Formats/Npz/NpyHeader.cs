using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace AkidaQuant.Formats.Npz;

/// <summary>What stands in front of the values of an array: a Python dictionary of three entries (tools.md 7).</summary>
/// <param name="Type">The element type.</param>
/// <param name="IsBigEndian">Whether the bytes of an element are in reversed order.</param>
/// <param name="IsFortranOrder">Whether the first index varies fastest.</param>
/// <param name="Dimensions">The shape.</param>
/// <param name="Length">The bytes of the header itself.</param>
internal sealed record NpyHeader(NpyElementType Type, bool IsBigEndian, bool IsFortranOrder, int[] Dimensions, int Length)
{
    /// <summary>The most bytes of a header.</summary>
    public const int MaxLength = MaxTextLength + 12;

    private const int MaxTextLength = 1 << 20;
    private const int MaxRank = 64;
    private const int Alignment = 64;

    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>The header as text of format version 1, padded so that values start at a multiple of 64.</summary>
    public static byte[] Create(NpyArray array) => Create(NpyElementType.Find(array.Data.GetType().GetElementType()!)!, array.Shape);

    /// <summary>The header of an array of some type and shape.</summary>
    public static byte[] Create(NpyElementType type, Shape shape)
    {
        string text = $"{{'descr': '{type.Description}', 'fortran_order': False, 'shape': {shape}, }}";
        int unpadded = Magic.Length + 4 + text.Length + 1;
        int padded = (unpadded + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[padded];
        Magic.CopyTo(header, 0);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(padded - 10));
        Encoding.ASCII.GetBytes((text + new string(' ', padded - unpadded) + "\n").AsSpan(), header.AsSpan(10));
        return header;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="stream">The stream, at the start of the array.</param>
    /// <param name="takesTexts">Whether elements may be texts.</param>
    /// <exception cref="FormatException">It is not one, or describes an array that is not supported.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within it.</exception>
    public static NpyHeader Read(Stream stream, bool takesTexts = false)
    {
        Span<byte> start = stackalloc byte[12];
        stream.ReadExactly(start[..10]);
        if (!start.StartsWith(Magic))
        {
            throw new FormatException("it does not start as a .npy array");
        }

        int version = start[6];
        int textLength;
        if (version == 1)
        {
            textLength = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        }
        else if (version is 2 or 3)
        {
            stream.ReadExactly(start[10..]);
            textLength = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(start[8..]), int.MaxValue);
        }
        else
        {
            throw new FormatException($"it is of the format version {version}, and versions 1 to 3 are known");
        }

        if (textLength > MaxTextLength)
        {
            throw new FormatException($"its header has {textLength} bytes");
        }

        byte[] text = new byte[textLength];
        stream.ReadExactly(text);
        return Parse(Encoding.UTF8.GetString(text), (version == 1 ? 10 : 12) + textLength, takesTexts);
    }

    private static NpyHeader Parse(string text, int length, bool takesTexts)
    {
        PythonLiteral literal = new(text);
        literal.Expect('{');
        string? description = null;
        bool? fortran = null;
        int[]? dimensions = null;
        while (!literal.TryTake('}'))
        {
            string key = literal.TakeText();
            literal.Expect(':');
            switch (key)
            {
                case "descr":
                    description = literal.TakeText();
                    break;
                case "fortran_order":
                    fortran = literal.TakeBool();
                    break;
                case "shape":
                    dimensions = literal.TakeTuple(MaxRank);
                    break;
                default:
                    throw new FormatException($"its header has the unknown entry '{key}'");
            }

            if (!literal.TryTake(','))
            {
                literal.Expect('}');
                break;
            }
        }

        if (description is not { Length: > 1 } || fortran is null || dimensions is null)
        {
            throw new FormatException("its header does not give type, order and shape");
        }

        NpyElementType type =
            (NpyElementType.Find(description[1..]) ?? (takesTexts ? NpyElementType.FindText(description[1..]) : null)) is { } found
            && description[0] is '<' or '>' or '|' or '='
                ? found
                : throw new FormatException(
                    $"its elements are of the type '{description}'; numbers of at most 64 bits and booleans can be read");
        return new NpyHeader(type, description[0] == '>', fortran.Value, dimensions, length);
    }

    /// <summary>The few forms of Python literals that headers consist of.</summary>
    private sealed class PythonLiteral(string text)
    {
        private int _position;

        public bool TryTake(char expected)
        {
            SkipBlanks();
            if (_position >= text.Length || text[_position] != expected)
            {
                return false;
            }

            _position++;
            return true;
        }

        public void Expect(char expected)
        {
            if (!TryTake(expected))
            {
                throw new FormatException($"its header has no '{expected}' at position {_position}");
            }
        }

        public string TakeText()
        {
            char quote =
                TryTake('\'') ? '\''
                : TryTake('"') ? '"'
                : throw new FormatException("its elements are records, or its header is damaged");
            int end = text.IndexOf(quote, _position);
            if (end < 0)
            {
                throw new FormatException("its header is cut off");
            }

            string result = text[_position..end];
            _position = end + 1;
            return result;
        }

        public bool TakeBool()
        {
            SkipBlanks();
            foreach ((string word, bool value) in new[] { ("True", true), ("False", false) })
            {
                if (string.CompareOrdinal(text, _position, word, 0, word.Length) == 0)
                {
                    _position += word.Length;
                    return value;
                }
            }

            throw new FormatException("its header does not say in which order its elements are");
        }

        public int[] TakeTuple(int maxCount)
        {
            List<int> items = [];
            Expect('(');
            while (!TryTake(')'))
            {
                items.Add(TakeInt());
                if (!TryTake(','))
                {
                    Expect(')');
                    break;
                }
            }

            return items.Count <= maxCount ? [.. items] : throw new FormatException($"it has {items.Count} dimensions");
        }

        private int TakeInt()
        {
            SkipBlanks();
            int start = _position;
            while (_position < text.Length && char.IsAsciiDigit(text[_position]))
            {
                _position++;
            }

            if (!int.TryParse(text.AsSpan(start.._position), NumberStyles.None, CultureInfo.InvariantCulture, out int value))
            {
                throw new FormatException("its header gives a dimension that is not a number of 31 bits");
            }

            // Python 2 marks long integers.
            if (_position < text.Length && text[_position] == 'L')
            {
                _position++;
            }

            return value;
        }

        private void SkipBlanks()
        {
            while (_position < text.Length && text[_position] is ' ' or '\n' or '\t' or '\r')
            {
                _position++;
            }
        }
    }
}
