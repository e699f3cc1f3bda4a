using System.Globalization;
using AkidaQuant.Formats.Files;

namespace AkidaQuant.Formats.Samples;

/// <summary>
/// Reads a table of text record by record: columns with a separator, texts in double quotes where needed, a doubled
/// quote for one. Empty lines do not count.
/// </summary>
internal sealed class TableReader : IDisposable
{
    private const int MaxRecordLength = 1 << 26;
    private const int MaxFields = 1 << 24;
    private const int End = -1;

    private readonly string _path;
    private readonly StreamReader _reader;
    private readonly List<int> _ends = [];
    private char[] _text = new char[4096];
    private int _length;
    private int _nextLine = 1;

    private TableReader(string path, StreamReader reader, char delimiter)
    {
        _path = path;
        _reader = reader;
        Delimiter = delimiter;
    }

    /// <summary>What separates columns.</summary>
    public char Delimiter { get; }

    /// <summary>The line on which the record begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The number of columns of the record.</summary>
    public int FieldCount => _ends.Count;

    /// <summary>Opens a table.</summary>
    /// <param name="path">The file, in UTF-8 or with a byte order mark.</param>
    /// <param name="delimiter">
    /// What separates columns; null for a tab, a semicolon or a comma, whichever the first line has, in this order.
    /// </param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="QuantException"><c>FileNotFound</c> or <c>FileUnreadable</c>.</exception>
    public static TableReader Open(string path, char? delimiter, CancellationToken cancellation = default)
    {
        char separator = delimiter ?? FindDelimiter(path);
        if (separator is '"' or '\r' or '\n')
        {
            throw new QuantException(
                "ParameterOutOfRange",
                QuantErrorKind.InvalidArgument,
                "The delimiter of a table cannot be a quote or the end of a line.",
                "Delimiter");
        }

        return new TableReader(path, new StreamReader(InputFile.Open(path, cancellation), bufferSize: 1 << 16), separator);
    }

    /// <summary>A column of the record, without quotes and without blanks at its ends.</summary>
    public ReadOnlySpan<char> Field(int index) =>
        _text.AsSpan(index == 0 ? 0 : _ends[index - 1], _ends[index] - (index == 0 ? 0 : _ends[index - 1])).Trim();

    /// <summary>Reads the next record; false at the end of the file.</summary>
    /// <exception cref="QuantException"><c>TableInvalid</c> or <c>FileUnreadable</c>.</exception>
    public bool Read()
    {
        try
        {
            do
            {
                if (_reader.Peek() == End)
                {
                    return false;
                }

                Line = _nextLine;
                ReadRecord();
            }
            while (FieldCount == 1 && Field(0).IsEmpty);
            return true;
        }
        catch (IOException e)
        {
            throw InputFile.Unreadable(_path, e);
        }
    }

    /// <summary>The error for a record that is wrong.</summary>
    public QuantException Invalid(string problem) => new(
        "TableInvalid",
        QuantErrorKind.InvalidData,
        string.Create(CultureInfo.InvariantCulture, $"Line {Line} of the table '{_path}' {problem}"),
        _path);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private static char FindDelimiter(string path)
    {
        using StreamReader reader = new(InputFile.Open(path));
        char[] start = new char[1 << 16];
        int length;
        try
        {
            length = reader.ReadBlock(start);
        }
        catch (IOException e)
        {
            throw InputFile.Unreadable(path, e);
        }

        ReadOnlySpan<char> line = start.AsSpan(0, length).TrimStart();
        int end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Contains('\t') ? '\t' : line.Contains(';') ? ';' : ',';
    }

    private void ReadRecord()
    {
        _ends.Clear();
        _length = 0;
        for (int character = _reader.Read(); ; character = _reader.Read())
        {
            if (character == '"' && IsBlankSince(_ends.Count == 0 ? 0 : _ends[^1]))
            {
                _length = _ends.Count == 0 ? 0 : _ends[^1];
                ReadQuoted();
                continue;
            }

            switch (character)
            {
                case '"':
                    throw Invalid("has a quote within a text. Put the whole text in quotes and double those within.");
                case '\0':
                    throw Invalid("holds a zero byte, so the file is not text in UTF-8. Save it as text.");
                case End:
                    EndField();
                    return;
                case '\n':
                    _nextLine++;
                    EndField();
                    return;
                case '\r' when _reader.Peek() == '\n':
                    break;
                case '\r':
                    _nextLine++;
                    EndField();
                    return;
                default:
                    if (character == Delimiter)
                    {
                        EndField();
                    }
                    else
                    {
                        Append((char)character);
                    }

                    break;
            }
        }
    }

    private void ReadQuoted()
    {
        for (int character = _reader.Read(); ; character = _reader.Read())
        {
            if (character == End)
            {
                throw Invalid("opens a quote that is never closed. Close it.");
            }

            if (character != '"')
            {
                _nextLine += character == '\n' ? 1 : 0;
                Append((char)character);
            }
            else if (_reader.Peek() == '"')
            {
                _reader.Read();
                Append('"');
            }
            else
            {
                RequireEndOfField();
                return;
            }
        }
    }

    private void RequireEndOfField()
    {
        while (_reader.Peek() == ' ' && Delimiter != ' ')
        {
            _reader.Read();
        }

        int next = _reader.Peek();
        if (next is not (End or '\r' or '\n') && next != Delimiter)
        {
            throw Invalid("goes on after a closing quote. Put the whole text in quotes and double those within.");
        }
    }

    private bool IsBlankSince(int start) => _text.AsSpan(start, _length - start).IsWhiteSpace();

    private void EndField()
    {
        _ends.Add(_length);
        if (_ends.Count > MaxFields)
        {
            throw Invalid($"has more than {MaxFields} columns. Is the delimiter right?");
        }
    }

    private void Append(char character)
    {
        if (_length == _text.Length)
        {
            if (_length >= MaxRecordLength)
            {
                throw Invalid($"has more than {MaxRecordLength} characters. Is a quote not closed?");
            }

            Array.Resize(ref _text, _length * 2);
        }

        _text[_length++] = character;
    }
}
