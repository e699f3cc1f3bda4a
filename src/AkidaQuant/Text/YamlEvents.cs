using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AkidaQuant.Text;

/// <summary>
/// The events of a text in YAML. Where the library fails on a text otherwise than it documents, which it was seen to do on plain texts
/// at the end of a line, tags and ends of documents, that is an error of the text at the place that it had come to.
/// </summary>
internal sealed class YamlEvents : IParser
{
    private readonly Scanner _scanner;
    private readonly Parser _parser;

    /// <summary>The events of a text.</summary>
    public YamlEvents(TextReader text)
    {
        _scanner = new Scanner(text);
        _parser = new Parser(_scanner);
    }

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc/>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    public bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            Mark place = _scanner.CurrentPosition;
            throw new YamlException(place, place, "it is not valid YAML", e);
        }
    }
}
