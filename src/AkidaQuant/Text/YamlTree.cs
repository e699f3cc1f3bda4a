using System.Buffers;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AkidaQuant.Text;

/// <summary>
/// Reads YAML into plain values by the rules of its core schema: long, double, string, bool, null, lists and
/// ordered dictionaries. What aliases repeat counts each time, so that a small file cannot become a huge value.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;
    private const int MaxNodes = 1_000_000;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("+-.0123456789eE");

    private readonly YamlEvents _parser;
    private readonly Dictionary<AnchorName, (object? Value, int Nodes)> _anchors = [];
    private int _nodes;

    private readonly CancellationToken _cancellation;

    private YamlTree(TextReader text, CancellationToken cancellation)
    {
        _parser = new YamlEvents(text);
        _cancellation = cancellation;
    }

    /// <summary>The value of a text; an empty text is null.</summary>
    /// <exception cref="YamlException">The text is not YAML.</exception>
    /// <exception cref="FormatException">It is YAML, but nested too deep, too large or not one tree.</exception>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public static object? Parse(string text, CancellationToken cancellation = default)
    {
        using StringReader reader = new(text);
        YamlTree tree = new(reader, cancellation);
        tree._parser.Consume<StreamStart>();
        if (tree._parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        tree._parser.Consume<DocumentStart>();
        object? value = tree.Read(0);
        tree._parser.Consume<DocumentEnd>();
        return tree._parser.Accept<StreamEnd>(out _) ? value : throw At(tree._parser.Current!, "it holds more than one document");
    }

    private object? Read(int depth)
    {
        _cancellation.ThrowIfCancellationRequested();
        Count(1);
        if (depth > MaxDepth)
        {
            throw At(_parser.Current!, $"it is nested more than {MaxDepth} levels deep");
        }

        if (Take<AnchorAlias>() is { } alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out (object? Value, int Nodes) anchored))
            {
                throw At(alias, $"the alias '{alias.Value}' refers to nothing before it");
            }

            Count(anchored.Nodes);
            return anchored.Value;
        }

        int before = _nodes;
        AnchorName anchor = _parser.Accept<NodeEvent>(out _) && _parser.Current is NodeEvent node ? node.Anchor : AnchorName.Empty;
        object? value = Take<Scalar>() is { } scalar ? Resolve(scalar)
            : Take<SequenceStart>() is not null ? ReadList(depth)
            : ReadMap(depth);
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (value, _nodes - before);
        }

        return value;
    }

    private T? Take<T>()
        where T : ParsingEvent
    {
        if (!_parser.Accept<T>(out _))
        {
            return null;
        }

        return _parser.Consume<T>();
    }

    private List<object?> ReadList(int depth)
    {
        List<object?> list = [];
        while (Take<SequenceEnd>() is null)
        {
            list.Add(Read(depth + 1));
        }

        return list;
    }

    private OrderedDictionary<string, object?> ReadMap(int depth)
    {
        _parser.Consume<MappingStart>();
        OrderedDictionary<string, object?> map = new(StringComparer.Ordinal);
        while (Take<MappingEnd>() is null)
        {
            Scalar key = _parser.Consume<Scalar>();
            if (map.ContainsKey(key.Value))
            {
                throw At(key, $"the key '{key.Value}' is given twice");
            }

            map.Add(key.Value, Read(depth + 1));
        }

        return map;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw new FormatException($"it holds more than {MaxNodes} values");
        }
    }

    private static FormatException At(ParsingEvent node, string problem) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{problem}, in line {node.Start.Line}"));

    /// <summary>The value of a scalar: quoted text stays text, plain text may be a number or a word.</summary>
    private static object? Resolve(Scalar scalar) => scalar.Style == ScalarStyle.Plain ? Resolve(scalar.Value) : scalar.Value;

    /// <summary>The value of plain text by the core schema.</summary>
    internal static object? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE":
                return true;
            case "false" or "False" or "FALSE":
                return false;
            case ".nan" or ".NaN" or ".NAN":
                return double.NaN;
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return double.PositiveInfinity;
            case "-.inf" or "-.Inf" or "-.INF":
                return double.NegativeInfinity;
        }

        if (!text.AsSpan().ContainsAnyExcept(NumberCharacters) && text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer))
            {
                return integer;
            }

            const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            if (double.TryParse(text, Float, CultureInfo.InvariantCulture, out double number))
            {
                return number;
            }
        }

        return text;
    }
}
