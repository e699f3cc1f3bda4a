namespace AkidaQuant;

/// <summary>What kind of mistake a <see cref="QuantException"/> reports.</summary>
public enum QuantErrorKind
{
    /// <summary>A file or an object holds something wrong.</summary>
    InvalidData,

    /// <summary>An argument is out of range or does not fit the others.</summary>
    InvalidArgument,

    /// <summary>Something that was named does not exist.</summary>
    NotFound,

    /// <summary>Valid, but not something that this module or an Akida processor can do.</summary>
    NotSupported,

    /// <summary>A file could not be read or written.</summary>
    File,
}

/// <summary>
/// An error that a user can act on: which file or layer, what was found, what to do. <see cref="Id"/> never
/// changes with the text, so scripts can test it.
/// </summary>
public sealed class QuantException : Exception
{
    private const int MostCharacters = 2000;
    private const string Gap = " … ";

    /// <summary>
    /// An error with its identifier, kind, message, and the layer, file or object that it is about. <paramref name="items"/> follow the
    /// message, a line each; names from files, which are in both, make no lines.
    /// </summary>
    public QuantException(
        string id,
        QuantErrorKind kind,
        string message,
        object? target = null,
        Exception? inner = null,
        IReadOnlyList<string>? items = null)
        : base(Bounded(string.Concat([Printable.Of(message), .. (items ?? []).Select(item => $"\n - {Printable.Of(item)}")])), inner)
    {
        Id = id;
        Kind = kind;
        Target = target;
    }

    /// <summary>The stable identifier, in Pascal case.</summary>
    public string Id { get; }

    /// <summary>The kind of mistake.</summary>
    public QuantErrorKind Kind { get; }

    /// <summary>The name of the layer or file, or the object, that the error is about.</summary>
    public object? Target { get; }

    /// <summary>
    /// Names of layers and files may have thousands of letters. What is left out is in the middle: what was found stands at
    /// the beginning, what to do at the end.
    /// </summary>
    private static string Bounded(string message)
    {
        if (message.Length <= MostCharacters)
        {
            return message;
        }

        int half = (MostCharacters - Gap.Length) / 2;
        return $"{message[..half]}{Gap}{message[^half..]}";
    }
}
