using AkidaQuant.Layers;
using AkidaQuant.Text;

namespace AkidaQuant.Formats.Descriptions;

/// <summary>Where the description of a network comes from, as its errors say it.</summary>
/// <param name="Path">The file; null for one that was given otherwise.</param>
internal sealed record DescriptionSource(string? Path)
{
    /// <summary>The number of a layer that is not part of a network yet.</summary>
    public const int Alone = 0;

    private const int MostText = 200;

    // Layers put their names into their messages, and a file can have names of any length.
    private const int MostMessage = 1200;

    /// <summary>The folder that relative paths start from; null for the current one.</summary>
    public string? Folder => Path is null ? null : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path));

    /// <summary>The file at the end of a subject; empty for none.</summary>
    public string Place => Path is null ? string.Empty : $" in '{Path}'";

    /// <summary>The title of a layer in errors: <c>Layer 3 'Conv2D' in 'net.yaml'</c>.</summary>
    public string Title(int number, string? className) =>
        "Layer" + (number == Alone ? string.Empty : $" {number}") + (className is null ? string.Empty : $" '{Shorten(className)}'") + Place;

    /// <summary>The error for a description that is not one.</summary>
    /// <param name="problem">A sentence without its subject, and what to do.</param>
    public QuantException Invalid(string problem) =>
        new("NetworkInvalid", QuantErrorKind.InvalidData, $"The network{Place} {problem}", Path);

    /// <summary>The error for a layer of it.</summary>
    public QuantException OfLayer(
        string id, int number, string? className, string problem, QuantErrorKind kind = QuantErrorKind.InvalidData) =>
        new(id, kind, $"{Title(number, className)}: {problem}", Path ?? className);

    /// <summary>An error that a layer itself reports, with the place of the layer in front.</summary>
    public QuantException OfLayer(QuantException error, LayerEntry entry) =>
        new(error.Id, error.Kind, $"{Title(entry.Number, entry.ClassName)}: {Shorten(error.Message, MostMessage)}", error.Target, error);

    /// <summary>A value in an error, which must not become as long as files can be.</summary>
    public static string Describe(object? value) => Shorten(value switch
    {
        System.Collections.IDictionary => "a dictionary",
        bool flag => flag ? "true" : "false",
        _ => LayerArguments.Describe(value),
    });

    /// <summary>The end of an error about a name: the nearest one that there is, or all of them.</summary>
    /// <param name="word">The name that there is not.</param>
    /// <param name="names">Those that there are.</param>
    /// <param name="lead">What stands in front of all.</param>
    public static string Advice(string word, IEnumerable<string> names, string lead) =>
        NearestName.Question(word, names) is { Length: > 0 } question ? question : $" {lead} {string.Join(", ", names)}.";

    /// <summary>The beginning of a long text.</summary>
    public static string Shorten(string? text, int most = MostText) =>
        text is null ? string.Empty : text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
}
