namespace AkidaQuant.Layers;

/// <summary>What an argument of a layer is.</summary>
public enum LayerArgumentKind
{
    /// <summary>A value of several forms, or one without meaning here, such as a regularizer.</summary>
    Any,

    /// <summary>An integer.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A text.</summary>
    Text,

    /// <summary>Integers, one for each axis; for most arguments one can serve all.</summary>
    Integers,

    /// <summary>Numbers, or one that serves all.</summary>
    Numbers,

    /// <summary>How new weights are filled: the name of an initializer, or one with its settings.</summary>
    Initializer,

    /// <summary>Nested settings of quantizers.</summary>
    Settings,
}

/// <summary>An argument that a layer class takes.</summary>
/// <param name="Name">The name in files, such as <c>kernel_size</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsRequired">Whether it has no default.</param>
/// <param name="Default">Its value when it is not given, as in <see cref="LayerArguments"/>; null for none.</param>
/// <param name="Choices">The texts that it may be; none for any.</param>
public sealed record LayerArgument(string Name, LayerArgumentKind Kind, bool IsRequired, object? Default, IReadOnlyList<string> Choices);
